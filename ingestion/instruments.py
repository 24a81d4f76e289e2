"""What is stored: the instruments with the extent of their bars."""

from typing import Any

from django.db import connection

from ingestion.documents import SOURCE_DESCRIPTIONS, ActionDocument, InstrumentDocument
from ingestion.models import Instrument, Source
from ingestion.symbols import parse_symbol
from jobs.errors import NotFound

_SUMMARIES = """
    SELECT instrument.symbol, instrument.name, instrument.exchange, instrument.currency, instrument.source,
           instrument.fetched_at, extent.bars, extent.first, extent.last, latest.closes,
           coalesce(latest.provisional, false) AS provisional,
           listed.dates, listed.kinds, listed.values
    FROM ingestion_instrument AS instrument
    CROSS JOIN LATERAL (
        SELECT count(*) AS bars, min(date) AS first, max(date) AS last
        FROM ingestion_dailybar
        WHERE instrument_id = instrument.id
    ) AS extent
    CROSS JOIN LATERAL (
        SELECT array_agg(close::float8 ORDER BY date DESC) AS closes,
               (array_agg(provisional ORDER BY date DESC))[1] AS provisional
        FROM (
            SELECT date, close, provisional
            FROM ingestion_dailybar
            WHERE instrument_id = instrument.id
            ORDER BY date DESC
            LIMIT 2
        ) AS last_two
    ) AS latest
    CROSS JOIN LATERAL (
        SELECT array_agg(date ORDER BY date, kind) AS dates,
               array_agg(kind ORDER BY date, kind) AS kinds,
               array_agg(value::float8 ORDER BY date, kind) AS values
        FROM ingestion_corporateaction
        WHERE instrument_id = instrument.id
    ) AS listed
    WHERE %(symbol)s::text IS NULL OR instrument.symbol = %(symbol)s
    ORDER BY instrument.symbol
"""


def list_instruments() -> list[InstrumentDocument]:
    """Return every stored instrument, by symbol. One statement, however many there are."""
    return _summaries(symbol=None)


def find_instrument(symbol: str) -> InstrumentDocument:
    """Return what is stored about `symbol`; raises NotFound, or InvalidInput for what is no symbol."""
    symbol = parse_symbol(symbol)
    found = _summaries(symbol=symbol)
    if not found:
        raise NotFound(
            f"No bars of {symbol} are stored. The Data page lists what is stored and fetches more symbols."
        )
    return found[0]


def has_sample_data() -> bool:
    """Return whether any stored instrument holds the historical sample."""
    return Instrument.objects.filter(source=Source.SAMPLE).exists()


def _summaries(*, symbol: str | None) -> list[InstrumentDocument]:
    with connection.cursor() as cursor:
        cursor.execute(_SUMMARIES, {"symbol": symbol})
        names = [column.name for column in cursor.description]
        return [_document(dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def _document(row: dict[str, Any]) -> InstrumentDocument:
    closes = [*(row.pop("closes") or ()), None, None]
    actions = zip(row.pop("dates") or (), row.pop("kinds") or (), row.pop("values") or (), strict=True)
    source = Source(row["source"])
    return InstrumentDocument(
        **row,
        source_description=SOURCE_DESCRIPTIONS[source],
        is_sample=source == Source.SAMPLE,
        last_close=closes[0],
        previous_close=closes[1],
        actions=[ActionDocument(date=day, kind=kind, value=value) for day, kind, value in actions],
    )
