"""Keep the bars that a record decided on, and find those that are new, late or revised.

A record keeps its bars on the scale of the day of the freeze. A split later changes the prices of all stored
bars by one factor, the scale, and leaves the returns alone.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from core.errors import InvalidInput
from ingestion.bars import Adjustment, Bars, load_bars, without_halts
from ingestion.exchange_calendar import sessions_between
from strategies.engine.prices import FloatArray, Prices
from strategies.models import LiveEntry

PATIENCE = 5
"""Later sessions with bars after which a missing session is given up."""
SAME = 1e-6
"""Share of a price by which a bar may differ and still be the same."""
COLUMNS = ("open", "high", "low", "close", "volume")


@dataclass(frozen=True, eq=False, kw_only=True)
class StoredNow:
    """The final bars stored now, on a record's scale.

    scale: what a price on the record's scale is multiplied by for today's.
    """

    exchange: str
    prices: Prices
    scale: float
    untraded: frozenset[date]


@dataclass(frozen=True, kw_only=True)
class Ready:
    """Which sessions can be decided on.

    bars: indices of the stored bars, in order. skipped: sessions given up, whose bars never came.
    waiting_for: the session whose bar is late; None: none.
    """

    bars: tuple[int, ...]
    skipped: tuple[date, ...]
    waiting_for: date | None


def final_bars(symbol: str, adjustment: Adjustment) -> Bars:
    """Return the stored bars without those of a session that had not closed; raises InvalidInput."""
    bars = load_bars(symbol, adjustment=adjustment)
    if not bars.provisional:
        return without_halts(bars)
    if len(bars) == 1:
        raise InvalidInput(
            f"The only bar of {symbol} is provisional. Wait until its session has closed.", field="backtest"
        )
    return without_halts(load_bars(symbol, end=bars.dates[-2].item(), adjustment=adjustment))


def stored_now(symbol: str, adjustment: Adjustment, *, frozen_on: date) -> StoredNow:
    """Return the final bars on the scale of the day `frozen_on`."""
    bars = final_bars(symbol, adjustment)
    scale = _scale(bars, adjustment, frozen_on)
    splits = scale if adjustment != Adjustment.SPLITS_AND_DIVIDENDS else None
    if splits is None:
        splits = _scale(final_bars(symbol, Adjustment.SPLITS), Adjustment.SPLITS, frozen_on)
    return StoredNow(
        exchange=bars.exchange,
        prices=Prices(
            dates=bars.dates,
            open=bars.open / scale,
            high=bars.high / scale,
            low=bars.low / scale,
            close=bars.close / scale,
            volume=bars.volume * splits,
        ),
        scale=scale,
        untraded=frozenset(bars.untraded),
    )


def ready_sessions(stored: StoredNow, *, after: date) -> Ready:
    """Return the sessions later than `after` that can be decided on; a late bar is waited for."""
    dates = stored.prices.dates
    begin = int(np.searchsorted(dates, np.datetime64(after), side="right"))
    found: list[int] = []
    skipped: list[date] = []
    last = after
    for index in range(begin, len(dates)):
        day: date = dates[index].item()
        missing = _missing(stored, last + timedelta(days=1), day - timedelta(days=1))
        if missing and len(dates) - index < PATIENCE:
            return Ready(bars=tuple(found), skipped=tuple(skipped), waiting_for=missing[0])
        skipped += missing
        found.append(index)
        last = day
    return Ready(bars=tuple(found), skipped=tuple(skipped), waiting_for=None)


def revised_days(known: Prices, stored: StoredNow) -> list[date]:
    """Return the days up to the last known bar on which the stored bars are no longer the known ones."""
    now = stored.prices
    now = now.until(int(np.searchsorted(now.dates, known.dates[-1], side="right")))
    days, old, new = np.intersect1d(known.dates, now.dates, return_indices=True)
    same = np.ones(len(days), dtype=np.bool_)
    for name in COLUMNS[:-1]:
        same &= np.isclose(getattr(known, name)[old], getattr(now, name)[new], rtol=SAME, atol=0)
    others = np.setxor1d(known.dates, now.dates)
    revised: list[date] = np.union1d(days[~same], others).tolist()
    return revised


def packed(prices: Prices) -> bytes:
    """Return the bars as bytes."""
    content = io.BytesIO()
    columns = {name: getattr(prices, name) for name in COLUMNS}
    np.savez_compressed(content, days=prices.dates.astype(np.int64), **columns)
    return content.getvalue()


def known_bars(history: bytes, entries: Sequence[LiveEntry]) -> tuple[Prices, int]:
    """Return all bars that a record decided on, and the index of the first after the freeze."""
    with np.load(io.BytesIO(history)) as kept:
        days = kept["days"].view("datetime64[D]")
        columns = {name: kept[name] for name in COLUMNS}
    later = np.array([entry.date for entry in entries], dtype="datetime64[D]")
    together = {
        name: np.concatenate(
            [column, np.array([getattr(entry, name) for entry in entries], dtype=np.float64)]
        )
        for name, column in columns.items()
    }
    return Prices(dates=np.concatenate([days, later]), **together), len(days)


def with_bar_of(known: Prices, stored: StoredNow, index: int) -> Prices:
    """Return the known bars with a stored one behind them."""
    one = stored.prices.until(index + 1).since(index)
    columns = {name: np.concatenate([getattr(known, name), getattr(one, name)]) for name in COLUMNS}
    return Prices(dates=np.concatenate([known.dates, one.dates]), **columns)


def fingerprint(prices: Prices) -> str:
    """Return the SHA-256 of bars."""
    columns: list[NDArray[np.int64] | FloatArray] = [prices.dates.astype("<i8")]
    columns += [getattr(prices, name).astype("<f8") for name in COLUMNS]
    return sha256(b"".join(column.tobytes() for column in columns)).hexdigest()


def _scale(bars: Bars, adjustment: Adjustment, frozen_on: date) -> float:
    if adjustment == Adjustment.NONE:
        return 1.0
    raw = final_bars(bars.symbol, Adjustment.NONE)
    day = bars.dates[max(int(np.searchsorted(bars.dates, np.datetime64(frozen_on), side="right")) - 1, 0)]
    adjusted = bars.close[np.searchsorted(bars.dates, day)]
    return float(adjusted / raw.close[np.searchsorted(raw.dates, day)])


def _missing(stored: StoredNow, first: date, last: date) -> list[date]:
    if first > last:
        return []
    try:
        expected: list[date] = sessions_between(stored.exchange, first, last).tolist()
    except InvalidInput:
        return []
    return [day for day in expected if day not in stored.untraded]
