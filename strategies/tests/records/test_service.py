"""Live records: extended day by day they are the one backtest, and the past stays what it was."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from core.errors import InvalidInput, NotFound
from ingestion.bars import Adjustment, load_bars
from ingestion.models import ActionKind, Source
from ingestion.store.batch import Action, BarBatch
from ingestion.store.validation import Bar
from ingestion.store.writer import store
from ingestion.tests.factories import sessions
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.service import run_backtest
from strategies.models import LiveEntry, LiveRecord, RecordState
from strategies.records.serializer import document_of
from strategies.records.service import (
    delete_record,
    extend,
    extend_symbol,
    find_record,
    freeze,
    outdated_symbols,
    records_of,
    set_state,
)

pytestmark = pytest.mark.django_db

DAYS = sessions(date(2015, 1, 2), date(2016, 12, 30))
FROZEN = 150
LATER = 40
RULES: dict[str, dict[str, Any]] = {
    "crossover": {"fast": 3, "slow": 8},
    "price": {"rule": "price_crossover", "slow": 7, "average": "exponential"},
    "triple": {"rule": "triple_ma", "fast": 2, "middle": 5, "slow": 9},
    "macd": {"rule": "macd", "fast": 4, "slow": 9, "signal": 3, "direction": "long_short"},
    "envelope": {"rule": "ma_envelope", "slow": 8, "band": 0.01, "stop_loss": 0.03},
    "custom": {"rule": "custom", "buy": "close > sma(5)", "sell": "close < sma(9)"},
    "stops": {"fast": 2, "slow": 6, "trailing_stop": 0.04, "take_profit": 0.05, "entry": "on_state"},
    "dividends": {"fast": 3, "slow": 8, "adjustment": "splits_and_dividends"},
}
SPLIT = Action(kind=ActionKind.SPLIT, date=DAYS[FROZEN + 20], value=Decimal(2))
DIVIDEND = Action(kind=ActionKind.DIVIDEND, date=DAYS[FROZEN + 35], value=Decimal("0.4"))


def _bars(count: int, *, seed: int = 7) -> list[Bar]:
    """Bars as traded: after the split at half the price."""
    random = np.random.default_rng(seed)
    closes = 100 * np.exp(np.cumsum(random.normal(0, 0.02, len(DAYS))))
    bars = []
    for index, day in enumerate(DAYS[:count]):
        factor = 2 if day >= SPLIT.date else 1
        close = Decimal(f"{closes[index] / factor:.4f}")
        before = Decimal(f"{closes[max(index - 1, 0)] / factor:.4f}")
        bars.append(
            Bar(
                date=day,
                open=before,
                high=max(before, close) + Decimal("0.5"),
                low=min(before, close) - Decimal("0.5"),
                close=close,
                volume=1000 + index,
            )
        )
    return bars


def _store(bars: list[Bar], *, provisional_from: date | None = None) -> None:
    last = bars[-1].date
    store(
        BarBatch(
            symbol="LIVE",
            source=Source.ALPHA_VANTAGE,
            bars=bars,
            actions=[action for action in (SPLIT, DIVIDEND) if action.date <= last],
            fetched_at=datetime.now(UTC),
            provisional_from=provisional_from,
        )
    )


def _frozen(**parameters: Any) -> LiveRecord:
    _store(_bars(FROZEN))
    asked = BacktestParameters.model_validate({"symbol": "LIVE", **(parameters or RULES["crossover"])})
    return freeze(backtest_id=run_backtest(asked).id, name="A record", owner=None)


def _equities(record: LiveRecord) -> list[float]:
    return list(record.entries.values_list("equity", flat=True))


@pytest.mark.parametrize("rule", RULES)
def test_day_by_day_it_is_the_one_backtest_to_the_cent(rule: str) -> None:
    record = _frozen(**RULES[rule])
    for count in range(FROZEN + 1, FROZEN + LATER + 1):
        _store(_bars(count))
        assert extend(record.pk) == 1
    whole = run_backtest(
        BacktestParameters.model_validate({"symbol": "LIVE", "start": DAYS[FROZEN], **RULES[rule]})
    )
    entries = list(record.entries.all())
    assert [entry.date for entry in entries] == whole.series.dates
    assert np.abs(np.array(_equities(record)) - whole.series.equity).max() < 0.01
    assert (
        np.abs(np.array([e.benchmark_equity for e in entries]) - whole.series.benchmark_equity).max() < 0.01
    )
    held = np.array([entry.position * entry.close for entry in entries])
    assert np.allclose(held, np.array(whole.series.position) * whole.series.close, atol=0.01)
    assert len(whole.trades) > 1


def test_many_sessions_at_once_are_what_they_are_one_by_one() -> None:
    one_by_one = _frozen(**RULES["macd"])
    at_once = _frozen(**RULES["macd"])
    for count in range(FROZEN + 1, FROZEN + 31):
        _store(_bars(count))
        extend(one_by_one.pk)
    assert extend(at_once.pk) == 30
    assert [entry.next_order is None for entry in at_once.entries.all()] == [
        entry.next_order is None for entry in one_by_one.entries.all()
    ]
    assert _equities(at_once) == pytest.approx(_equities(one_by_one), abs=0.01)


def test_another_future_changes_no_session_before_it() -> None:
    record = _frozen()
    _store(_bars(FROZEN + 20))
    extend(record.pk)
    before = list(record.entries.values())
    _store(_bars(FROZEN + 20) + _bars(FROZEN + 40, seed=99)[FROZEN + 20 :])
    extend(record.pk)
    assert list(record.entries.values())[:20] == before
    assert record.entries.count() == 40


def test_a_revised_bar_is_reported_and_changes_nothing() -> None:
    record = _frozen()
    _store(_bars(FROZEN + 10))
    extend(record.pk)
    before = list(record.entries.values())
    bars = _bars(FROZEN + 11)
    revised = bars[FROZEN - 5]
    bars[FROZEN - 5] = replace(revised, close=revised.high)
    _store(bars)
    extend(record.pk)
    record.refresh_from_db()
    assert record.revised == [revised.date.isoformat()]
    assert list(record.entries.values())[:10] == before
    assert any("no longer those" in notice for notice in document_of(record).notices)


def test_a_late_bar_is_waited_for_and_given_up_after_five() -> None:
    record = _frozen()
    bars = _bars(FROZEN + 8)
    late = bars.pop(FROZEN + 2)
    _store(bars[: FROZEN + 5])
    assert extend(record.pk) == 2
    record.refresh_from_db()
    assert record.waiting_for == late.date
    _store(bars)
    assert extend(record.pk) == 5
    record.refresh_from_db()
    kept = LiveRecord.objects.get(pk=record.pk)
    assert (kept.waiting_for, kept.skipped) == (None, [late.date.isoformat()])


def test_nothing_is_decided_on_a_provisional_bar() -> None:
    record = _frozen()
    bars = _bars(FROZEN + 2)
    _store(bars, provisional_from=bars[-1].date)
    assert extend(record.pk) == 1
    _store(bars)
    assert extend(record.pk) == 1


def test_the_same_evening_twice_adds_nothing() -> None:
    record = _frozen()
    _store(_bars(FROZEN + 3))
    assert outdated_symbols() == ["LIVE"]
    assert extend_symbol("LIVE") == 3
    assert outdated_symbols() == []
    assert extend_symbol("LIVE") == 0
    call_command("extend_records", verbosity=0)
    assert LiveEntry.objects.filter(record=record).count() == 3


def test_orders_are_those_that_the_next_bar_fills() -> None:
    record = _frozen(**RULES["price"])
    foretold = []
    for count in range(FROZEN + 1, FROZEN + 31):
        _store(_bars(count))
        extend(record.pk)
        record.refresh_from_db()
        foretold.append(document_of(record))
    sides = [np.sign(document.position.shares) for document in foretold]
    turned = [bool(after != before) for before, after in pairwise(sides)]
    assert turned == [document.next_order is not None for document in foretold[:-1]]
    assert any(turned)


def test_a_close_beyond_a_trigger_gives_its_order_and_one_before_it_does_not() -> None:
    record = _frozen(**RULES["price"])
    _store(_bars(FROZEN + 10))
    extend(record.pk)
    record.refresh_from_db()
    (trigger,) = document_of(record).triggers
    limit = trigger.above if trigger.above is not None else trigger.below
    assert limit is not None
    beyond = 1.001 if trigger.above is not None else 0.999
    for factor, gives in ((beyond, True), (2 - beyond, False)):
        bars = _bars(FROZEN + 10)
        close = Decimal(f"{limit * factor:.4f}")
        bars.append(
            Bar(
                date=DAYS[FROZEN + 10],
                open=bars[-1].close,
                high=max(close, bars[-1].close),
                low=min(close, bars[-1].close),
                close=close,
                volume=1000,
            )
        )
        _store(bars)
        LiveEntry.objects.filter(record=record, date=DAYS[FROZEN + 10]).delete()
        extend(record.pk)
        record.refresh_from_db()
        found = record.next_order
        assert (found is not None and found["action"] == trigger.action) is gives


def test_it_is_paused_caught_up_and_ended_for_good() -> None:
    record = _frozen()
    set_state(record, RecordState.PAUSED)
    _store(_bars(FROZEN + 3))
    assert extend_symbol("LIVE") == 0
    set_state(record, RecordState.ACTIVE)
    assert extend_symbol("LIVE") == 3
    set_state(record, RecordState.ENDED)
    with pytest.raises(InvalidInput, match="has ended"):
        set_state(record, RecordState.ACTIVE)
    assert document_of(record).triggers == []


def test_sessions_closed_before_the_freeze_are_told_apart() -> None:
    record = _frozen()
    _store(_bars(FROZEN + 3))
    extend(record.pk)
    assert all(entry.hindsight for entry in document_of(record).entries)
    LiveRecord.objects.update(
        created_at=datetime.combine(DAYS[FROZEN - 1], datetime.min.time(), UTC) + timedelta(hours=23)
    )
    record.refresh_from_db()
    assert not any(entry.hindsight for entry in document_of(record).entries)


def test_a_deleted_record_is_counted(user: User, reader: Client) -> None:
    document = run_backtest(BacktestParameters(symbol="AAPL"))
    url = "/api/v1/records"
    made = reader.post(url, {"backtest": document.id, "name": "Mine"}, content_type="application/json")
    assert made.status_code == 201
    assert (
        made.json()["frozen_on"] == load_bars("AAPL", adjustment=Adjustment.NONE).dates[-1].item().isoformat()
    )
    assert made.json()["verdict"]["state"] == "too_early"
    assert [each["id"] for each in reader.get(url).json()["items"]] == [made.json()["id"]]
    missing = reader.post(url, {"backtest": "none", "name": "Mine"}, content_type="application/json")
    assert (missing.status_code, missing.json()["errors"][0]["field"]) == (422, "backtest")
    one = f"{url}/{made.json()['id']}"
    assert reader.get(one).json()["next_order"] is None
    assert reader.post(f"{one}/pause").json()["state"] == "paused"
    assert reader.post(f"{one}/end").json()["state"] == "ended"
    assert reader.delete(one).status_code == 204
    assert reader.get(url).json() | {"next": None} == {
        "items": [],
        "next": None,
        "deleted": 1,
        "deleted_behind": 0,
    }
    assert reader.get(one).status_code == 404


def test_others_do_not_see_it(user: User, operator: Client) -> None:
    document = run_backtest(BacktestParameters(symbol="AAPL"))
    record = freeze(backtest_id=document.id, name="Mine", owner=user)
    assert operator.get(f"/api/v1/records/{record.pk}").status_code == 404
    assert operator.get("/api/v1/records").json()["items"] == []
    with pytest.raises(NotFound):
        find_record("no id", owner=user)
    delete_record(record)
    assert not records_of(user).exists()
