"""The published document of a forecast: page, PDF, JSON and API all render this."""

import datetime as dt
from typing import Annotated, Self

from pydantic import Field

from forecasting.models import TrainedModel
from forecasting.parameters import ForecastParameters
from ingestion.documents import DataDocument
from ingestion.publishing import PublishedDocument

SCHEMA = "hindcast.forecast"
SCHEMA_VERSION = 2

Figure = float | None


class Point(PublishedDocument):
    """The forecast of one session's close, in the instrument's currency."""

    date: dt.date
    median: float
    low_80: float
    high_80: float
    low_95: float
    high_95: float
    probability_above_last_close: Annotated[float, Field(ge=0, le=1)]
    actual: Annotated[Figure, Field(description="The close that came, where it is known.")]


class ModelDocument(PublishedDocument):
    """The trained model behind a forecast."""

    kind: str
    version: Annotated[str, Field(description="Identifies the artefact; new training, new version.")]
    trained_from: dt.date
    trained_through: Annotated[dt.date, Field(description="No data after this day was used in training.")]
    training_symbols: list[str]
    features: list[str]
    sha256: str
    description: Annotated[str, Field(description="What the model does, in plain words.")]


class HorizonScore(PublishedDocument):
    """How forecasts of one symbol did at one distance, over past days of issue."""

    horizon: Annotated[int, Field(description="Sessions ahead.")]
    forecasts: Annotated[int, Field(description="Number of forecasts behind the figures.")]
    mean_absolute_error: Annotated[float, Field(description="Of the median, as a fraction of the price.")]
    random_walk_error: Annotated[float, Field(description="The same for the last close carried on.")]
    drift_error: Annotated[
        float, Field(description="The same for the last close moved on by the share's own past drift.")
    ]
    coverage_80: Annotated[float, Field(description="Share of closes inside the 80 % band.")]
    coverage_95: Annotated[float, Field(description="Share of closes inside the 95 % band.")]
    crps_ratio: Annotated[
        Figure, Field(description="CRPS over that of a random walk with Gaussian bands; below 1 is better.")
    ]
    drift_crps_ratio: Annotated[
        Figure, Field(description="The same with the share's own drift of 1,000 days; below 1 is better.")
    ]


class Calibration(PublishedDocument):
    """What a band promised, and what it held, at the longest horizon."""

    nominal: Annotated[float, Field(description="Share of closes that the band should hold.")]
    coverage: Annotated[float, Field(description="Share that it held.")]


class PastForecast(PublishedDocument):
    """A look back: what was forecast at one distance, and what came."""

    issued_on: dt.date
    date: dt.date
    horizon: int
    median: float
    low_80: float
    high_80: float
    low_95: float
    high_95: float
    actual: float


class Scorecard(PublishedDocument):
    """How this model would have done on this symbol, from past days of issue only."""

    forecasts: int
    first_issued_on: dt.date | None
    last_issued_on: dt.date | None
    horizons: list[HorizonScore]
    calibration: Annotated[
        list[Calibration], Field(description="Central bands of 10 to 95 % at the longest horizon.")
    ]
    past: Annotated[list[PastForecast], Field(description="Predicted against actual, longest horizon.")]
    trained_through: Annotated[
        dt.date | None, Field(description="No data after this day was used by the model that is scored.")
    ]
    sentence: Annotated[str, Field(description="What the figures mean, in words.")]


class History(PublishedDocument):
    """Closes before the day of issue, for the chart."""

    dates: list[dt.date]
    close: list[float]


class Versions(PublishedDocument):
    """What computed the document."""

    model: str
    numpy: str
    scikit_learn: str


class Links(PublishedDocument):
    """Addresses of the same forecast in other forms, relative to the site."""

    page: str
    json_: Annotated[str, Field(alias="json")]
    pdf: str


def links_of(forecast_id: str) -> Links:
    """Return the addresses of a forecast."""
    page = f"/forecasts/{forecast_id}"
    return Links(page=f"{page}/", json_=f"{page}.json", pdf=f"{page}.pdf")


class ForecastDocument(PublishedDocument):
    """A forecast: the question, the data, the answer, and what the answer is worth."""

    schema_: Annotated[str, Field(alias="schema")] = SCHEMA
    schema_version: int = SCHEMA_VERSION
    id: Annotated[str, Field(description="Hash of parameters, stated data, notices and model.")]
    generated_at: dt.datetime
    parameters: ForecastParameters
    issued_on: Annotated[dt.date, Field(description="Date of the last bar used.")]
    last_close: Annotated[float, Field(description="Close of that bar, in the instrument's currency.")]
    data: DataDocument
    model: ModelDocument
    summary: Annotated[str, Field(description="The forecast in a sentence.")]
    notices: list[str]
    points: list[Point]
    history: History
    scorecard: Scorecard
    versions: Versions
    disclosure: str
    links: Links


class TrainedModelDocument(PublishedDocument):
    """A trained model in the registry."""

    kind: str
    symbol: Annotated[str, Field(description="Empty for a pooled model.")]
    version: str
    model_version: Annotated[str, Field(description="Of the code that trained it; others are not used.")]
    trained_from: dt.date
    trained_through: Annotated[dt.date, Field(description="No data after this day was used in training.")]
    trained_at: dt.datetime
    training_symbols: list[str]
    features: list[str]
    library_versions: dict[str, str]
    metrics: Annotated[dict[str, float], Field(description="Figures on data that training had not seen.")]
    sha256: str

    @classmethod
    def of(cls, record: TrainedModel) -> Self:
        """Return the document of a stored model."""
        return cls(**{name: getattr(record, name) for name in cls.model_fields})
