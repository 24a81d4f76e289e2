"""The sample: real daily bars of five shares, 2000 to 2013, for use without an API key.

The bars come inside the package `bokeh-sampledata` (Quandl's WIKI prices, public domain): open, high, low,
close and volume raw as traded, and a close adjusted for splits and dividends. The first are stored as they
are; the adjusted close serves to recover the dividends, exactly, and is not stored.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise

from django.utils import timezone

from ingestion.errors import UnknownSymbol
from ingestion.models import ActionKind, Source
from ingestion.store.batch import Action, BarBatch, StoreReport
from ingestion.store.validation import BarText, validated_bars
from ingestion.store.writer import store


@dataclass(frozen=True, kw_only=True)
class SampleShare:
    """A share of the sample: its name in those years, its exchange, and its splits.

    still_listed: whether the symbol means the same share today, under the same name.
    """

    name: str
    exchange: str
    splits: tuple[Action, ...] = ()
    still_listed: bool = True


def _two_for_one(year: int, month: int, day: int) -> Action:
    return Action(date=date(year, month, day), kind=ActionKind.SPLIT, value=Decimal(2))


SAMPLE = {
    "AAPL": SampleShare(
        name="Apple Inc.",
        exchange="XNAS",
        splits=(_two_for_one(2000, 6, 21), _two_for_one(2005, 2, 28)),
    ),
    "FB": SampleShare(name="Facebook, Inc.", exchange="XNAS", still_listed=False),
    "GOOG": SampleShare(name="Google Inc.", exchange="XNAS", still_listed=False),
    "IBM": SampleShare(name="International Business Machines Corporation", exchange="XNYS"),
    "MSFT": SampleShare(name="Microsoft Corporation", exchange="XNAS", splits=(_two_for_one(2003, 2, 18),)),
}

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    bar: BarText
    adjusted_close: Decimal


def load_sample(symbol: str, *, replace: bool = False) -> StoreReport:
    """Store the sample bars, splits and dividends of `symbol`; what is stored already stays untouched.

    replace: whether bars of a provider give way; without it they stay, and nothing is stored.
    Raises UnknownSymbol when the sample has no such symbol.
    """
    if symbol not in SAMPLE:
        raise UnknownSymbol(f"The sample data has no {symbol}. It has {', '.join(SAMPLE)}.", field="symbol")
    share = SAMPLE[symbol]
    rows = _rows()[symbol]
    return store(
        BarBatch(
            symbol=symbol,
            source=Source.SAMPLE,
            bars=validated_bars(row.bar for row in rows),
            actions=[*share.splits, *recovered_dividends(rows, share.splits)],
            fetched_at=timezone.now(),
            name=share.name,
            exchange=share.exchange,
        ),
        sample_replaces=replace,
    )


def recovered_dividends(rows: Sequence[_Row], splits: Iterable[Action]) -> list[Action]:
    """Return the dividends that the adjusted close accounts for, oldest first.

    The source multiplies the ratio of adjusted to raw close on each ex-date by `split ratio * (1 + D / C)`,
    D being the dividend and C that day's raw close, so D can be solved for. The file carries enough digits
    that every D comes out as whole cents to nine decimals; a D that does not would be a misread event, so
    it raises ValueError and nothing is guessed.
    """
    ratios = {action.date: action.value for action in splits}
    dividends = []
    for before, row in pairwise(rows):
        day, close = date.fromisoformat(row.bar.date), Decimal(row.bar.close)
        step = (row.adjusted_close / close) / (before.adjusted_close / Decimal(before.bar.close))
        amount = (step / ratios.get(day, 1) - 1) * close
        cents = amount.quantize(CENT)
        if abs(amount - cents) > Decimal("1e-9"):
            raise ValueError(f"the adjusted close of {day} steps by {step}, which no known event explains")
        if cents:
            dividends.append(Action(date=day, kind=ActionKind.DIVIDEND, value=cents))
    return dividends


@cache
def _rows() -> dict[str, list[_Row]]:
    """Return the file's rows by symbol, in the file's order, which is by date."""
    import bokeh_sampledata
    import pandas as pd

    # Text, not numbers: prices are stored as the decimals that the file spells.
    table = pd.read_csv(bokeh_sampledata.package_path("stocks.csv.gz"), dtype=str, keep_default_na=False)
    rows = defaultdict(list)
    for line, row in enumerate(table.rename(columns=str.lower).to_dict("records"), start=2):
        values = {name: row[name] for name in ("date", "open", "high", "low", "close", "volume")}
        bar = BarText(place=f"on line {line}", **values)
        rows[row["ticker"]].append(_Row(bar=bar, adjusted_close=Decimal(row["adj close"])))
    return dict(rows)
