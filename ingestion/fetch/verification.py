"""Verify fetched bars against the known splits: adjusted ones are turned back, odd steps are told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from ingestion.fetch.download import FetchedData
from ingestion.models import ActionKind, CorporateAction, Source
from ingestion.notices import step_notice
from ingestion.store.adjustment import DatedValue
from ingestion.store.split_check import SplitState, split_state, unexplained_steps
from ingestion.store.validation import Bar, table_of

SILENCE = timedelta(days=14)
"""Time without a bar after which a share is probably not traded any more."""


@dataclass(frozen=True, kw_only=True)
class CheckedData:
    """Fetched data with bars as traded, and what the user must know about them."""

    received: FetchedData
    notices: Sequence[str]


def check_fetched(received: FetchedData) -> CheckedData:
    """Return the data with prices as traded, whatever the provider did to them."""
    splits = _splits(received)
    notices = []
    bars = received.bars
    for split in splits:
        table = table_of(bars)
        if split_state(table.days, table.open, table.close, split) == SplitState.ADJUSTED:
            bars = [_as_traded(bar, split) for bar in bars]
            notices.append(
                f"The provider's bars before {split.date} were adjusted for that day's split "
                f"({split.value:g} for 1) "
                "already. They were turned back into prices as traded, so that it is not taken out twice."
            )
    table = table_of(bars)
    steps = unexplained_steps(table.days, table.open, table.close, splits)
    notices += [step_notice(received.symbol, step.in_words) for step in steps[-3:]]
    if silence := _silence(received.symbol, bars[-1].date, received.source):
        notices.append(silence)
    return CheckedData(received=replace(received, bars=bars), notices=notices)


def _splits(received: FetchedData) -> list[DatedValue]:
    """Return the splits that the provider named, or those that are stored where it was not asked."""
    named = [
        DatedValue(action.date, float(action.value))
        for action in [*(received.actions or []), *(received.new_actions or [])]
        if action.kind == ActionKind.SPLIT
    ]
    if received.actions is not None:
        return sorted(named)
    stored = CorporateAction.objects.filter(
        instrument__symbol=received.symbol, kind=ActionKind.SPLIT
    ).exclude(instrument__source=Source.SAMPLE)
    known = {row.date: DatedValue(row.date, float(row.value)) for row in stored}
    return sorted({**{split.date: split for split in named}, **known}.values())


def _as_traded(bar: Bar, split: DatedValue) -> Bar:
    if bar.date >= split.date:
        return bar
    ratio = Decimal(repr(split.value))
    return replace(
        bar,
        open=bar.open * ratio,
        high=bar.high * ratio,
        low=bar.low * ratio,
        close=bar.close * ratio,
        volume=round(Decimal(bar.volume) / ratio),
    )


def _silence(symbol: str, last: date, source: Source) -> str | None:
    """Return the notice that a share has no newer bars; None: it has."""
    if timezone.now().date() - last <= SILENCE:
        return None
    return (
        f"{source.label} has no bar of {symbol} after {last}: it may be delisted or suspended. Hindcast "
        f"asks once a "
        "week from now on."
    )
