"""The scorecard: what forecasts of the same kind from past days of issue were worth."""

from collections.abc import Iterator
from datetime import date

import numpy as np
from numpy.typing import NDArray

from forecasting.documents import HorizonScore, PastForecast, Scorecard
from forecasting.model.evaluation import Evaluation, evaluate
from forecasting.model.prediction import STEADY_CLOSES
from forecasting.model.training import SMALLEST_SYMBOL_DAYS, calibrate
from forecasting.parameters import ModelKind
from forecasting.registry import LoadedModel
from forecasting.training import EARLIEST_ISSUE, pooled_model
from forecasting.wording import no_scorecard_sentence, scorecard_sentence
from ingestion.bars import Bars

IntArray = NDArray[np.int64]

YEARS_LOOKED_BACK = 10
ISSUE_STEP = 5
PAST_STEP = 4
"""Every fourth forecast is shown: at one in twenty sessions the chart of thirty ahead is full."""
SHOWN_HORIZONS = (1, 5, 10, 15, 20, 25, 30)


def score(bars: Bars, *, kind: ModelKind, horizon: int) -> Scorecard:
    """Return how such forecasts would have done on the bars, which end on the day of issue.

    The days of issue lie five sessions apart, and every outcome is known by the last bar. All are
    forecast by the pooled model that existed before the first of them; a model of the symbol is
    calibrated anew for each year, from the bars before it.
    """
    start = start_of_scoring(bars.dates[-1].item())
    days = past_days_of_issue(bars, since=start, kind=kind, horizon=horizon)
    if not len(days):
        return _empty_scorecard(len(bars))
    pooled = pooled_model(before=start)
    parts = list(_evaluations(bars, days, pooled, kind=kind, horizon=horizon))
    horizons = [_horizon_score(parts, step) for step in _shown_horizons(horizon)]
    first, last = bars.dates[days[0]].item(), bars.dates[days[-1]].item()
    return Scorecard(
        forecasts=len(days),
        first_issued_on=first,
        last_issued_on=last,
        horizons=horizons,
        past=[row for part in parts for row in _past_forecasts(bars, part, horizon)][::-PAST_STEP][::-1],
        trained_through=pooled.record.trained_through,
        sentence=scorecard_sentence(
            horizons[-1],
            first=first,
            last=last,
            step=ISSUE_STEP,
            trained_through=pooled.record.trained_through,
            kind=kind,
        ),
    )


def start_of_scoring(issued_on: date) -> date:
    """Return the first day from which past forecasts are scored: ten calendar years back."""
    return max(EARLIEST_ISSUE, date(issued_on.year - YEARS_LOOKED_BACK, 1, 1))


def past_days_of_issue(bars: Bars, *, since: date, kind: ModelKind, horizon: int) -> IntArray:
    """Return the positions of the days from which past forecasts are made, oldest first."""
    closes_needed = SMALLEST_SYMBOL_DAYS if kind == ModelKind.SYMBOL else STEADY_CLOSES
    first = max(closes_needed - 1, int(np.searchsorted(bars.dates, np.datetime64(since))))
    return np.arange(len(bars) - 1 - horizon, first - 1, -ISSUE_STEP)[::-1]


def _evaluations(
    bars: Bars, days: IntArray, pooled: LoadedModel, *, kind: ModelKind, horizon: int
) -> Iterator[Evaluation]:
    """Yield the evaluations of successive groups of days, in order."""
    if kind == ModelKind.POOLED:
        yield evaluate(pooled.fitted, bars.close, days, horizon=horizon)
        return
    years = bars.dates[days].astype("datetime64[Y]")
    for year in np.unique(years):
        group = days[years == year]
        model = calibrate(pooled.fitted, bars.close[: group[0] + 1])
        yield evaluate(model, bars.close, group, horizon=horizon)


def _shown_horizons(horizon: int) -> list[int]:
    return [*(step for step in SHOWN_HORIZONS if step < horizon), horizon]


def _horizon_score(parts: list[Evaluation], horizon: int) -> HorizonScore:
    def mean(name: str) -> float:
        return float(np.concatenate([getattr(part, name)[:, horizon - 1] for part in parts]).mean())

    random_walk_crps = mean("random_walk_crps")
    return HorizonScore(
        horizon=horizon,
        forecasts=sum(len(part.days) for part in parts),
        mean_absolute_error=mean("absolute_error"),
        random_walk_error=mean("random_walk_error"),
        coverage_80=mean("inside_80"),
        coverage_95=mean("inside_95"),
        crps_ratio=mean("crps") / random_walk_crps if random_walk_crps > 0 else None,
    )


def _past_forecasts(bars: Bars, part: Evaluation, horizon: int) -> Iterator[PastForecast]:
    for row, day in enumerate(part.days):
        close = float(bars.close[day])

        def price(name: str, row: int = row, close: float = close) -> float:
            return round(close * (1 + float(getattr(part, name)[row, horizon - 1])), 6)

        yield PastForecast(
            issued_on=bars.dates[day].item(),
            date=bars.dates[day + horizon].item(),
            horizon=horizon,
            median=price("median"),
            low_80=price("low_80"),
            high_80=price("high_80"),
            low_95=price("low_95"),
            high_95=price("high_95"),
            actual=price("actual"),
        )


def _empty_scorecard(bars: int) -> Scorecard:
    return Scorecard(
        forecasts=0,
        first_issued_on=None,
        last_issued_on=None,
        horizons=[],
        past=[],
        trained_through=None,
        sentence=no_scorecard_sentence(bars),
    )
