"""Daily bars as the rest of Hindcast sees them: arrays, adjusted on reading."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property, lru_cache
from uuid import UUID

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from core.errors import InvalidInput
from ingestion.exchange_calendar import missing_sessions
from ingestion.models import Instrument
from ingestion.store.adjustment import dividend_factors, split_factors
from ingestion.store.reader import AsKnown, StoredBars, read_stored
from ingestion.symbols import parse_symbol

_Prices = NDArray[np.float64]

RANGES_KEPT = 64
"""Ranges of bars that a process keeps in memory; thirty years of one take 400 KB."""

SIMILAR_SHOWN = 5


class Adjustment(StrEnum):
    """Which corporate actions are taken out of the prices."""

    NONE = "none"
    SPLITS = "splits"
    SPLITS_AND_DIVIDENDS = "splits_and_dividends"


@dataclass(frozen=True, eq=False, kw_only=True)
class Bars:
    """Daily bars of one instrument, oldest first; every array has the shape (bars,).

    dates: datetime64[D], strictly increasing.
    open, high, low, close: float64, in `currency`, adjusted as `adjustment` says.
    volume: float64, in shares or coins, adjusted for splits as the prices are.
    exchange: the exchange's ISO 10383 code, for its calendar (`XNYS`, `XNAS`).
    source: `sample`, `alpha_vantage`, `tiingo` or `file`.
    fetched_at: when the newest of the bars was fetched.
    actions_fetched_at: when the source was last asked for splits and dividends; None: never. A split since
        then is in the prices as a jump.
    provisional: whether the last bar belongs to a session that had not closed when it was fetched.
    untraded: days that are stored but left out, since nothing was traded and the price was carried over.
    fingerprint: SHA-256 over symbol, adjustment, dates, prices and volume, in hexadecimal.
    """

    symbol: str
    name: str
    exchange: str
    currency: str
    adjustment: Adjustment
    dates: NDArray[np.datetime64]
    open: NDArray[np.float64]
    high: NDArray[np.float64]
    low: NDArray[np.float64]
    close: NDArray[np.float64]
    volume: NDArray[np.float64]
    source: str
    fetched_at: datetime
    actions_fetched_at: datetime | None
    provisional: bool
    fingerprint: str
    untraded: tuple[date, ...] = ()

    def __len__(self) -> int:
        """Return the number of bars."""
        return len(self.dates)

    @cached_property
    def missing_sessions(self) -> tuple[date, ...]:
        """The sessions of the exchange between the first and last bar that have no bar.

        Computed when asked for: the calendars take most of a second to import. Raises InvalidInput when
        there is no calendar for the exchange.
        """
        missing: list[date] = missing_sessions(self.exchange, self.dates).tolist()
        left_out = set(self.untraded)
        return tuple(day for day in missing if day not in left_out)


def load_bars(
    symbol: str,
    start: date | None = None,
    end: date | None = None,
    adjustment: Adjustment = Adjustment.SPLITS,
) -> Bars:
    """Return the stored bars of `symbol` from `start` through `end`; None: from the first, to the last.

    Nothing after `end` enters the result. Splits and dividends that took effect after the last bar
    loaded are left out too, so that bars up to a day are as a person saw them on that day. The same
    bar may therefore carry different prices in two ranges; returns between bars are the same in both.

    What was loaded before is kept in memory, and the database asked whether the instrument has changed.

    Raises InvalidInput: on `symbol` when nothing of it is stored, on `start` or `end` when no bar lies in
    the range, on `adjustment` when a stored dividend is as high as the price it is paid on.
    """
    symbol = parse_symbol(symbol)
    range_ = _range(symbol, start, end, adjustment)
    version, bars = range_.kept or (None, None)
    stored = read_stored(symbol, start, end, known=version)
    if bars is not None and isinstance(stored, AsKnown):
        return bars
    if not isinstance(stored, StoredBars):
        raise _nothing_stored(symbol, start, end)
    bars = _bars(stored, adjustment)
    range_.kept = (stored.version, bars)
    return bars


def without_halts(bars: Bars) -> Bars:
    """Return the bars without the days on which trading was halted; the same bars where there are none.

    On such a day the volume is 0 and all four prices are the last close, carried over: no order can be
    filled. Without it an order waits for the next traded bar. Bars that know no volume at all, as those of
    an index, stay as they are.
    """
    if len(bars) < 2 or not bars.volume.any():  # noqa: PLR2004 - a carried price needs one before
        return bars
    flat = (bars.open == bars.close) & (bars.high == bars.close) & (bars.low == bars.close)
    halted = (bars.volume == 0) & flat
    halted[1:] &= bars.close[1:] == bars.close[:-1]
    halted[0] = False
    if not halted.any():
        return bars
    traded = ~halted
    return replace(
        bars,
        dates=bars.dates[traded],
        open=bars.open[traded],
        high=bars.high[traded],
        low=bars.low[traded],
        close=bars.close[traded],
        volume=bars.volume[traded],
        untraded=tuple(bars.dates[halted].tolist()),
    )


@dataclass(kw_only=True)
class _Range:
    """Bars of a range with the version of the instrument that they were read from; None: not read yet."""

    kept: tuple[UUID, Bars] | None = None


@lru_cache(RANGES_KEPT)
def _range(symbol: str, start: date | None, end: date | None, adjustment: Adjustment) -> _Range:
    """Return the place of this range's bars in memory; the database is asked each time if they still hold."""
    return _Range()


def _bars(stored: StoredBars, adjustment: Adjustment) -> Bars:
    prices, volume = _adjusted(stored, adjustment)
    for array in (stored.dates, prices, volume):
        array.flags.writeable = False
    return Bars(
        symbol=stored.symbol,
        name=stored.name,
        exchange=stored.exchange,
        currency=stored.currency,
        adjustment=adjustment,
        dates=stored.dates,
        open=prices[0],
        high=prices[1],
        low=prices[2],
        close=prices[3],
        volume=volume,
        source=stored.source,
        fetched_at=stored.fetched_at,
        actions_fetched_at=stored.actions_fetched_at,
        provisional=stored.provisional,
        fingerprint=_fingerprint(stored.symbol, adjustment, stored.dates, prices, volume),
    )


def _nothing_stored(symbol: str, start: date | None, end: date | None) -> InvalidInput:
    """Return the error that says what to ask for instead."""
    instrument = Instrument.objects.filter(symbol=symbol).first()
    if instrument is not None:
        return _empty_range(instrument, start, end)
    similar = Instrument.objects.filter(Q(symbol__icontains=symbol) | Q(name__icontains=symbol))
    names = ", ".join(similar.values_list("symbol", flat=True)[:SIMILAR_SHOWN])
    return InvalidInput(
        f"No bars of {symbol} are stored. "
        + (f"Similar symbols that are stored: {names}. Choose one of them, or fetch" if names else "Fetch")
        + f" {symbol} on the Data page or with `manage.py load_stock_data {symbol}`; "
        "fetching needs a key of a market data provider.",
        field="symbol",
    )


def _empty_range(instrument: Instrument, start: date | None, end: date | None) -> InvalidInput:
    """Return the error that says which end of the range to change."""
    if start is not None and end is not None and start > end:
        return InvalidInput(f"The last day must not lie before the first day, {start}.", field="end")
    days = instrument.bars.order_by("date").values_list("date", flat=True)
    first, last = days.first(), days.last()
    if first is None or last is None:
        return InvalidInput(
            f"No bars of {instrument.symbol} are stored. Fetch them on the Data page.", field="symbol"
        )
    field = "end" if end is not None and end < first else "start"
    return InvalidInput(
        f"No bar of {instrument.symbol} lies in this range. Its bars run from {first} to {last}.", field=field
    )


def _adjusted(stored: StoredBars, adjustment: Adjustment) -> tuple[_Prices, NDArray[np.float64]]:
    """Return prices of shape (4, bars) and volume with the actions of `adjustment` taken out."""
    if adjustment == Adjustment.NONE:
        return stored.prices, stored.volume
    factors = split_factors(stored.dates, stored.splits)
    volume = stored.volume / factors
    if _is_whole(stored.volume):
        volume = np.rint(volume)
    if adjustment == Adjustment.SPLITS_AND_DIVIDENDS:
        close = stored.prices[3]
        try:
            factors = factors * dividend_factors(stored.dates, close, stored.dividends, stored.splits)
        except ValueError as problem:
            raise InvalidInput(
                f"Prices of {stored.symbol} cannot be adjusted: {problem}. Use prices adjusted for "
                "splits alone.",
                field="adjustment",
            ) from None
    return stored.prices * factors, volume


def _is_whole(volume: NDArray[np.float64]) -> bool:
    """Whether volumes count whole shares, as they do everywhere but with coins and contracts."""
    return bool((volume == np.rint(volume)).all())


def _fingerprint(
    symbol: str,
    adjustment: Adjustment,
    dates: NDArray[np.datetime64],
    prices: _Prices,
    volume: NDArray[np.float64],
) -> str:
    """Return the SHA-256 of what a computation can see, the same on machines of either byte order."""
    digest = hashlib.sha256(f"{symbol}\0{adjustment}\0{len(dates)}\0".encode())
    digest.update(dates.astype("<i8").tobytes())
    digest.update(prices.astype("<f8").tobytes())
    digest.update(volume.astype("<i8" if _is_whole(volume) else "<f8").tobytes())
    return digest.hexdigest()
