"""Days without trading: no order is filled on them, and they are told."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from ingestion.bars import load_bars, without_halts
from ingestion.models import Source
from ingestion.notices import halts_notice, steps_notices
from ingestion.store.batch import BarBatch
from ingestion.store.validation import Bar
from ingestion.store.writer import store
from ingestion.tests.factories import sessions, stored_closes

pytestmark = pytest.mark.django_db

DAYS = sessions(date(2024, 1, 2), date(2024, 3, 28))


def stored_with_halt(symbol: str, halted: slice, *, volume: int = 1000) -> None:
    closes = [100.0 + place for place in range(len(DAYS))]
    places = range(len(DAYS))[halted]
    for place in places:
        closes[place] = closes[places[0] - 1]
    bars = []
    for place, (day, close) in enumerate(zip(DAYS, closes, strict=True)):
        price, is_halted = Decimal(str(close)), place in places
        spread = Decimal(0) if is_halted else Decimal(1)
        bars.append(
            Bar(
                date=day,
                open=price,
                high=price + spread,
                low=price - spread,
                close=price,
                volume=0 if is_halted else volume,
            )
        )
    store(
        BarBatch(
            symbol=symbol, source=Source.ALPHA_VANTAGE, bars=bars, actions=[], fetched_at=datetime.now(UTC)
        )
    )


def test_halted_days_are_left_out_and_told() -> None:
    stored_with_halt("QHALT", slice(20, 25))
    stored = load_bars("QHALT")
    traded = without_halts(stored)
    assert traded.untraded == tuple(DAYS[20:25])
    assert len(traded) == len(DAYS) - 5
    assert traded.fingerprint == stored.fingerprint
    assert traded.missing_sessions == stored.missing_sessions == ()
    assert "On 5 days nothing was traded" in str(halts_notice(traded, DAYS[0]))
    assert halts_notice(traded, DAYS[40]) is None


def test_bars_without_any_volume_know_no_halt() -> None:
    stored_with_halt("QINDEX", slice(20, 25), volume=0)
    bars = load_bars("QINDEX")
    assert without_halts(bars) is bars


def test_bars_that_were_all_traded_stay_the_same_object() -> None:
    bars = load_bars("AAPL")
    assert without_halts(bars) is bars
    assert steps_notices(bars) == []


def test_an_order_waits_for_the_next_traded_bar(reader) -> None:  # type: ignore[no-untyped-def] # a fixture
    stored_with_halt("QHALT", slice(20, 25))
    response = reader.post(
        "/api/v1/backtests",
        {"symbol": "QHALT", "rule": "price_crossover", "slow": 20, "entry": "on_state", "commission_rate": 0},
        content_type="application/json",
    )
    assert response.status_code in {200, 201}, response.json()
    document = response.json()
    # The average of 20 closes is known at the close of the 20th bar; the next five days are halted.
    assert [trade["entry_date"] for trade in document["trades"]][:1] == [str(DAYS[25])]
    assert any("nothing was traded" in notice for notice in document["notices"])


def test_a_step_like_a_split_is_told_in_results(reader) -> None:  # type: ignore[no-untyped-def] # a fixture
    stored_closes("QSTEP", {day: 1000.0 if place < 30 else 100.0 for place, day in enumerate(DAYS)})
    response = reader.post(
        "/api/v1/backtests",
        {"symbol": "QSTEP", "rule": "price_crossover", "slow": 5},
        content_type="application/json",
    )
    assert any("fell to a tenth" in notice for notice in response.json()["notices"])
