"""How a forecast's past fared, as tables of a report."""

from core.formatting import count, percent, ratio
from dashboard.reports.components import Table
from forecasting.schemas import ForecastDocument, HorizonScore


def scores_table(document: ForecastDocument) -> Table:
    """Return the scorecard of a forecast by distance, beside a random walk and the share's own drift."""
    return Table(
        caption="Scorecard by distance",
        headings=[
            "Sessions ahead", "Forecasts", "Median missed by", "Last close missed by", "Drift missed by",
            "Inside 80 % band", "Inside 95 % band", "CRPS over random walk's",
        ],
        rows=[_score(score) for score in document.scorecard.horizons],
        note="A miss is the mean distance from the close that came, as a share of the price. CRPS judges the "
        "whole range at once; below 1 is better than a random walk with Gaussian bands. Drift is the last "
        "close moved on by the share's own average of 1,000 days.",
    )  # fmt: skip


def calibration_table(document: ForecastDocument) -> Table:
    """Return what each band promised and held; the document has a calibration."""
    bands, farthest = document.scorecard.calibration, document.scorecard.horizons[-1]
    return Table(
        caption="Do the bands keep their promise?",
        headings=["Band that should hold", *(percent(band.nominal, 0) for band in bands)],
        rows=[["of the closes, held", *(percent(band.coverage, 1) for band in bands)]],
        note=f"At {count(farthest.horizon)} sessions ahead. A band that holds less than it should is too "
        "narrow, one that holds more is too wide.",
    )


def reliability_table(document: ForecastDocument) -> Table:
    """Return how often closes came above the last one, by the probability that was given."""
    return Table(
        caption="How often did the close rise?",
        headings=["Probability of a higher close", "Forecast", "Observed", "Forecasts"],
        rows=[
            [
                f"{percent(row.probability_from, 0)} to {percent(row.probability_to, 0)}",
                percent(row.mean_probability, 1),
                percent(row.frequency, 1),
                count(row.forecasts),
            ]
            for row in document.scorecard.reliability
        ],
        note="Past forecasts at all distances; neighbours overlap. Where the two figures of a row differ by "
        "much, the probability is no guide for this symbol.",
    )


def _score(score: HorizonScore) -> list[str]:
    return [
        count(score.horizon),
        count(score.forecasts),
        percent(score.mean_absolute_error),
        percent(score.random_walk_error),
        percent(score.drift_error),
        percent(score.coverage_80, 1),
        percent(score.coverage_95, 1),
        ratio(score.crps_ratio),
    ]
