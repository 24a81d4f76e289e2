"""Reading an instrument with its bars and actions in one statement, hence as they were at one moment.

Read one after the other, bars of the sample could meet the splits of a provider that replaced it in between.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from ingestion.models import ActionKind
from ingestion.store.adjustment import DatedValue

# Dates travel as days since 1970, as NumPy holds them, and become no Python dates on the way. Of a version
# that the caller knows nothing else is read.
_STORED = """
    SELECT instrument.symbol, instrument.name, instrument.exchange, instrument.currency, instrument.source,
           instrument.actions_fetched_at, instrument.version,
           series.days, series.open, series.high, series.low, series.close, series.volume,
           series.provisional, series.fetched_at,
           listed.dates, listed.kinds, listed.values
    FROM ingestion_instrument AS instrument
    CROSS JOIN LATERAL (
        SELECT array_agg(day) AS days, array_agg(open) AS open, array_agg(high) AS high,
               array_agg(low) AS low, array_agg(close) AS close, array_agg(volume) AS volume,
               (array_agg(provisional))[count(*)] AS provisional,
               (array_agg(fetched_at))[count(*)] AS fetched_at
        FROM (
            SELECT date - DATE '1970-01-01' AS day, open::float8, high::float8, low::float8, close::float8,
                   volume::float8 AS volume, provisional, fetched_at
            FROM ingestion_dailybar
            WHERE instrument_id = instrument.id AND date BETWEEN %(start)s AND %(end)s
                AND instrument.version IS DISTINCT FROM %(known)s
            ORDER BY date
        ) AS oldest_first
    ) AS series
    CROSS JOIN LATERAL (
        SELECT array_agg(date ORDER BY date, kind) AS dates,
               array_agg(kind ORDER BY date, kind) AS kinds,
               array_agg(value::float8 ORDER BY date, kind) AS values
        FROM ingestion_corporateaction
        WHERE instrument_id = instrument.id AND instrument.version IS DISTINCT FROM %(known)s
    ) AS listed
    WHERE instrument.symbol = %(symbol)s
"""


@dataclass(frozen=True, kw_only=True)
class StoredBars:
    """An instrument with its raw bars of a range, oldest first, of which there is at least one.

    version: of the instrument's row; another one after any change of it, its bars or its actions.
    prices: shape (4, bars): open, high, low, close.
    provisional, fetched_at: of the last bar.
    """

    version: UUID
    symbol: str
    name: str
    exchange: str
    currency: str
    source: str
    actions_fetched_at: datetime | None
    dates: NDArray[np.datetime64]
    prices: NDArray[np.float64]
    volume: NDArray[np.float64]
    provisional: bool
    fetched_at: datetime
    splits: list[DatedValue]
    dividends: list[DatedValue]


@dataclass(frozen=True, kw_only=True)
class AsKnown:
    """Nothing has changed since the version that the caller knows."""


def read_stored(
    symbol: str, start: date | None, end: date | None, *, known: UUID | None = None
) -> StoredBars | AsKnown | None:
    """Return what is stored from `start` through `end`; None where no bar is, or no such instrument.

    known: the version of what the caller still has of this range.
    """
    limits = {"start": start or date.min, "end": end or date.max}
    with connection.cursor() as cursor:
        cursor.execute(_STORED, {"symbol": symbol, "known": known, **limits})
        found = cursor.fetchone()
        names = [column.name for column in cursor.description]
    row = dict(zip(names, found, strict=True)) if found else {}
    if row and row["version"] == known:
        return AsKnown()
    return _stored_bars(row) if row.get("days") else None


def _stored_bars(row: dict[str, Any]) -> StoredBars:
    actions = [row.pop(name) or () for name in ("kinds", "dates", "values")]
    return StoredBars(
        dates=dates_of(row.pop("days")),
        prices=np.array([row.pop(name) for name in ("open", "high", "low", "close")], dtype=np.float64),
        volume=np.array(row.pop("volume"), dtype=np.float64),
        splits=actions_of(ActionKind.SPLIT, *actions),
        dividends=actions_of(ActionKind.DIVIDEND, *actions),
        **row,
    )


def dates_of(days: Iterable[int]) -> NDArray[np.datetime64]:
    """Return days since 1970 as datetime64[D]."""
    return np.array(days, dtype=np.int64).view("datetime64[D]")


def days_of(stored: bytes) -> NDArray[np.datetime64]:
    """Return the days of an InstrumentExtent as datetime64[D]."""
    return np.frombuffer(stored, dtype=">i4").astype(np.int64).view("datetime64[D]")


def actions_of(
    wanted: ActionKind, kinds: Iterable[str], dates: Iterable[date], values: Iterable[float]
) -> list[DatedValue]:
    """Return the actions of one kind out of columns of equal length."""
    return [
        DatedValue(date=day, value=value)
        for kind, day, value in zip(kinds, dates, values, strict=True)
        if kind == wanted
    ]
