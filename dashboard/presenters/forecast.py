"""Prepare a forecast's document for its page."""

from dataclasses import dataclass

from dashboard.charts.calibration import CalibrationChart, calibration_chart, describe_calibration
from dashboard.charts.columns import ChartColumns
from dashboard.charts.forecast import accuracy_columns, fan_columns
from dashboard.presenters.chart_texts import (
    describe_accuracy,
    describe_forecast,
)
from dashboard.presenters.titles import forecast_title
from forecasting.schemas import ForecastDocument, Point


@dataclass(frozen=True, kw_only=True)
class ForecastResult:
    """A forecast's document and the forms in which the page shows it.

    accuracy, calibration: of the past forecasts; None where the scorecard has none.
    """

    document: ForecastDocument
    columns: ChartColumns
    chart_in_words: str
    accuracy: ChartColumns | None
    accuracy_in_words: str
    calibration: CalibrationChart | None
    calibration_in_words: str

    @property
    def title(self) -> str:
        """The title of the page."""
        return forecast_title(self.document)

    @property
    def last_point(self) -> Point:
        """The forecast of the farthest session."""
        return self.document.points[-1]

    @property
    def median_note(self) -> str:
        """What the median is, beside its figure."""
        return "Average drift, no opinion" if self.document.model.average_drift else "No opinion on direction"

    @property
    def computed_by(self) -> str:
        """What computed the document."""
        versions = self.document.versions
        return f"Hindcast's model {versions.model}, scikit-learn {versions.scikit_learn}"


def forecast_result(document: ForecastDocument) -> ForecastResult:
    """Return what the page shows of `document`."""
    past, calibration = document.scorecard.past, document.scorecard.calibration
    return ForecastResult(
        document=document,
        columns=fan_columns(document),
        chart_in_words=describe_forecast(document),
        accuracy=accuracy_columns(past) if past else None,
        accuracy_in_words=describe_accuracy(past) if past else "",
        calibration=calibration_chart(calibration) if calibration else None,
        calibration_in_words=describe_calibration(calibration) if calibration else "",
    )
