"""Steps of prices that look like splits, and the splits that people record for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

import numpy as np
from django.core.cache import caches
from django.db import connection, transaction

from core.errors import InvalidInput
from ingestion.instruments import find_instrument
from ingestion.models import ActionKind, CorporateAction, Instrument, Source
from ingestion.store.split_check import LEAST_STEP, UnexplainedStep, unexplained_steps

MOST_STEPS = 50
"""Steps that are listed: more of them come from a file of something else than prices."""

_LARGE_STEPS = """
    SELECT symbol, day, previous_day, previous_close, open, close
    FROM (
        SELECT instrument.symbol, bar.date AS day, bar.open::float8, bar.close::float8,
               lag(bar.date) OVER oldest_first AS previous_day,
               lag(bar.close::float8) OVER oldest_first AS previous_close
        FROM ingestion_dailybar AS bar
        JOIN ingestion_instrument AS instrument ON instrument.id = bar.instrument_id
        WHERE instrument.symbol = ANY(%(symbols)s)
        WINDOW oldest_first AS (PARTITION BY bar.instrument_id ORDER BY bar.date)
    ) AS bars
    WHERE greatest(previous_close / open, open / previous_close) > %(least)s
        AND NOT EXISTS (
            SELECT FROM ingestion_corporateaction AS action
            JOIN ingestion_instrument AS instrument ON instrument.id = action.instrument_id
            WHERE instrument.symbol = bars.symbol AND action.kind = 'split'
                AND action.date > previous_day AND action.date <= day
        )
    ORDER BY symbol, day
"""


@dataclass(frozen=True, kw_only=True)
class SymbolStep:
    """A step of a symbol's price that looks like a split which nobody recorded."""

    symbol: str
    step: UnexplainedStep


def find_steps() -> list[SymbolStep]:
    """Return the steps that look like unrecorded splits, by symbol; the sample's splits are all known.

    What was found is kept for each version of an instrument, since reading every bar takes long.
    """
    stored = Instrument.objects.exclude(source=Source.SAMPLE).values_list("symbol", "version")
    keys = {symbol: f"steps:{version}" for symbol, version in stored}
    cache = caches["rendered"]
    found: dict[str, list[SymbolStep]] = cache.get_many(keys.values())
    missing = [symbol for symbol, key in keys.items() if key not in found]
    if missing:
        read = _read_steps(missing)
        new = {keys[symbol]: [step for step in read if step.symbol == symbol] for symbol in missing}
        cache.set_many(new)
        found |= new
    return sorted((step for steps in found.values() for step in steps), key=_order)[:MOST_STEPS]


def _order(step: SymbolStep) -> tuple[str, date]:
    return step.symbol, step.step.day


def _read_steps(symbols: Sequence[str]) -> list[SymbolStep]:
    with connection.cursor() as cursor:
        cursor.execute(_LARGE_STEPS, {"symbols": list(symbols), "least": LEAST_STEP})
        rows = cursor.fetchall()
    steps = []
    for symbol, day, previous_day, previous_close, open_, close in rows:
        found = unexplained_steps(
            np.array([previous_day, day], dtype="datetime64[D]"),
            np.array([previous_close, open_]),
            np.array([previous_close, close]),
            [],
        )
        steps += [SymbolStep(symbol=symbol, step=step) for step in found]
    return steps


def recorded_splits() -> list[CorporateAction]:
    """Return the splits that people recorded, by symbol."""
    rows = CorporateAction.objects.filter(kind=ActionKind.SPLIT, recorded_by_hand=True)
    return list(rows.select_related("instrument").order_by("instrument__symbol", "date"))


@transaction.atomic
def record_split(symbol: str, *, day: date, ratio: str) -> CorporateAction:
    """Store a split by hand; a later fetch keeps it.

    ratio: new shares for an old one. Raises NotFound for an unknown symbol, InvalidInput for a day without
    bars on both sides, for a ratio that is no positive number, and where the day has a split.
    """
    instrument = Instrument.objects.select_for_update().get(symbol=find_instrument(symbol).symbol)
    value = _ratio(ratio)
    bars = instrument.bars
    if not bars.filter(date__lt=day).exists() or not bars.filter(date__gte=day).exists():
        raise InvalidInput(
            f"{symbol} has no bars on both sides of {day}. Give a day within its bars.", field="date"
        )
    split, is_new = CorporateAction.objects.get_or_create(
        instrument=instrument,
        date=day,
        kind=ActionKind.SPLIT,
        defaults={"value": value, "recorded_by_hand": True},
    )
    if not is_new:
        raise InvalidInput(f"{symbol} has a split on {day} already.", field="date")
    return split


def remove_split(symbol: str, *, day: date) -> None:
    """Remove a split that was recorded by hand; raises NotFound, or InvalidInput where there is none."""
    removed, _ = CorporateAction.objects.filter(
        instrument__symbol=find_instrument(symbol).symbol,
        date=day,
        kind=ActionKind.SPLIT,
        recorded_by_hand=True,
    ).delete()
    if not removed:
        raise InvalidInput(f"No split of {symbol} on {day} was recorded by hand.", field="date")


def _ratio(text: str) -> Decimal:
    try:
        value = Decimal(text).quantize(Decimal("1e-10"))
    except (InvalidOperation, ValueError):
        value = Decimal(0)
    if not value.is_finite() or not Decimal("0.0001") <= value <= Decimal(10_000) or value == 1:
        raise InvalidInput(
            f"“{text[:20]}” is no ratio of a split. Give new shares for an old one, such as 2 or 0.1.",
            field="value",
        )
    return value
