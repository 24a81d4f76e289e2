"""What is stored: the instruments with the extent of their bars, and figures of all of them at once."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import F, Q, QuerySet
from numpy.typing import NDArray

from core.errors import NotFound
from ingestion.models import Instrument, InstrumentExtent, Source
from ingestion.schemas import SOURCE_DESCRIPTIONS, ActionDocument, InstrumentDocument
from ingestion.store.adjustment import DatedValue, split_factors
from ingestion.store.reader import dates_of
from ingestion.symbols import parse_symbol

_SUMMARIES = """
    SELECT instrument.symbol, instrument.name, instrument.exchange, instrument.currency, instrument.source,
           instrument.fetched_at, coalesce(extent.bars, 0) AS bars, extent.first, extent.last,
           extent.last_close, extent.previous_close,
           coalesce(extent.provisional_on = extent.last, false) AS provisional,
           listed.dates, listed.kinds, listed.values
    FROM ingestion_instrument AS instrument
    LEFT JOIN ingestion_instrumentextent AS extent ON extent.instrument_id = instrument.id
    LEFT JOIN (
        SELECT instrument_id,
               array_agg(date ORDER BY date, kind) AS dates,
               array_agg(kind ORDER BY date, kind) AS kinds,
               array_agg(value::float8 ORDER BY date, kind) AS values
        FROM ingestion_corporateaction
        WHERE %(symbols)s::text[] IS NULL
            OR instrument_id IN (SELECT id FROM ingestion_instrument WHERE symbol = ANY(%(symbols)s))
        GROUP BY instrument_id
    ) AS listed ON listed.instrument_id = instrument.id
    WHERE %(symbols)s::text[] IS NULL OR instrument.symbol = ANY(%(symbols)s)
    ORDER BY instrument.symbol
"""

_RECENT_CLOSES = """
    SELECT instrument.symbol, recent.days, recent.closes,
           coalesce(listed.dates, '{}'), coalesce(listed.values, '{}')
    FROM ingestion_instrument AS instrument
    CROSS JOIN LATERAL (
        SELECT array_agg(date - DATE '1970-01-01' ORDER BY date) AS days,
               array_agg(close::float8 ORDER BY date) AS closes
        FROM ingestion_dailybar
        WHERE instrument_id = instrument.id AND date >= (
            SELECT max(date) - %(days)s::integer FROM ingestion_dailybar WHERE instrument_id = instrument.id
        )
    ) AS recent
    CROSS JOIN LATERAL (
        SELECT array_agg(date ORDER BY date) AS dates, array_agg(value::float8 ORDER BY date) AS values
        FROM ingestion_corporateaction
        WHERE instrument_id = instrument.id AND kind = 'split'
    ) AS listed
    WHERE recent.days IS NOT NULL AND (%(symbols)s::text[] IS NULL OR instrument.symbol = ANY(%(symbols)s))
    ORDER BY instrument.symbol
"""


def list_instruments() -> list[InstrumentDocument]:
    """Return every stored instrument, by symbol. One statement, however many there are."""
    return _summaries(symbols=None)


class InstrumentOrder(StrEnum):
    """What lists of instruments are sorted by."""

    SYMBOL = "symbol"
    NAME = "name"
    BARS = "bars"
    LAST = "last"
    FETCHED = "fetched"


_COLUMNS = {
    InstrumentOrder.SYMBOL: "symbol",
    InstrumentOrder.NAME: "name",
    InstrumentOrder.BARS: "extent__bars",
    InstrumentOrder.LAST: "extent__last",
    InstrumentOrder.FETCHED: "fetched_at",
}


def symbols_in_order(
    search: str = "", *, order: InstrumentOrder = InstrumentOrder.SYMBOL, descending: bool = False
) -> "QuerySet[Instrument, str]":
    """Return the symbols with bars in which each word of `search` is part of the symbol or of the name."""
    found = Instrument.objects.filter(extent__isnull=False)
    for word in search.replace("\0", "").split():
        found = found.filter(Q(symbol__icontains=word) | Q(name__icontains=word))
    column = F(_COLUMNS[order])
    return found.order_by(column.desc() if descending else column.asc(), "symbol").values_list(
        "symbol", flat=True
    )


def content_hashes(symbols: Collection[str] | None = None) -> dict[str, str]:
    """Return a hash of the stored bars and actions of each symbol that has bars, by symbol.

    symbols: of which symbols; None: of all. Equal content has an equal hash, whenever it was fetched.
    """
    extents = InstrumentExtent.objects.all()
    if symbols is not None:
        extents = extents.filter(instrument__symbol__in=symbols)
    return dict(extents.values_list("instrument__symbol", "content_sha256"))


def find_instruments(symbols: Sequence[str]) -> list[InstrumentDocument]:
    """Return what is stored about these symbols, in their order; unknown ones are left out."""
    found = {document.symbol: document for document in _summaries(symbols=symbols)}
    return [found[symbol] for symbol in symbols if symbol in found]


def find_instrument(symbol: str) -> InstrumentDocument:
    """Return what is stored about `symbol`; raises NotFound, or InvalidInput for what is no symbol."""
    symbol = parse_symbol(symbol)
    found = _summaries(symbols=[symbol])
    if not found:
        raise NotFound(
            f"No bars of {symbol} are stored. The Data page lists what is stored and fetches more symbols."
        )
    return found[0]


def recent_closes(
    days: int = 365, *, symbols: Sequence[str] | None = None
) -> Mapping[str, NDArray[np.float64]]:
    """Return the closes of each instrument's last `days` days, by symbol; one statement for all of them.

    symbols: of which instruments; None: of all.

    days: calendar days up to each instrument's own last bar. Arrays have the shape (bars,), oldest first,
    in the instrument's currency, adjusted for splits; instruments without bars are left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RECENT_CLOSES, {"days": days, "symbols": _array(symbols)})
        return {
            symbol: np.array(closes, dtype=np.float64)
            * split_factors(
                dates_of(day_numbers), [DatedValue(*split) for split in zip(*splits, strict=True)]
            )
            for symbol, day_numbers, closes, *splits in cursor.fetchall()
        }


def _array(symbols: Sequence[str] | None) -> list[str] | None:
    """Return what psycopg sends as an array."""
    return None if symbols is None else list(symbols)


def _summaries(*, symbols: Sequence[str] | None) -> list[InstrumentDocument]:
    with connection.cursor() as cursor:
        cursor.execute(_SUMMARIES, {"symbols": _array(symbols)})
        names = [column.name for column in cursor.description]
        return [_document(dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def _document(row: dict[str, Any]) -> InstrumentDocument:
    actions = zip(row.pop("dates") or (), row.pop("kinds") or (), row.pop("values") or (), strict=True)
    source = Source(row["source"])
    return InstrumentDocument(
        **row,
        source_description=SOURCE_DESCRIPTIONS[source],
        is_sample=source == Source.SAMPLE,
        actions=[ActionDocument(date=day, kind=kind, value=value) for day, kind, value in actions],
    )
