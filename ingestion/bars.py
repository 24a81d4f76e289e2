"""Daily bars as the rest of Hindcast sees them: arrays, adjusted on reading."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from ingestion.adjustment import DatedValue, dividend_factors, split_factors
from ingestion.models import ActionKind, Instrument
from ingestion.sessions import sessions_between
from ingestion.symbols import parse_symbol
from jobs.errors import InvalidInput

_Prices = NDArray[np.float64]


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
    volume: int64, in shares, adjusted for splits as the prices are.
    exchange: the exchange's ISO 10383 code, for its calendar (`XNYS`, `XNAS`).
    source: `sample` or `alpha_vantage`.
    fetched_at: when the newest of the bars was fetched.
    missing_sessions: sessions of the exchange between the first and last bar that have no bar.
    provisional: whether the last bar belongs to a session that had not closed when it was fetched.
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
    volume: NDArray[np.int64]
    source: str
    fetched_at: datetime
    missing_sessions: tuple[date, ...]
    provisional: bool
    fingerprint: str

    def __len__(self) -> int:
        """Return the number of bars."""
        return len(self.dates)


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

    Raises InvalidInput: on `symbol` when nothing of it is stored, on `start` or `end` when no bar lies in
    the range, on `adjustment` when a stored dividend is as high as the price it is paid on.
    """
    instrument = _instrument(parse_symbol(symbol))
    raw = _read(instrument, start, end)
    if raw is None:
        raise _empty_range(instrument, start, end)
    prices, volume = _adjusted(instrument, raw, adjustment)
    dates = raw.dates
    for array in (dates, prices, volume):
        array.flags.writeable = False
    return Bars(
        symbol=instrument.symbol,
        name=instrument.name,
        exchange=instrument.exchange,
        currency=instrument.currency,
        adjustment=adjustment,
        dates=dates,
        open=prices[0],
        high=prices[1],
        low=prices[2],
        close=prices[3],
        volume=volume,
        source=instrument.source,
        fetched_at=raw.fetched_at,
        missing_sessions=_missing_sessions(instrument.exchange, dates),
        provisional=raw.provisional,
        fingerprint=_fingerprint(instrument.symbol, adjustment, dates, prices, volume),
    )


@dataclass(frozen=True, kw_only=True)
class _RawBars:
    """What is stored. `prices` has the shape (4, bars): open, high, low, close."""

    dates: NDArray[np.datetime64]
    prices: _Prices
    volume: NDArray[np.int64]
    provisional: bool
    fetched_at: datetime


def _instrument(symbol: str) -> Instrument:
    instrument = Instrument.objects.filter(symbol=symbol).first()
    if instrument is not None:
        return instrument
    stored = list(Instrument.objects.values_list("symbol", flat=True)[:21])
    names = ", ".join(stored[:20]) + (" and others" if len(stored) > 20 else "")  # noqa: PLR2004
    raise InvalidInput(
        f"No bars of {symbol} are stored. "
        + (f"Choose one of {names}, or fetch" if stored else "Fetch")
        + f" {symbol} on the Data page or with `manage.py load_stock_data {symbol}`; "
        "fetching needs an Alpha Vantage key.",
        field="symbol",
    )


def _read(instrument: Instrument, start: date | None, end: date | None) -> _RawBars | None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT date, open::float8, high::float8, low::float8, close::float8, volume,
                   provisional, fetched_at
            FROM ingestion_dailybar
            WHERE instrument_id = %s AND date BETWEEN %s AND %s
            ORDER BY date
            """,
            [instrument.pk, start or date.min, end or date.max],
        )
        rows = cursor.fetchall()
    if not rows:
        return None
    dates, *prices, volume, provisional, fetched_at = zip(*rows, strict=True)
    return _RawBars(
        dates=np.array(dates, dtype="datetime64[D]"),
        prices=np.array(prices, dtype=np.float64),
        volume=np.array(volume, dtype=np.int64),
        provisional=provisional[-1],
        fetched_at=fetched_at[-1],
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


def _adjusted(
    instrument: Instrument, raw: _RawBars, adjustment: Adjustment
) -> tuple[_Prices, NDArray[np.int64]]:
    """Return prices of shape (4, bars) and volume with the actions of `adjustment` taken out."""
    if adjustment == Adjustment.NONE:
        return raw.prices, raw.volume
    splits = _actions(instrument, ActionKind.SPLIT)
    factors = split_factors(raw.dates, splits)
    volume = np.rint(raw.volume / factors).astype(np.int64)
    if adjustment == Adjustment.SPLITS_AND_DIVIDENDS:
        dividends = _actions(instrument, ActionKind.DIVIDEND)
        try:
            factors = factors * dividend_factors(raw.dates, raw.prices[3], dividends, splits)
        except ValueError as problem:
            raise InvalidInput(
                f"Prices of {instrument.symbol} cannot be adjusted: {problem}. Use prices adjusted for "
                "splits alone.",
                field="adjustment",
            ) from None
    return raw.prices * factors, volume


def _actions(instrument: Instrument, kind: ActionKind) -> list[DatedValue]:
    rows = instrument.actions.filter(kind=kind).values_list("date", "value")
    return [DatedValue(date=day, value=float(value)) for day, value in rows]


def _missing_sessions(exchange: str, dates: NDArray[np.datetime64]) -> tuple[date, ...]:
    sessions = sessions_between(exchange, dates[0].item(), dates[-1].item())
    missing: list[date] = np.setdiff1d(sessions, dates, assume_unique=True).tolist()
    return tuple(missing)


def _fingerprint(
    symbol: str,
    adjustment: Adjustment,
    dates: NDArray[np.datetime64],
    prices: _Prices,
    volume: NDArray[np.int64],
) -> str:
    """Return the SHA-256 of what a computation can see, the same on machines of either byte order."""
    digest = hashlib.sha256(f"{symbol}\0{adjustment}\0{len(dates)}\0".encode())
    digest.update(dates.astype("<i8").tobytes())
    digest.update(prices.astype("<f8").tobytes())
    digest.update(volume.astype("<i8").tobytes())
    return digest.hexdigest()
