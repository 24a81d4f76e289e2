"""The ledger of trials: what counts as one, and how many there are."""

from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from strategies import trials
from strategies.engine.parameters import RuleParameters
from strategies.engine.sweep.grid import Grid
from strategies.models import Trial
from strategies.parameters import TradingParameters
from strategies.trials import forget_surplus, read_ledger, record_trials, trial_keys

pytestmark = pytest.mark.django_db


def grid(begin: int, end: int) -> Grid:
    fast = np.arange(begin, end)
    axes = {"fast": fast, "slow": fast + 1000}
    return Grid(rule=TradingParameters().rule, usual=RuleParameters(), axes=axes, skipped=0)


def record(cells: Grid, symbol: str = "AAPL", **changes: Any) -> None:
    sharpe = np.linspace(-0.1, 0.1, len(cells))
    record_trials(symbol, TradingParameters(**changes), cells, sharpe=sharpe, bars=500)


def keys(cells: Grid, **changes: Any) -> trials.Keys:
    return trial_keys(TradingParameters(**changes), cells)


@pytest.mark.parametrize(
    "changes",
    [
        {"start": "2001-01-02"},
        {"end": "2011-01-03"},
        {"adjustment": "none"},
        {"risk_free_rate": 0.03},
        {"initial_investment": 5},
    ],
)
def test_what_changes_no_return_changes_no_key(changes: dict[str, Any]) -> None:
    assert (keys(grid(1, 9), **changes) == keys(grid(1, 9))).all()


@pytest.mark.parametrize(
    "changes",
    [
        {"commission_rate": 0.002},
        {"average": "exponential"},
        {"stop_loss": 0.1},
        {"entry": "on_state"},
        {"initial_investment": 5, "fractional_shares": False},
    ],
)
def test_what_changes_returns_changes_every_key(changes: dict[str, Any]) -> None:
    assert not np.isin(keys(grid(1, 9), **changes), keys(grid(1, 9))).any()


def test_money_counts_where_shares_are_whole_or_an_order_has_a_fixed_cost() -> None:
    for terms in ({"fractional_shares": False}, {"commission_fixed": 5}):
        assert (
            keys(grid(1, 9), **terms, initial_investment=100)
            != keys(grid(1, 9), **terms, initial_investment=200)
        ).all()


def test_a_trial_counts_once_however_often_it_is_tried() -> None:
    record(grid(1, 101))
    record(grid(51, 151))
    record(grid(51, 151), start="2001-01-02")
    record(grid(1, 11), symbol="IBM")
    found = read_ledger("AAPL", keys(grid(1, 11)), most=1000)
    assert found.known == 150
    assert sum(len(group.values["fast"]) for group in found.earlier) == 140
    assert read_ledger("MSFT", keys(grid(1, 11)), most=1000).known == 10


def test_earlier_trials_come_back_with_their_terms() -> None:
    record(grid(1, 4), stop_loss=0.2)
    record(grid(1, 3), commission_rate=0.003)
    found = read_ledger("AAPL", keys(grid(1, 4)), most=1000)
    assert [group.terms["stop_loss"] for group in found.earlier] == [0.2, None]
    assert sorted(found.earlier[0].values["slow"].tolist()) == [1001, 1002, 1003]
    assert TradingParameters.model_validate(found.earlier[1].terms).commission_rate == 0.003


def test_beyond_what_is_kept_the_number_is_estimated_and_the_table_stays_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(trials, "MOST_KEPT", 400)
    for begin in range(0, 10_000, 2000):
        record(grid(begin, begin + 2000))
        forget_surplus("AAPL")
    assert Trial.objects.count() == 400
    found = read_ledger("AAPL", keys(grid(0, 5)), most=100)
    # The estimate's standard error is one over the square root of 400.
    assert found.known == pytest.approx(10_000, rel=0.15)
    assert sum(len(group.values["fast"]) for group in found.earlier) == 100


def test_counting_takes_the_same_two_queries_whatever_is_stored() -> None:
    for end in (10, 1000):
        record(grid(1, end))
        with CaptureQueriesContext(connection) as queries:
            read_ledger("AAPL", keys(grid(1, 5)), most=50)
        assert len(queries) == 2
