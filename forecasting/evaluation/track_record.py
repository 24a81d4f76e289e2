"""The record of the forecasts that were issued: each compared with the closes that have come since."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter

import numpy as np
from django.db.models import F
from numpy.typing import NDArray

from forecasting.evaluation.rolling import newest_evaluation
from forecasting.model.evaluation import crps_of, gaussian_crps, own_drift, random_walk_deviation
from forecasting.models import Forecast, ForecastPoint
from forecasting.narrative import record_sentence
from forecasting.parameters import ModelKind
from forecasting.schemas import HorizonScore, LiveRecord, ScorecardDocument
from ingestion.bars import Adjustment, Bars, load_bars

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class _Issued:
    """A forecast of one close, as it is stored; prices in the unit of the issue date."""

    issued_on: date
    created_at: datetime
    horizon: int
    date: date
    last_close: float
    median: float
    low_80: float
    high_80: float
    low_95: float
    high_95: float
    quantiles: list[float]


@dataclass(frozen=True, kw_only=True)
class _Outcome:
    """The losses of one resolved forecast of a close, as fractions of the price at the issue date."""

    horizon: int
    error: float
    walk_error: float
    drift_error: float
    inside_80: bool
    inside_95: bool
    crps: float
    walk_crps: float
    drift_crps: float


def scorecard_of(symbol: str, kind: ModelKind) -> ScorecardDocument:
    """Return all that is known of how a symbol's forecasts do; raises InvalidInput for one without bars."""
    bars = load_bars(symbol, adjustment=Adjustment.SPLITS)
    return ScorecardDocument(
        symbol=bars.symbol,
        model=kind,
        issued=live_record(bars, kind),
        evaluation=newest_evaluation(bars.symbol, kind),
    )


def live_record(bars: Bars, kind: ModelKind) -> LiveRecord:
    """Return how the stored forecasts of a symbol did on `bars`, all bars that are stored of it.

    Where several were issued on one day, the newest counts. It is computed on reading, and so is never
    behind the bars nor behind their corrections.
    """
    issued = list(_issued_points(bars.symbol, kind))
    outcomes = [outcome for day in _by_issue(issued) for outcome in _outcomes(day, bars)]
    horizons = [
        _score(horizon, list(group))
        for horizon, group in groupby(sorted(outcomes, key=attrgetter("horizon")), key=attrgetter("horizon"))
    ]
    first_points = [point for point in issued if point.horizon == 1]
    return LiveRecord(
        symbol=bars.symbol,
        model=kind,
        forecasts=len(first_points),
        look_backs=sum(point.created_at.date() > point.date for point in first_points),
        resolved=len(outcomes),
        horizons=horizons,
        sentence=record_sentence(len(first_points), horizons),
    )


def _issued_points(symbol: str, kind: ModelKind) -> Iterator[_Issued]:
    """Yield the forecast of each close, in order of the issue dates; of each day the newest forecast's."""
    forecasts = Forecast.objects.filter(symbol=symbol, parameters__model=kind.value)
    issued = {
        row["pk"]: row
        for row in forecasts.order_by("issued_on", "created_at").values(
            "pk", "issued_on", "created_at", last_close=F("document__last_close")
        )
    }
    names = ("horizon", "date", "median", "low_80", "high_80", "low_95", "high_95", "quantiles")
    points: dict[tuple[date, int], _Issued] = {}
    for row in ForecastPoint.objects.filter(forecast__in=issued).values("forecast_id", *names):
        about = issued[row.pop("forecast_id")]
        point = _Issued(
            issued_on=about["issued_on"],
            created_at=about["created_at"],
            last_close=about["last_close"],
            **row,
        )
        known = points.get((point.issued_on, point.horizon))
        if known is None or known.created_at < point.created_at:
            points[point.issued_on, point.horizon] = point
    yield from (points[place] for place in sorted(points))


def _by_issue(points: list[_Issued]) -> Iterator[list[_Issued]]:
    for _, day in groupby(points, key=attrgetter("issued_on")):
        yield list(day)


def _outcomes(points: list[_Issued], bars: Bars) -> Iterator[_Outcome]:
    """Yield the outcomes of the forecasts of one day; none where that day has no bar any more."""
    day = int(np.searchsorted(bars.dates, np.datetime64(points[0].issued_on)))
    if day == 0 or day >= len(bars) or bars.dates[day] != np.datetime64(points[0].issued_on):
        return
    longest = max(point.horizon for point in points)
    deviations = random_walk_deviation(bars.close, np.array([day]), longest)[0]
    drifts = own_drift(bars.close, np.array([day]), longest)[0]
    positions = np.searchsorted(bars.dates, np.array([point.date for point in points], dtype="datetime64[D]"))
    for point, position in zip(points, positions.tolist(), strict=True):
        if position < len(bars) and bars.dates[position].item() == point.date and point.quantiles:
            actual = float(bars.close[position] / bars.close[day] - 1)
            step = point.horizon - 1
            yield _outcome(point, actual, float(deviations[step]), float(drifts[step]))


def _outcome(point: _Issued, actual: float, deviation: float, drift: float) -> _Outcome:
    def change(price: float) -> float:
        return price / point.last_close - 1

    came, spread = np.array(actual), np.array(deviation)
    return _Outcome(
        horizon=point.horizon,
        error=abs(actual - change(point.median)),
        walk_error=abs(actual),
        drift_error=abs(actual - float(np.expm1(drift))),
        inside_80=change(point.low_80) <= actual <= change(point.high_80),
        inside_95=change(point.low_95) <= actual <= change(point.high_95),
        crps=float(crps_of(np.array([change(price) for price in point.quantiles]), came)),
        walk_crps=float(gaussian_crps(0.0, spread, came)),
        drift_crps=float(gaussian_crps(drift, spread, came)),
    )


def _score(horizon: int, outcomes: list[_Outcome]) -> HorizonScore:
    def mean(name: str) -> float:
        return float(np.mean([getattr(outcome, name) for outcome in outcomes]))

    walk, drift = mean("walk_crps"), mean("drift_crps")
    return HorizonScore(
        horizon=horizon,
        forecasts=len(outcomes),
        mean_absolute_error=mean("error"),
        random_walk_error=mean("walk_error"),
        drift_error=mean("drift_error"),
        coverage_80=mean("inside_80"),
        coverage_95=mean("inside_95"),
        crps_ratio=mean("crps") / walk if walk > 0 else None,
        drift_crps_ratio=mean("crps") / drift if drift > 0 else None,
    )
