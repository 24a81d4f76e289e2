"""Sweeps from question to stored document, as services and API give them."""

import gzip
import json
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from pydantic import ValidationError

from core.documents import published_json
from core.errors import InvalidInput, NotFound
from jobs.models import Job, JobState
from jobs.worker.run import run_job
from strategies.backtests.schemas import BacktestDocument
from strategies.backtests.service import run_backtest
from strategies.engine import kernel_loader
from strategies.models import ParameterSweep, Trial
from strategies.sweeps import inputs
from strategies.sweeps.headline import SENTENCES, VerdictTestName
from strategies.sweeps.narrative import OBJECTIVES
from strategies.sweeps.parameters import Objective, SweepParameters
from strategies.sweeps.schemas import SweepDocument
from strategies.sweeps.service import SWEEPS, data_changed_since, find_sweep, run_sweep

pytestmark = pytest.mark.django_db

URL = "/api/v1/sweeps"
RANGES: dict[str, Any] = {
    "fast": {"start": 10, "stop": 50, "step": 10},
    "slow": [50, 100, 200],
}
QUESTION: dict[str, Any] = {"symbol": "AAPL", **RANGES}


@pytest.fixture(scope="module", autouse=True)
def _kernels() -> None:
    kernel_loader.wait()


def asked(**changes: Any) -> SweepParameters:
    return SweepParameters.model_validate({**QUESTION, **changes})


def post(client: Client, body: Any) -> Any:
    return client.post(URL, body, content_type="application/json")


def backtest_of(document: SweepDocument, cell: int) -> BacktestDocument:
    cells = document.cells
    values = {name: getattr(cells, name)[cell] for name in document.varied}
    return run_backtest(document.parameters.backtest(values))


def test_every_cell_of_the_document_is_the_document_of_its_backtest() -> None:
    document = run_sweep(asked())
    assert len(document.cells.sharpe) == document.verdict.trials == 14
    assert document.skipped == 1
    for cell in range(document.verdict.trials):
        metrics = backtest_of(document, cell).metrics
        for name in Objective:
            found, expected = getattr(document.cells, name)[cell], getattr(metrics, name)
            assert found == pytest.approx(expected, rel=1e-9, abs=1e-12), (name, cell)
    assert document.benchmark == backtest_of(document, 0).benchmark


def test_the_best_is_the_cell_with_most_of_the_objective() -> None:
    for objective in (Objective.SHARPE, Objective.MAX_DRAWDOWN):
        document = run_sweep(asked(objective=objective))
        column = getattr(document.cells, objective)
        assert document.best is not None
        assert getattr(document.best, objective) == max(column)
        assert document.best.index == column.index(max(column))
        assert document.top[0] == document.best
        shown = [getattr(cell, objective) for cell in document.top]
        assert shown == sorted(shown, reverse=True)


def test_combinations_with_too_few_trades_cannot_be_the_best() -> None:
    document = run_sweep(asked(minimum_trades=25))
    assert document.best is not None
    assert document.best.trades >= 25
    assert min(document.cells.trades) < 25


def test_a_sweep_of_rules_that_never_trade_does_not_count_trades_below_zero() -> None:
    document = run_sweep(asked(symbol="FB", fast=[150], slow=[190], minimum_trades=0))
    assert document.best is None
    assert "none can be chosen: none has a figure." in document.summary


def test_where_no_combination_qualifies_the_document_says_why() -> None:
    document = run_sweep(asked(minimum_trades=9_000))
    assert document.best is None
    assert document.top == []
    assert "fewer than 9,000 trades" in document.summary
    assert document.verdict.deflated_sharpe is None
    assert document.undefined["deflated_sharpe"]
    assert document.bootstrap is None


def test_the_verdict_has_every_figure_and_says_it_in_words() -> None:
    document = run_sweep(asked())
    verdict = document.verdict
    for figure in (
        verdict.deflated_sharpe,
        verdict.deflated_sharpe_ever,
        verdict.probabilistic_sharpe,
        verdict.probability_of_overfitting,
        verdict.spa_p_value,
    ):
        assert figure is not None
        assert 0 <= figure <= 1
    assert verdict.deflated_sharpe <= verdict.probabilistic_sharpe  # type: ignore[operator]
    assert "buy and hold" in verdict.sentence
    assert f"{verdict.probability_of_overfitting:.0%}".replace("%", "\N{NO-BREAK SPACE}%") in verdict.sentence
    assert any("Neighbouring combinations" in caveat for caveat in verdict.caveats)
    assert document.best is not None
    best = backtest_of(document, document.best.index)
    assert verdict.probabilistic_sharpe == pytest.approx(best.metrics.probabilistic_sharpe, rel=1e-9)


@pytest.mark.parametrize("symbol", ["AAPL", "IBM", "MSFT"])
@pytest.mark.parametrize("objective", [Objective.MAX_DRAWDOWN, Objective.TOTAL_RETURN])
def test_the_verdict_does_not_lend_the_lead_of_another_cell_to_the_chosen_one(
    symbol: str, objective: Objective
) -> None:
    document = run_sweep(asked(symbol=symbol, objective=objective, start="2008-01-02"))
    verdict, held = document.verdict, document.benchmark.total_return
    assert document.best is not None
    assert document.best.total_return is not None
    some_lead = max(value for value in document.cells.total_return if value is not None) > held
    chosen_lags = document.best.total_return <= held
    assert ("returned less than buy and hold" in verdict.sentence) is (some_lead and chosen_lags)
    assert any(f"chosen by its {OBJECTIVES[objective]}" in caveat for caveat in verdict.caveats)


def test_a_stored_verdict_of_before_the_ledger_can_be_read() -> None:
    sweep_id = run_sweep(asked()).id
    old = json.loads(SWEEPS.find(sweep_id).published.json) | {"schema_version": 2}
    for name in NEW_FIELDS:
        del old["verdict"][name]
    ParameterSweep.objects.update(document=gzip.compress(json.dumps(old).encode()))
    verdict = find_sweep(sweep_id).verdict
    assert verdict.headline is None
    assert verdict.tests == []


NEW_FIELDS = (
    "independent_trials",
    "deflated_sharpe_independent",
    "chance_sharpe",
    "autocorrelation",
    "minimum_track_record_years",
    "overfitting_by_chance",
    "overfitting_p_value",
    "spa_p_value_exposure_matched",
    "best_p_value_exposure_matched",
    "survivors",
    "block_length",
    "headline",
    "tests",
)


def test_each_test_of_the_verdict_has_a_name_a_figure_and_a_meaning() -> None:
    verdict = run_sweep(asked()).verdict
    assert verdict.headline is not None
    assert [test.name for test in verdict.tests] == list(VerdictTestName)
    assert all(test.figure and test.meaning.endswith(".") for test in verdict.tests)
    assert verdict.sentence.startswith(SENTENCES[verdict.headline])
    assert "likely" not in verdict.sentence
    assert verdict.independent_trials is not None
    assert 1 <= verdict.independent_trials <= verdict.trials_ever


def test_trials_are_counted_over_all_sweeps_and_backtests_of_the_symbol_each_once() -> None:
    first = run_sweep(asked())
    assert first.verdict.trials_ever == first.verdict.trials == 14
    overlapping = run_sweep(asked(slow=[100, 200, 250]))
    assert overlapping.verdict.trials == 15
    assert overlapping.verdict.trials_ever == 14 + 5
    run_backtest(asked().backtest({"fast": 10, "slow": 100}))
    run_backtest(asked().backtest({"fast": 11, "slow": 100}))
    another = run_sweep(asked(slow=[300]))
    assert another.verdict.trials_ever == 14 + 5 + 5 + 1
    assert any("25 different combinations" in caveat for caveat in another.verdict.caveats)
    other_costs = run_sweep(asked(commission_rate=0.0))
    assert other_costs.verdict.trials_ever == 14 + 5 + 5 + 1 + 14
    assert run_sweep(asked(symbol="IBM")).verdict.trials_ever == 14


@pytest.mark.parametrize(
    "changes",
    [
        {"end": "2012-12-31"},
        {"start": "2005-01-03"},
        {"adjustment": "none"},
        {"initial_investment": 20_000},
        {"objective": "calmar"},
        {"risk_free_rate": 0.02},
        {"minimum_trades": 3},
    ],
)
def test_the_same_strategies_on_other_days_or_otherwise_measured_are_no_new_trials(
    changes: dict[str, Any],
) -> None:
    run_sweep(asked())
    again = run_sweep(asked(**changes))
    assert again.verdict.trials_ever == 14


def test_an_average_that_the_rule_ignores_makes_no_new_trials() -> None:
    ranges = {"rule": "macd", "fast": [12], "slow": [26, 39], "signal": [9]}
    run_sweep(asked(**ranges))
    assert run_sweep(asked(**ranges, average="exponential")).verdict.trials_ever == 2


def test_strategies_with_equal_returns_are_one_trial() -> None:
    """A stop that is never reached changes nothing."""
    run_sweep(asked())
    assert run_sweep(asked(stop_loss=1.0)).verdict.trials_ever == 14


def test_narrowing_to_the_best_keeps_what_was_tried_before() -> None:
    wide = run_sweep(asked())
    assert wide.best is not None
    best = run_sweep(asked(fast=[wide.best.fast], slow=[wide.best.slow]))
    assert best.verdict.trials == 1
    assert best.verdict.trials_ever == 14
    assert best.verdict.deflated_sharpe_ever == pytest.approx(wide.verdict.deflated_sharpe_ever)
    assert best.verdict.spa_p_value_exposure_matched == pytest.approx(
        wide.verdict.spa_p_value_exposure_matched, abs=0.02
    )
    assert best.verdict.probability_of_overfitting == pytest.approx(
        wide.verdict.probability_of_overfitting, abs=1e-9
    )


def test_a_sweep_that_is_asked_for_again_is_not_counted_again() -> None:
    run_sweep(asked())
    run_sweep(asked())
    assert Trial.objects.filter(symbol="AAPL").count() == 14


def test_walk_forward_trades_only_after_its_choices() -> None:
    document = run_sweep(asked(walk_forward={"train_bars": 500, "test_bars": 250}))
    found = document.walk_forward
    assert found is not None
    for stretch in found.stretches:
        assert stretch.train_start < stretch.start <= stretch.end
        assert stretch.slow in (50, 100, 200)
    days = [(stretch.start, stretch.end) for stretch in found.stretches]
    assert days == sorted(days)
    assert found.series.dates[0] == days[0][0]
    assert found.series.dates[-1] == days[-1][1] == document.period.end
    product = 1.0
    for stretch in found.stretches:
        product *= 1 + stretch.total_return
    assert product - 1 == pytest.approx(found.metrics.total_return, rel=1e-6)
    assert found.choices <= len(found.stretches)


def test_too_short_a_period_has_no_walk_forward_and_says_so() -> None:
    document = run_sweep(asked(start="2012-06-01"))
    assert document.walk_forward is None
    assert "too few" in document.undefined["walk_forward"]


def test_the_bands_hold_the_best_combination_as_it_came() -> None:
    document = run_sweep(asked())
    bands = document.bootstrap
    assert bands is not None
    for band in (bands.final_equity, bands.max_drawdown, bands.sharpe):
        assert band.low_90 <= band.low_50 <= band.median <= band.high_50 <= band.high_90
    assert bands.final_equity.observed == pytest.approx(
        document.parameters.initial_investment * (1 + (document.best.total_return or 0)),  # type: ignore[union-attr]
        rel=1e-9,
    )
    assert bands.series.equity[-1] == bands.final_equity.observed


@pytest.mark.parametrize(
    ("rule", "ranges", "varied"),
    [
        ("price_crossover", {"slow": [50, 100]}, ["slow"]),
        ("triple_ma", {"fast": 10, "middle": [20, 30], "slow": [50, 100]}, ["fast", "middle", "slow"]),
        ("macd", {"fast": 12, "slow": [26, 39], "signal": [5, 9]}, ["fast", "slow", "signal"]),
        ("ma_envelope", {"slow": [20, 50], "band": [0.01, 0.02]}, ["slow", "band"]),
    ],
)
def test_other_rules_vary_their_own_parameters(rule: str, ranges: dict[str, Any], varied: list[str]) -> None:
    document = run_sweep(asked(rule=rule, direction="long_short", stop_loss=0.1, **ranges))
    assert document.varied == varied
    unused = {"fast", "middle", "slow", "signal", "band"} - set(varied)
    assert all(getattr(document.cells, name) is None for name in unused)
    for cell in range(document.verdict.trials):
        expected = backtest_of(document, cell).metrics
        assert document.cells.total_return[cell] == pytest.approx(expected.total_return, rel=1e-9)


def test_a_sweep_is_created_once_and_then_found(reader: Client) -> None:
    created = post(reader, QUESTION)
    assert created.status_code == HTTPStatus.CREATED
    assert created["Location"] == f"{URL}/{created.json()['id']}"
    again = post(reader, QUESTION)
    assert (again.status_code, again.content) == (HTTPStatus.OK, created.content)
    read = reader.get(created["Location"])
    assert read.content == created.content == published_json(find_sweep(created.json()["id"]))
    assert len(read.json()["cells"]["fast"]) == 14


def test_sweeps_are_listed_newest_first_a_page_at_a_time(reader: Client) -> None:
    sweeps = [
        post(reader, {**QUESTION, **changes}).json()["id"]
        for changes in ({}, {"symbol": "IBM"}, {"fast": [20]}, {"fast": [30]})
    ]
    first = reader.get(URL, {"limit": 3}).json()
    rest = reader.get(URL, {"limit": 3, "cursor": first["next"]}).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == sweeps[::-1]
    assert rest["next"] is None
    oldest = rest["items"][0]
    assert (oldest["symbol"], oldest["trials"]) == ("AAPL", 14)
    assert oldest["summary"] == find_sweep(sweeps[0]).summary
    assert oldest["parameters"]["slow"] == RANGES["slow"]
    assert reader.get(oldest["links"]["json"]).json()["id"] == sweeps[0]
    of_one = reader.get(URL, {"symbol": "IBM"}).json()
    assert [item["id"] for item in of_one["items"]] == [sweeps[1]]


def test_a_sweep_of_an_earlier_form_is_refused_in_words_and_its_json_still_read() -> None:
    sweep_id = run_sweep(asked()).id
    old = json.loads(SWEEPS.find(sweep_id).published.json) | {"schema_version": 1}
    del old["cells"]["neighbourhood"]
    ParameterSweep.objects.update(document=gzip.compress(json.dumps(old).encode()))
    with pytest.raises(NotFound, match="earlier version"):
        find_sweep(sweep_id)
    assert json.loads(SWEEPS.find(sweep_id).published.json)["schema_version"] == 1


def test_the_same_values_however_written_are_the_same_sweep() -> None:
    listed = run_sweep(asked(fast=[50, 40, 30, 20, 10], slow={"start": 50, "stop": 200, "step": 50}))
    assert run_sweep(asked(fast=RANGES["fast"], slow=[50, 100, 150, 200])).id == listed.id
    assert ParameterSweep.objects.count() == 1


def test_a_large_sweep_is_a_job_whose_result_names_it(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "QUICK_BARS", 10)
    accepted = post(reader, QUESTION)
    assert accepted.status_code == HTTPStatus.ACCEPTED
    job = Job.objects.get()
    assert accepted["Location"] == f"/api/v1/jobs/{job.pk}"
    assert post(reader, QUESTION).json()["id"] == str(job.pk)
    run_job(str(job.pk))
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED
    assert job.result is not None
    found = post(reader, QUESTION)
    assert (found.status_code, found.json()["id"]) == (HTTPStatus.OK, job.result["sweep"])


def test_a_cancelled_sweep_stores_nothing(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "QUICK_BARS", 10)
    post(reader, QUESTION)
    job = Job.objects.get()
    Job.objects.update(cancel_requested=True)
    run_job(str(job.pk))
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert not ParameterSweep.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"fast": {"start": 0, "stop": 5}}, "fast", "from 1 to 1,000"),
        ({"fast": {"start": 1, "stop": 2, "step": 5e-324}}, "fast", "more than 1,000 values"),
        ({"fast": {"start": -1.7e308, "stop": 1.7e308}}, "fast", "more than 1,000 values"),
        ({"fast": {"start": 1.7e308, "stop": 1.7e308}}, "fast", "from 1 to 1,000"),
        ({"fast": {"start": 9, "stop": 5}}, "fast", "stop"),
        ({"fast": [1.5]}, "fast", "whole number"),
        ({"fast": []}, "fast", "no value"),
        ({"fast": {"start": 1, "stop": 900, "step": 0.001}}, "fast", "larger step"),
        ({"fast": 60, "slow": [20, 50]}, "", "No combination"),
        ({"slow": [3_000]}, "slow", "from 2 to 2,000"),
        ({"fast": {"start": 1, "stop": 600}, "slow": {"start": 2, "stop": 900}}, "", "larger steps"),
        ({"surprise": 1}, "surprise", "not permitted"),
        ({"objective": "luck"}, "objective", "figure"),
    ],
)
def test_bad_ranges_are_refused_by_field(changes: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        asked(**changes)
    errors = refused.value.errors()
    assert any(words in error["msg"] for error in errors), errors
    assert any(not field or field in map(str, error["loc"]) for error in errors)


def test_unknown_sweeps_and_windows_beyond_the_data_are_refused() -> None:
    with pytest.raises(NotFound):
        find_sweep("0" * 20)
    with pytest.raises(NotFound):
        find_sweep("\x00")
    with pytest.raises(InvalidInput) as refused:
        run_sweep(asked(end="2000-03-01", fast=[5], slow=[100]))
    assert refused.value.field == "slow"


def test_data_that_did_not_change_is_not_said_to_have_changed() -> None:
    assert not data_changed_since(run_sweep(asked()))
