from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from forecasting.evaluation.scorecard import (
    past_days_of_issue,
    rolling_evaluation,
    score,
    start_of_scoring,
)
from forecasting.inputs import ForecastInputs, prices_of
from forecasting.model.evaluation import Evaluation
from forecasting.model.prediction import predict_prices
from forecasting.narrative import scorecard_sentence
from forecasting.parameters import ModelKind
from forecasting.schemas import HorizonScore
from forecasting.training.service import pooled_model
from ingestion.bars import Bars, load_bars

pytestmark = pytest.mark.django_db


def test_every_scored_outcome_is_known_on_the_day_of_issue() -> None:
    bars = load_bars("IBM")
    days = past_days_of_issue(bars, since=date(2003, 1, 1), kind=ModelKind.POOLED, horizon=30)
    assert days[-1] == len(bars) - 31
    assert set(np.diff(days)) == {5}
    assert bars.dates[days[0]] >= np.datetime64("2003-01-01")


def test_scoring_starts_ten_calendar_years_back_but_never_before_a_model_can_exist() -> None:
    assert start_of_scoring(date(2013, 3, 1)) == date(2003, 1, 1)
    assert start_of_scoring(date(2001, 3, 1)) == date(1995, 1, 1)


def test_a_scored_forecast_is_the_one_that_its_day_would_have_issued() -> None:
    bars = load_bars("IBM")
    scorecard = score(ForecastInputs(traded=bars), kind=ModelKind.POOLED, horizon=20)
    assert scorecard.trained_through == date(2002, 12, 31)
    model = pooled_model(before=date(2003, 6, 1)).fitted
    past = scorecard.past[7]
    day = int(np.searchsorted(bars.dates, np.datetime64(past.issued_on)))
    path = predict_prices(model, prices_of(bars).before(day + 1), horizon=20)
    assert (past.low_95, past.median, past.high_80) == pytest.approx(
        (path.low_95[-1], path.median[-1], path.high_80[-1]), abs=1e-5
    )
    assert past.actual == pytest.approx(bars.close[day + 20], abs=1e-5)
    assert past.date == bars.dates[day + 20].item()


def test_the_scores_are_means_over_the_past_forecasts() -> None:
    bars = load_bars("MSFT")
    scorecard = score(ForecastInputs(traded=bars), kind=ModelKind.POOLED, horizon=10)
    assert [row.horizon for row in scorecard.horizons] == [1, 5, 10]
    longest = scorecard.horizons[-1]
    days = past_days_of_issue(bars, since=date(2003, 1, 1), kind=ModelKind.POOLED, horizon=10)
    unchanged = np.abs(bars.close[days + 10] / bars.close[days] - 1).mean()
    assert longest.forecasts == len(days)
    assert longest.random_walk_error == pytest.approx(unchanged)
    assert str(len(days)) in scorecard.sentence


def _scored(bars: Bars, days: np.ndarray) -> Evaluation:
    pooled = pooled_model(before=date(2003, 6, 1))
    inputs = ForecastInputs(traded=bars)
    return rolling_evaluation(inputs, days, pooled, kind=ModelKind.SYMBOL, horizon=30)


@pytest.mark.parametrize("year", [2007, 2009, 2011])
def test_a_model_of_the_symbol_is_scored_with_calibrations_of_the_past_only(year: int) -> None:
    """The first forecast of a year is the same, whatever that year and later ones bring."""
    bars = load_bars("IBM")
    days = past_days_of_issue(bars, since=date(2003, 1, 1), kind=ModelKind.SYMBOL, horizon=30)
    first = int(days[np.searchsorted(bars.dates[days], np.datetime64(f"{year}-01-01"))])
    wild = np.exp(np.cumsum(np.random.default_rng(year).standard_t(2, len(bars)) * 0.05))
    later = np.where(np.arange(len(bars)) > first, wild, 1.0)
    names = ("open", "high", "low", "close")
    changed = replace(bars, **{name: getattr(bars, name) * later for name in names})
    row = int(np.searchsorted(days, first))
    known, other = _scored(bars, days), _scored(changed, days)
    for edge in ("low_95", "low_80", "median", "high_80", "high_95"):
        np.testing.assert_array_equal(getattr(known, edge)[: row + 1], getattr(other, edge)[: row + 1])
    assert (known.low_95[row + 1] != other.low_95[row + 1]).any()


def test_the_reliability_counts_how_often_closes_came_above_the_last_one() -> None:
    scorecard = score(ForecastInputs(traded=load_bars("MSFT")), kind=ModelKind.POOLED, horizon=10)
    assert sum(row.forecasts for row in scorecard.reliability) == 10 * scorecard.forecasts
    for row in scorecard.reliability:
        assert row.probability_from <= row.mean_probability < row.probability_to
        assert 0 <= row.frequency <= 1


NO_BREAK_PERCENT = "\N{NO-BREAK SPACE}%"


@pytest.mark.parametrize(
    ("model", "walk", "words"),
    [
        (0.05, 0.05, "did not beat the random walk."),
        (0.06, 0.05, "did not beat the random walk, it was 20.0 % worse"),
        (0.049, 0.05, "2.0 % better, which is what a drift earns"),
    ],
)
def test_the_sentence_says_whether_the_median_beat_the_random_walk(
    model: float, walk: float, words: str
) -> None:
    row = HorizonScore(
        horizon=30,
        forecasts=400,
        mean_absolute_error=model,
        random_walk_error=walk,
        coverage_80=0.79,
        coverage_95=0.94,
        crps_ratio=0.97,
        drift_error=0.05,
        drift_crps_ratio=0.98,
    )
    sentence = scorecard_sentence(
        row,
        first=date(2003, 1, 2),
        last=date(2013, 1, 2),
        step=5,
        trained_through=date(2002, 12, 31),
        kind=ModelKind.POOLED,
    )
    assert words.replace(" %", NO_BREAK_PERCENT) in sentence
    assert "The 80 % band held 79 % of the closes".replace(" %", NO_BREAK_PERCENT) in sentence
    assert "3.0 % better than a random walk's".replace(" %", NO_BREAK_PERCENT) in sentence
