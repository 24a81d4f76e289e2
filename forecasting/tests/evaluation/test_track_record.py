from datetime import UTC, date, datetime

import numpy as np
import pytest
from django.test import Client

from core.errors import InvalidInput, NotFound
from forecasting.evaluation.rolling import evaluate_symbol, find_evaluation
from forecasting.evaluation.track_record import live_record, scorecard_of
from forecasting.forecasts.service import issue_forecast
from forecasting.inputs import prices_of
from forecasting.model.evaluation import evaluate
from forecasting.models import Forecast, ForecastEvaluation
from forecasting.parameters import EvaluationParameters, ForecastParameters, ModelKind
from forecasting.tests.factories import random_closes, store_closes
from forecasting.training.service import pooled_model
from ingestion.bars import load_bars
from ingestion.exchange_calendar import next_sessions
from jobs.models import Job
from jobs.worker.run import run_job

pytestmark = pytest.mark.django_db

ISSUE = date(2013, 2, 1)
IBM = EvaluationParameters(symbol="IBM", horizon=20, years=9)


def test_an_issued_forecast_is_scored_as_its_closes_come() -> None:
    closes = random_closes(720)
    store_closes("LIVE", closes[:660], last=ISSUE)
    document = issue_forecast(ForecastParameters(symbol="LIVE"))
    assert live_record(load_bars("LIVE"), ModelKind.POOLED).resolved == 0
    store_closes("LIVE", closes[:663], last=next_sessions("XNYS", ISSUE, 3)[-1])
    record = live_record(load_bars("LIVE"), ModelKind.POOLED)
    assert (record.forecasts, record.resolved) == (1, 3)
    assert [row.horizon for row in record.horizons] == [1, 2, 3]
    third = record.horizons[2]
    median = document.points[2].median / closes[659] - 1
    actual = closes[662] / closes[659] - 1
    assert third.mean_absolute_error == pytest.approx(abs(actual - median), abs=1e-6)
    assert third.random_walk_error == pytest.approx(abs(actual), abs=1e-6)
    assert "mostly chance" in record.sentence


def test_the_record_of_issued_forecasts_agrees_with_the_evaluation_of_the_same_days() -> None:
    bars = load_bars("IBM")
    days = [2000, 2300]
    for day in days:
        issue_forecast(ForecastParameters(symbol="IBM", as_of=bars.dates[day].item(), horizon=10))
    record = live_record(bars, ModelKind.POOLED)
    parts = [
        evaluate(
            pooled_model(before=bars.dates[day].item()).fitted, prices_of(bars), np.array([day]), horizon=10
        )
        for day in days
    ]
    last = record.horizons[-1]
    crps = np.mean([part.crps[0, 9] for part in parts])
    walk = np.mean([part.random_walk_crps[0, 9] for part in parts])
    assert (last.horizon, last.forecasts, record.look_backs) == (10, 2, 2)
    assert last.crps_ratio == pytest.approx(crps / walk, rel=1e-5)
    assert last.drift_error == pytest.approx(np.mean([part.drift_error[0, 9] for part in parts]), rel=1e-5)
    assert last.coverage_80 == np.mean([part.inside_80[0, 9] for part in parts])


def test_a_day_of_issue_counts_once_and_a_split_since_then_changes_no_score() -> None:
    for horizon in (5, 12):
        issue_forecast(ForecastParameters(symbol="AAPL", as_of=date(2005, 2, 10), horizon=horizon))
    record = live_record(load_bars("AAPL"), ModelKind.POOLED)
    assert (record.forecasts, record.resolved) == (1, 12)
    assert all(row.random_walk_error < 0.3 for row in record.horizons)


def test_forecasts_issued_before_their_sessions_are_told_from_look_backs() -> None:
    issue_forecast(ForecastParameters(symbol="IBM", as_of=date(2012, 6, 1)))
    record = live_record(load_bars("IBM"), ModelKind.POOLED)
    assert (record.forecasts, record.look_backs) == (1, 1)
    Forecast.objects.update(created_at=datetime(2012, 6, 1, 22, tzinfo=UTC))
    assert live_record(load_bars("IBM"), ModelKind.POOLED).look_backs == 0


def test_before_the_first_forecast_the_record_says_so() -> None:
    scorecard = scorecard_of("IBM", ModelKind.POOLED)
    assert scorecard.issued.horizons == []
    assert "No forecast" in scorecard.issued.sentence
    assert scorecard.evaluation is None


def test_an_evaluation_has_a_row_for_each_distance_and_is_stored_once() -> None:
    document = evaluate_symbol(IBM)
    assert [row.horizon for row in document.horizons] == list(range(1, 21))
    assert {row.forecasts for row in document.horizons} == {document.forecasts}
    assert document.first_issued_on >= date(2004, 1, 1)
    assert document.trained_through < document.first_issued_on
    assert evaluate_symbol(IBM) == document == find_evaluation(document.id)
    assert ForecastEvaluation.objects.count() == 1
    assert scorecard_of("IBM", ModelKind.POOLED).evaluation == document


def test_an_evaluation_tells_turbulent_from_calm_years_and_difference_from_chance() -> None:
    document = evaluate_symbol(IBM)
    turbulent, calm = document.periods
    assert (turbulent.name, calm.name) == ("turbulent", "calm")
    assert 2008 in turbulent.years
    assert turbulent.forecasts + calm.forecasts == document.forecasts
    assert {(row.against, row.score) for row in document.advantages} == {
        (against, score) for against in ("random_walk", "drift") for score in ("crps", "absolute_error")
    }
    assert all(0 <= row.p_value <= 1 for row in document.advantages if row.p_value is not None)


def test_the_calibration_compares_each_bands_promise_with_what_it_held() -> None:
    document = evaluate_symbol(IBM)
    nominal = [row.nominal for row in document.calibration]
    assert nominal == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]
    held = [row.coverage for row in document.calibration]
    assert held == sorted(held)
    assert held[7] == pytest.approx(document.horizons[-1].coverage_80)


def test_bars_that_come_later_make_another_evaluation() -> None:
    closes = random_closes(900)
    store_closes("MORE", closes[:880], last=ISSUE)
    first = evaluate_symbol(EvaluationParameters(symbol="MORE", years=2))
    store_closes("MORE", closes, last=next_sessions("XNYS", ISSUE, 20)[-1])
    second = evaluate_symbol(EvaluationParameters(symbol="MORE", years=2))
    assert first.id != second.id
    known = {item.issued_on: item for item in second.past}
    shared = [item for item in first.past if item.issued_on in known]
    assert all(item == known[item.issued_on] for item in shared)


def test_what_cannot_be_evaluated_is_refused_with_the_reason() -> None:
    store_closes("TINY", random_closes(270), last=ISSUE)
    with pytest.raises(InvalidInput, match="270 closes") as refusal:
        evaluate_symbol(EvaluationParameters(symbol="TINY"))
    assert refusal.value.field == "symbol"
    with pytest.raises(NotFound):
        find_evaluation("0" * 20)


def test_an_evaluation_is_asked_for_over_the_api_and_computed_by_a_job(reader: Client) -> None:
    question = IBM.model_dump(mode="json")
    asked = reader.post("/api/v1/evaluations", question, content_type="application/json")
    assert asked.status_code == 202
    run_job(asked.json()["id"])
    result = Job.objects.get(pk=asked.json()["id"]).result
    assert result is not None
    answered = reader.post("/api/v1/evaluations", question, content_type="application/json")
    assert (answered.status_code, answered.json()["id"]) == (200, result["evaluation"])
    found = reader.get(f"/api/v1/evaluations/{result['evaluation']}")
    assert found.json()["sentence"] == result["sentence"]
    scorecard = reader.get("/api/v1/scorecards/IBM").json()
    assert scorecard["evaluation"]["id"] == result["evaluation"]
    assert reader.get("/api/v1/scorecards/NOPE").status_code == 422
    assert reader.get("/api/v1/scorecards/IBM?model=best").status_code == 422


def test_a_visitor_without_a_login_evaluates_nothing(visitor: Client) -> None:
    question = IBM.model_dump(mode="json")
    assert visitor.post("/api/v1/evaluations", question, content_type="application/json").status_code == 401
    assert visitor.get("/api/v1/scorecards/IBM").status_code == 401
