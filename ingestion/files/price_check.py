"""Decide whether a file's prices are as traded or adjusted for splits, and turn adjusted ones back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from django.db import connection

from core.errors import InvalidInput
from ingestion.files.reading import FileSeries
from ingestion.files.requests import FilePrices, ImportRequest
from ingestion.models import PROVIDERS, ActionKind, CorporateAction, Instrument, Source
from ingestion.notices import step_notice
from ingestion.store.adjustment import DatedValue, split_factors
from ingestion.store.bar_table import BarTable
from ingestion.store.split_check import split_states, unexplained_steps

TOLERANCE = 0.02
"""Fraction by which closes of two sources may differ on one day."""


@dataclass(frozen=True, kw_only=True)
class CheckedPrices:
    """Bars as traded, the dividends a share of each day, and what the user must know about them."""

    table: BarTable
    dividends: Sequence[DatedValue]
    notices: Sequence[str]


def check_prices(symbol: str, series: FileSeries, request: ImportRequest, today: date) -> CheckedPrices:
    """Return a file's bars as traded; raises InvalidInput where they contradict the splits or the request."""
    known = known_splits(symbol)
    splits = _together(known, series.splits)
    if request.prices == FilePrices.SPLIT_ADJUSTED:
        _require_known(symbol, series)
    states = split_states(series.table.days, series.table.open, series.table.close, splits)
    if states.raw and states.adjusted:
        raise InvalidInput(
            f"The prices of {symbol} step at the split of {states.raw[0].date} and do not at that of "
            f"{states.adjusted[0].date}: they are adjusted for some splits and not for others. Nothing was "
            f"stored. Download "
            "them again from one source.",
            field="prices",
        )
    _require_as_said(
        symbol, request, [split.date for split in states.raw], [split.date for split in states.adjusted]
    )
    is_adjusted = bool(states.adjusted) or request.prices == FilePrices.SPLIT_ADJUSTED
    until = today if request.prices == FilePrices.SPLIT_ADJUSTED else series.table.days[-1].item()
    checked = _restored(series, splits, until) if is_adjusted else _as_they_are(series)
    may_convert = request.prices is None
    checked = _agreeing(symbol, checked, _restored(series, splits, today) if may_convert and splits else None)
    steps = unexplained_steps(checked.table.days, checked.table.open, checked.table.close, splits)
    return replace(
        checked, notices=[*checked.notices, *(step_notice(symbol, step.in_words) for step in steps[:3])]
    )


def known_splits(symbol: str) -> list[DatedValue]:
    """Return the stored splits, oldest first; those of the sample do not count."""
    rows = CorporateAction.objects.filter(instrument__symbol=symbol, kind=ActionKind.SPLIT).exclude(
        instrument__source=Source.SAMPLE
    )
    return [DatedValue(row.date, float(row.value)) for row in rows.order_by("date")]


def _together(known: Sequence[DatedValue], named: Sequence[DatedValue]) -> list[DatedValue]:
    """Return the known splits and those that the file itself names; the known ones count."""
    return sorted({split.date: split for split in [*named, *known]}.values())


def _require_known(symbol: str, series: FileSeries) -> None:
    asked = Instrument.objects.filter(symbol=symbol, actions_fetched_at__isnull=False).exists()
    if not asked and not series.splits and not known_splits(symbol):
        raise InvalidInput(
            f"The splits of {symbol} are not known, so that prices adjusted for them cannot be turned "
            "back into prices as traded. Fetch the symbol first, or import a file of prices as traded.",
            field="prices",
        )


def _require_as_said(symbol: str, request: ImportRequest, raw: list[date], adjusted: list[date]) -> None:
    if request.prices == FilePrices.AS_TRADED and adjusted:
        raise InvalidInput(
            f"{symbol} was split on {adjusted[0]}, and the file's prices do not step there: they are "
            f"adjusted for splits, "
            "not as traded. Nothing was stored. Leave out prices, or give prices=split_adjusted.",
            field="prices",
        )
    if request.prices == FilePrices.SPLIT_ADJUSTED and raw:
        raise InvalidInput(
            f"{symbol} was split on {raw[0]}, and the file's prices step there: they are as traded, not "
            f"adjusted for "
            "splits. Nothing was stored. Leave out prices, or give prices=as_traded.",
            field="prices",
        )


def _as_they_are(series: FileSeries) -> CheckedPrices:
    return CheckedPrices(table=series.table, dividends=series.dividends, notices=[])


def _restored(series: FileSeries, splits: Sequence[DatedValue], until: date) -> CheckedPrices:
    """Return the bars with every split after them, and up to a day, put back."""
    later = [split for split in splits if split.date <= until]
    factors = _factors(series.table, later, until)
    dividends = [DatedValue(day, value / _factor_on(day, later)) for day, value in series.dividends]
    return CheckedPrices(
        table=series.table.scaled(1 / factors),
        dividends=dividends,
        notices=[_restored_notice(later)] if later else [],
    )


def _restored_notice(splits: Sequence[DatedValue]) -> str:
    days = ", ".join(f"{split.date} ({split.value:g} for 1)" for split in splits[-3:])
    return (
        f"The file's prices are adjusted for the split of {days}. They were turned back into prices as "
        f"traded, "
        "so that the split is not taken out twice."
    )


def _factors(table: BarTable, splits: Sequence[DatedValue], until: date) -> np.ndarray:
    days = np.append(table.days, max(np.datetime64(until), table.days[-1]) + np.timedelta64(1, "D"))
    return split_factors(days, splits)[:-1]


def _factor_on(day: date, splits: Sequence[DatedValue]) -> float:
    """Return what a dividend of that day was divided by when the file was adjusted, inverted."""
    factor = 1.0
    for split in splits:
        if split.date > day:
            factor /= split.value
    return factor


def _agreeing(symbol: str, checked: CheckedPrices, restored: CheckedPrices | None) -> CheckedPrices:
    """Return prices that agree with the provider's on common days; raises InvalidInput where none do.

    restored: the prices as of a file that is adjusted for later splits too, which show no step in it.
    """
    contradiction = first_contradiction(symbol, checked.table)
    if contradiction is None:
        return checked
    if restored is not None and first_contradiction(symbol, restored.table) is None:
        return restored
    day, in_file, stored = contradiction
    raise InvalidInput(
        f"On {day} the file has a close of {in_file:g} where {symbol} traded at {stored:g}, and so on "
        "most days that both have. If the file's prices are adjusted for splits, say so. Nothing was "
        "stored.",
        field="prices",
    )


def first_contradiction(symbol: str, table: BarTable) -> tuple[date, float, float] | None:
    """Return a day, its close here and its stored one, where most closes contradict the provider's.

    None: they agree, or have no day in common.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT bar.date, bar.close::float8
            FROM ingestion_dailybar AS bar
            JOIN ingestion_instrument AS instrument ON instrument.id = bar.instrument_id
            WHERE instrument.symbol = %s AND bar.source = ANY(%s) AND bar.date BETWEEN %s AND %s
            ORDER BY bar.date
            """,
            [symbol, [str(source) for source in PROVIDERS], table.days[0].item(), table.days[-1].item()],
        )
        stored = dict(cursor.fetchall())
    pairs = [
        (day, close, stored[day])
        for day, close in zip(table.days.tolist(), table.close.tolist(), strict=True)
        if day in stored
    ]
    differing = [pair for pair in pairs if abs(pair[1] / pair[2] - 1) > TOLERANCE]
    return differing[0] if 2 * len(differing) > len(pairs) else None
