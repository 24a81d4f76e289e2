"""Sweeps of custom rules: ranges for the parameters of a text."""

from typing import Any

import pytest
from django.test import Client
from pydantic import ValidationError

from core.errors import field_errors
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.service import run_backtest
from strategies.engine import kernel_loader
from strategies.sweeps.neighbourhood import around, place_of
from strategies.sweeps.parameters import SweepParameters
from strategies.sweeps.service import run_sweep
from strategies.trials import trial_keys

pytestmark = pytest.mark.django_db

TEXTS = {
    "buy": "sma(fast) crosses above sma(slow) and rsi(14) < top",
    "sell": "close < sma(fast) or profit > goal",
}


def asked(**changes: Any) -> SweepParameters:
    defaults = {
        "symbol": "AAPL",
        "rule": "custom",
        **TEXTS,
        "values": {"fast": [5, 10, 20], "slow": {"start": 30, "stop": 60, "step": 15}, "top": 80},
        "start": "2005-01-03",
    }
    return SweepParameters.model_validate({**defaults, **changes})


@pytest.fixture(scope="module", autouse=True)
def kernels() -> None:
    kernel_loader.wait()


def test_every_combination_equals_its_backtest() -> None:
    document = run_sweep(asked())
    assert document.varied == ["fast", "slow", "top", "goal"]
    assert document.cells.fast is None
    assert document.cells.values is not None
    assert len(document.cells.values["slow"]) == 9
    for place in (0, 4, 8):
        values = {name: column[place] for name, column in document.cells.values.items()}
        single = run_backtest(asked().backtest(values))
        assert document.cells.trades[place] == single.metrics.trades
        assert document.cells.total_return[place] == pytest.approx(single.metrics.total_return, rel=1e-6)
    assert document.walk_forward is not None
    assert document.walk_forward.stretches[0].values is not None
    assert document.best is not None
    assert document.best.values is not None
    assert "fast" in document.summary


def test_the_sweep_around_a_backtest_has_it_in_its_middle() -> None:
    backtest = BacktestParameters.model_validate(
        {"symbol": "AAPL", "rule": "custom", **TEXTS, "values": {"fast": 10, "slow": 40, "top": 70}}
    )
    ranges = around(backtest)
    assert place_of(backtest, run_sweep(ranges)) is not None
    assert len(ranges.values_for("fast")) > 5
    assert ranges.values_for("goal") == (backtest.values["goal"],)


def test_trials_are_told_apart_by_what_the_rule_comes_to() -> None:
    named = asked(buy="close > sma(n)", sell="close < sma(n)", values={"n": [20, 50]})
    renamed = asked(buy="close > sma(days)", sell="close < sma(days)", values={"days": [20, 50]})
    written = asked(buy="close > sma(20)", sell="close < sma(m)", values={"m": [20, 50]})
    keys = [trial_keys(one, one.grid()).tolist() for one in (named, renamed, written)]
    assert keys[0] == keys[1]
    assert keys[2][0] == keys[0][0]
    assert keys[2][1] not in keys[0]


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"buy": "close > sma(20)", "sell": None, "values": {}}, "buy", "There is no parameter to sweep"),
        ({"values": {"fast": [5, 0]}}, "values.fast", "must be from 1 to 1,000"),
        ({"values": {"fast": [5.5]}}, "values.fast", "counts bars"),
        ({"values": {"quick": [5]}}, "values.quick", "has no parameter `quick`"),
        ({"values": {"fast": {"start": 9, "stop": 3}}}, "values.fast", "There is no value here"),
        ({"rule": "macd", "buy": None, "sell": None}, "values", "Values are for the rule"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(changes: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(ValidationError) as found:
        asked(**changes)
    assert (field_errors(found.value)[0].field, words in str(found.value)) == (field, True)


def test_the_api_and_the_page_sweep_a_custom_rule(reader: Client) -> None:
    body = {"symbol": "AAPL", "rule": "custom", "buy": "close > sma(n)", "sell": "close < sma(n)"}
    created = reader.post("/api/v1/sweeps", {**body, "values": {"n": [20, 50]}}, "application/json")
    assert created.status_code == 201, created.content
    cells = created.json()["cells"]
    assert cells["values"] == {"n": [20, 50]}
    url = f"/sweeps/{created.json()['id']}"
    page = reader.get(f"{url}/").content.decode()
    assert "value_n" in page
    assert "close &gt; sma(n)" in page
    assert reader.get(f"{url}.csv").content.decode().splitlines()[0].startswith("n,total_return,")
    assert reader.get(f"{url}.csv?table=walk_forward").status_code == 200
    assert reader.get(f"{url}.xlsx").status_code == 200
