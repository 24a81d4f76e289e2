"""Storing: counts, revisions, provisional bars, sources, atomicity."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from ingestion.models import ActionKind, BarRevision, DailyBar, Instrument, Source
from ingestion.store.batch import Action, BarBatch
from ingestion.store.validation import Bar
from ingestion.store.writer import store

pytestmark = pytest.mark.django_db

NOON = datetime(2024, 1, 5, 12, tzinfo=UTC)


def bar(day: int, close: str = "10.5", volume: int = 1000) -> Bar:
    return Bar(
        date=date(2024, 1, day),
        open=Decimal(10),
        high=Decimal(12),
        low=Decimal(9),
        close=Decimal(close),
        volume=volume,
    )


def delivery(
    *bars: Bar, actions: Sequence[Action] | None = (), provisional_from: date | None = None
) -> BarBatch:
    return BarBatch(
        symbol="TEST",
        source=Source.ALPHA_VANTAGE,
        bars=bars,
        actions=actions,
        fetched_at=NOON,
        provisional_from=provisional_from,
    )


def split(day: int, ratio: str) -> Action:
    return Action(date=date(2024, 1, day), kind=ActionKind.SPLIT, value=Decimal(ratio))


def test_counts_tell_new_changed_and_unchanged_bars_apart() -> None:
    first = store(delivery(bar(2), bar(3)))
    assert (first.inserted, first.changed, first.unchanged) == (2, 0, 0)
    second = store(delivery(bar(2), bar(3, close="11"), bar(4)))
    assert (second.inserted, second.changed, second.unchanged) == (1, 1, 1)
    third = store(delivery(bar(2), bar(3, close="11"), bar(4)))
    assert (third.inserted, third.changed, third.unchanged, third.wrote) == (0, 0, 3, False)


def test_a_changed_bar_leaves_a_revision_for_each_changed_value() -> None:
    store(delivery(bar(2), bar(3)))
    result = store(delivery(bar(3, close="11.25", volume=900)))
    assert result.revisions == 2
    revisions = BarRevision.objects.order_by("column").values_list("date", "column", "old_value", "new_value")
    assert list(revisions) == [
        (date(2024, 1, 3), "close", Decimal("10.5"), Decimal("11.25")),
        (date(2024, 1, 3), "volume", Decimal(1000), Decimal(900)),
    ]


def test_a_provisional_bar_is_replaced_without_a_revision_and_becomes_final() -> None:
    store(delivery(bar(2), bar(3), provisional_from=date(2024, 1, 3)))
    result = store(delivery(bar(3, close="11")))
    assert (result.changed, result.revisions) == (1, 0)
    assert not DailyBar.objects.get(instrument__symbol="TEST", date=date(2024, 1, 3)).provisional


def test_an_unchanged_bar_becomes_final_when_its_session_has_closed() -> None:
    store(delivery(bar(3), provisional_from=date(2024, 1, 3)))
    assert store(delivery(bar(3))).changed == 1


def test_older_bars_than_delivered_stay() -> None:
    store(delivery(bar(2)))
    store(delivery(bar(3)))
    assert DailyBar.objects.filter(instrument__symbol="TEST").count() == 2


def test_actions_follow_the_source_but_an_empty_answer_removes_none() -> None:
    store(delivery(bar(2), actions=[split(3, "2"), split(4, "1.0460")]))
    changed = store(delivery(bar(2), actions=[split(4, "1.05"), split(5, "3")]))
    assert changed.actions_changed == 3
    store(delivery(bar(2), actions=[]))
    store(delivery(bar(2), actions=None))
    kept = Instrument.objects.get(symbol="TEST").actions.values_list("date", "value")
    assert list(kept) == [(date(2024, 1, 4), Decimal("1.05")), (date(2024, 1, 5), Decimal(3))]


def test_an_answer_without_splits_withdraws_no_split_while_there_are_dividends() -> None:
    dividend = Action(date=date(2024, 1, 3), kind=ActionKind.DIVIDEND, value=Decimal("0.5"))
    later = replace(dividend, date=date(2024, 1, 5))
    store(delivery(bar(2), actions=[split(4, "10"), dividend]))
    store(delivery(bar(2), actions=[later]))
    kept = Instrument.objects.get(symbol="TEST").actions.values_list("date", "kind")
    assert list(kept) == [(date(2024, 1, 4), "split"), (date(2024, 1, 5), "dividend")]


def test_a_providers_bars_replace_the_sample_and_not_the_other_way_round() -> None:
    real = replace(delivery(bar(2), actions=[split(2, "4")]), symbol="AAPL")
    assert store(real).removed == 3270
    apple = Instrument.objects.get(symbol="AAPL")
    assert (apple.source, apple.bars.count(), apple.actions.count()) == ("alpha_vantage", 1, 1)

    result = store(replace(real, source=Source.SAMPLE, bars=[bar(3)]))
    assert result.kept_newer
    assert apple.bars.get().source == "alpha_vantage"


def test_nothing_of_a_delivery_stays_when_a_part_cannot_be_stored() -> None:
    impossible = split(3, "-1")
    with pytest.raises(IntegrityError), transaction.atomic():
        store(delivery(bar(2), actions=[impossible]))
    assert not Instrument.objects.filter(symbol="TEST").exists()


@pytest.mark.parametrize(
    "values", [{"low": 11}, {"high": 10}, {"low": 0, "open": 0}, {"volume": -1}, {"close": 99}]
)
def test_the_database_itself_refuses_an_impossible_bar(values: dict[str, int]) -> None:
    store(delivery(bar(2)))
    with pytest.raises(IntegrityError), transaction.atomic():
        DailyBar.objects.filter(instrument__symbol="TEST").update(**values)
