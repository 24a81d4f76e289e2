"""The sentences of a forecast: what its figures mean, in words for a trader."""

from datetime import date

from core.formatting import SPACE, counted, percent, price
from forecasting.parameters import ModelKind
from forecasting.schemas import HorizonScore, Point

BAND_80, BAND_95 = percent(0.8, 0), percent(0.95, 0)

DISCLOSURE = (
    "This is a statistical projection, not advice and not a prediction of direction. The median follows half "
    "the average drift of 14 large US companies from 1990 on, in proportion to how much this price moves, "
    "and to a small part its own past drift; only half, because those companies were chosen after the fact "
    "for having survived. Without volume, as for currencies, no drift of shares is assumed. What the model "
    "does estimate is the spread, from how much the price, and other stored shares, moved recently. "
    "It knows nothing of earnings, news or the market's opinion, it foresaw no crash, and one close in five "
    f"should fall outside the {BAND_80} band even when all is well. Past accuracy does not promise future "
    "accuracy. Prices are adjusted for splits, not for dividends."
)

MODEL_DESCRIPTIONS = {
    ModelKind.POOLED: (
        "Linear regressions for all symbols. From the volatility of the last days, weeks and months, read "
        "from closes and from the range within each day, they predict the volatility of the coming sessions "
        "and on which days errors are larger than usual; the symbol's own errors widen or narrow the bands. "
        "The median is a drift in proportion to the volatility, and no opinion on direction."
    ),
    ModelKind.SYMBOL: (
        "The pooled linear regressions, with the spread of their errors drawn towards those that they made "
        "on this symbol: strongly for the next sessions, weakly further out, where a symbol alone has too "
        "few independent periods. The median is a drift in proportion to the volatility."
    ),
}

NO_DIFFERENCE = 0.001
ENOUGH = 60
"""Resolved forecasts from which their figures say something."""
LIVE_COVERAGE = (0.7, 0.9)
"""Where the 80 % band's share of closes must lie, or a reader is warned."""
TOLERATED_MISS = 0.05
"""How far the 80 % band's share of closes may be off before a reader is told."""


def summary_sentence(
    *, symbol: str, currency: str, issued_on: date, last_close: float, point: Point, drifts: bool
) -> str:
    """Return the forecast in a sentence, taken at its last session; drifts: whether it is a share's."""
    last, low, median, high = (
        f"{price(value)}{SPACE}{currency}"
        for value in (last_close, point.low_80, point.median, point.high_80)
    )
    if point.low_95 == point.high_95:
        return (
            f"{symbol} closed at {last} on {issued_on} and has not moved for a year: the forecast for "
            f"{point.date} is the same price."
        )
    centre = (
        f"the median, {median}, is average drift and no opinion on this share"
        if drifts
        else f"the median, {median}, is no opinion on direction"
    )
    return (
        f"From a close of {last} on {issued_on}, {symbol} closes on {point.date} between {low} and {high} in "
        f"four cases out of five, if its volatility behaves as it did; {centre}."
    )


def scorecard_sentence(
    score: HorizonScore, *, first: date, last: date, step: int, trained_through: date, kind: ModelKind
) -> str:
    """Return what the longest horizon's figures mean; step: sessions between issue dates."""
    calibrated = "; its calibration was renewed each year" if kind == ModelKind.SYMBOL else ""
    return (
        f"Tested on {counted(score.forecasts, 'forecast')} issued from {first} to {last}, "
        f"which {'overlap' if score.horizon > step else 'do not overlap'}, by a model that knew the pool "
        f"through {trained_through} only{calibrated}. {_sessions(score.horizon)} ahead, "
        f"{_median_clause(score)} {_bands_clause(score)}"
    )


def no_scorecard_sentence(bars: int) -> str:
    """Return why there is no scorecard."""
    return (
        f"With {counted(bars, 'close')} there is no past day with a year of closes before it and a known "
        "outcome after it, so nothing is known about how forecasts of this symbol do."
    )


def record_sentence(forecasts: int, horizons: list[HorizonScore]) -> str:
    """Return what has become of the forecasts that were issued."""
    if not forecasts:
        return "No forecast of this symbol has been issued by this model yet."
    issued = f"{counted(forecasts, 'day')} of issue"
    if not horizons:
        return f"{issued}; none of the sessions that they forecast has come yet."
    longest = max(horizons, key=lambda row: (row.forecasts >= ENOUGH, row.horizon))
    few = (
        f" With {counted(longest.forecasts, 'forecast')} these figures are mostly chance."
        if longest.forecasts < ENOUGH
        else _live_warning(longest)
    )
    figures = f"{_median_clause(longest)} {_bands_clause(longest)}"
    return f"{issued}. {_sessions(longest.horizon)} ahead, {figures}{few}"


def _live_warning(score: HorizonScore) -> str:
    if LIVE_COVERAGE[0] <= score.coverage_80 <= LIVE_COVERAGE[1]:
        return ""
    low, high = (percent(share, 0) for share in LIVE_COVERAGE)
    return f" That is outside {low} to {high}: do not rely on the bands of this share as they are."


def _median_clause(score: HorizonScore) -> str:
    model, walk = score.mean_absolute_error, score.random_walk_error
    figures = (
        f"the median missed by {percent(model)} of the price on average, the unchanged last close by "
        f"{percent(walk)}"
    )
    gain = 1 - model / walk if walk > 0 else 0.0
    if gain > NO_DIFFERENCE:
        return (
            f"{figures}: the median was {percent(gain, 1)} better, which is what a drift earns in rising "
            "years and no skill in picking the direction."
        )
    if gain < -NO_DIFFERENCE:
        return f"{figures}: the median did not beat the random walk, it was {percent(-gain, 1)} worse."
    return f"{figures}: the median did not beat the random walk."


def _bands_clause(score: HorizonScore) -> str:
    bands = (
        f"The {BAND_80} band held {percent(score.coverage_80, 0)} of the closes and the {BAND_95} band "
        f"{percent(score.coverage_95, 0)}"
    )
    verdict = _width_verdict(score.coverage_80)
    if score.crps_ratio is None:
        return f"{bands}{verdict}."
    gain = 1 - score.crps_ratio
    compared = f"{percent(gain, 1)} better" if gain > 0 else f"{percent(-gain, 1)} worse"
    return f"{bands}{verdict}. As a whole the distribution scored {compared} than a random walk's (CRPS)."


def _width_verdict(coverage_80: float) -> str:
    if coverage_80 < 0.8 - TOLERATED_MISS:
        return ": they were too narrow for this share"
    if coverage_80 > 0.8 + TOLERATED_MISS:
        return ": they were wider than needed for this share"
    return ""


def _sessions(count: int) -> str:
    return "One session" if count == 1 else counted(count, "session")
