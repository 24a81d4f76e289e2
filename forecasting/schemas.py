"""The published document of a forecast: page, PDF, JSON and API all render this."""

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import Field

from core.documents import KIND, Document, DocumentLinks, SchemaVersion
from core.pagination import NEXT_IN_WORDS
from forecasting.models import Forecast, TrainedModel
from forecasting.parameters import EvaluationParameters, ForecastParameters, ModelKind
from ingestion.schemas import DataDocument, ResultDocument

SCHEMA: Literal["hindcast.forecast"] = "hindcast.forecast"
SCHEMA_VERSION = 2
EVALUATION_VERSION = 1

Figure = float | None

METRICS = (
    "held_out_forecasts",
    "coverage_80",
    "coverage_95",
    "mean_absolute_error",
    "random_walk_error",
    "crps_ratio",
)
"""Of a trained model, on the last two years of its data, which the model that is measured did not see."""


class Point(Document):
    """The forecast of one session's close, in the instrument's currency."""

    date: Annotated[dt.date, Field(description="Session whose close is forecast.")]
    median: Annotated[float, Field(description="The close is as likely above as below it, in currency.")]
    low_80: Annotated[float, Field(description="Lower edge of the 80 % band, in currency.")]
    high_80: Annotated[float, Field(description="Upper edge of the 80 % band, in currency.")]
    low_95: Annotated[float, Field(description="Lower edge of the 95 % band, in currency.")]
    high_95: Annotated[float, Field(description="Upper edge of the 95 % band, in currency.")]
    probability_above_last_close: Annotated[
        float, Field(ge=0, le=1, description="That this close lies above the last one known.")
    ]
    actual: Annotated[Figure, Field(description="The close that came, where it is known.")]


class ModelDocument(Document):
    """The trained model behind a forecast."""

    kind: Annotated[str, Field(description="pooled: all symbols together; symbol: calibrated for one.")]
    version: Annotated[str, Field(description="Identifies the artefact; new training, new version.")]
    trained_from: Annotated[dt.date, Field(description="First day of the data used in training.")]
    trained_through: Annotated[dt.date, Field(description="No data after this day was used in training.")]
    training_symbols: Annotated[list[str], Field(description="Symbols whose bars were used in training.")]
    features: Annotated[list[str], Field(description="What the model looks at, by name.")]
    sha256: Annotated[str, Field(description="Fingerprint of the artefact.")]
    description: Annotated[str, Field(description="What the model does, in plain words.")]
    average_drift: Annotated[
        bool,
        Field(description="Whether the median holds the average drift of shares; not for currencies."),
    ] = True
    market: Annotated[
        list[str],
        Field(description="Stored shares whose moves it saw beside the symbol's own; empty: none."),
    ] = []


class HorizonScore(Document):
    """How forecasts of one symbol did at one distance, over past issue dates."""

    horizon: Annotated[int, Field(description="Sessions ahead.")]
    forecasts: Annotated[int, Field(description="Number of forecasts behind the figures.")]
    mean_absolute_error: Annotated[float, Field(description="Of the median, as a fraction of the price.")]
    random_walk_error: Annotated[float, Field(description="The same for the last close carried on.")]
    drift_error: Annotated[
        Figure,
        Field(
            description="The same for the last close moved on by the share's own past drift; null in "
            "documents of version 1."
        ),
    ] = None
    coverage_80: Annotated[float, Field(description="Share of closes inside the 80 % band.")]
    coverage_95: Annotated[float, Field(description="Share of closes inside the 95 % band.")]
    crps_ratio: Annotated[
        Figure, Field(description="CRPS over that of a random walk with Gaussian bands; below 1 is better.")
    ]
    drift_crps_ratio: Annotated[
        Figure, Field(description="The same with the share's own drift of 1,000 days; below 1 is better.")
    ] = None


class Calibration(Document):
    """What a band promised, and what it held, at the longest horizon."""

    nominal: Annotated[float, Field(description="Share of closes that the band should hold.")]
    coverage: Annotated[float, Field(description="Share that it held.")]


class Reliability(Document):
    """How often closes came above the last one where such a probability was given, at all distances."""

    probability_from: Annotated[float, Field(description="Least probability of the group.")]
    probability_to: Annotated[float, Field(description="The probabilities of the group lie below this.")]
    forecasts: Annotated[int, Field(description="Forecasts of a close in the group; neighbours overlap.")]
    mean_probability: Annotated[float, Field(description="Mean of the probabilities that were given.")]
    frequency: Annotated[float, Field(description="Share of the closes that came above the last one.")]


class PastForecast(Document):
    """A look back: what was forecast at one distance, and what came."""

    issued_on: Annotated[dt.date, Field(description="Date of the last bar that it used.")]
    date: Annotated[dt.date, Field(description="Session whose close was forecast.")]
    horizon: Annotated[int, Field(description="Sessions ahead.")]
    median: Annotated[float, Field(description="Forecast median, in currency.")]
    low_80: Annotated[float, Field(description="Lower edge of the 80 % band, in currency.")]
    high_80: Annotated[float, Field(description="Upper edge of the 80 % band, in currency.")]
    low_95: Annotated[float, Field(description="Lower edge of the 95 % band, in currency.")]
    high_95: Annotated[float, Field(description="Upper edge of the 95 % band, in currency.")]
    actual: Annotated[float, Field(description="The close that came, in currency.")]


class Scorecard(Document):
    """How this model would have done on this symbol, from past issue dates only."""

    forecasts: Annotated[int, Field(description="Number of past forecasts at the longest horizon.")]
    first_issued_on: Annotated[
        dt.date | None, Field(description="Issue date of the first one; null: there is none.")
    ]
    last_issued_on: Annotated[
        dt.date | None, Field(description="Issue date of the last one; null: there is none.")
    ]
    horizons: Annotated[list[HorizonScore], Field(description="How they did, by distance.")]
    calibration: Annotated[
        list[Calibration],
        Field(
            description="Central bands of 10 to 95 % at the longest horizon; empty in documents of version 1."
        ),
    ] = []
    reliability: Annotated[
        list[Reliability],
        Field(description="Of the probability of a higher close, by tenths; empty in older documents."),
    ] = []
    past: Annotated[list[PastForecast], Field(description="Predicted against actual, longest horizon.")]
    trained_through: Annotated[
        dt.date | None, Field(description="No data after this day was used by the model that is scored.")
    ]
    sentence: Annotated[str, Field(description="What the figures mean, in words.")]


class History(Document):
    """Closes before the issue date, for the chart."""

    dates: Annotated[list[dt.date], Field(description="Days with a bar, oldest first.")]
    close: Annotated[list[float], Field(description="Their closes, in currency.")]


class ForecastVersions(Document):
    """What computed the document."""

    model: Annotated[str, Field(description="Of Hindcast's model code.")]
    numpy: Annotated[str, Field(description="Of NumPy.")]
    scikit_learn: Annotated[str, Field(description="Of scikit-learn.")]


class ForecastLinks(DocumentLinks):
    """Addresses of the same forecast in other forms, relative to the site."""


def links_of(forecast_id: str) -> ForecastLinks:
    """Return the URLs of a forecast."""
    return ForecastLinks.at(f"/forecasts/{forecast_id}")


class ForecastDocument(ResultDocument[ForecastParameters]):
    """A forecast: the question, the data, the answer, and what the answer is worth."""

    schema_: Annotated[Literal["hindcast.forecast"], KIND] = SCHEMA
    schema_version: SchemaVersion = SCHEMA_VERSION
    issued_on: Annotated[dt.date, Field(description="Date of the last bar used.")]
    last_close: Annotated[float, Field(description="Close of that bar, in the instrument's currency.")]
    model: Annotated[ModelDocument, Field(description="The model that forecast.")]
    points: Annotated[list[Point], Field(description="The forecast, a point for each session.")]
    history: Annotated[History, Field(description="Closes up to the issue date.")]
    scorecard: Annotated[Scorecard, Field(description="What such forecasts were worth in the past.")]
    versions: Annotated[ForecastVersions, Field(description="Of what computed the document.")]
    links: Annotated[ForecastLinks, Field(description="The same forecast in other forms.")]


class Period(Document):
    """How forecasts did in some of the years of an evaluation, over all distances."""

    name: Annotated[str, Field(description="turbulent or calm.")]
    years: Annotated[list[int], Field(description="The calendar years that it takes in.")]
    forecasts: Annotated[int, Field(description="Issue dates in them.")]
    coverage_80: Annotated[float, Field(description="Share of closes inside the 80 % band.")]
    coverage_95: Annotated[float, Field(description="Share of closes inside the 95 % band.")]
    crps_ratio: Annotated[Figure, Field(description="CRPS over a random walk's; below 1 is better.")]


class Advantage(Document):
    """Whether a difference to a simpler forecast is more than chance (Diebold and Mariano 1995)."""

    against: Annotated[str, Field(description="random_walk or drift.")]
    score: Annotated[str, Field(description="crps, or absolute_error of the median.")]
    ratio: Annotated[Figure, Field(description="Over the simpler forecast's; below 1 is better.")]
    p_value: Annotated[Figure, Field(description="Two-sided; null where the losses do not vary.")]


class EvaluationDocument(Document):
    """A rolling evaluation: the forecasts that a model would have made, and what came."""

    schema_: Annotated[
        Literal["hindcast.evaluation"], Field(alias="schema", description="What kind of document this is.")
    ] = "hindcast.evaluation"
    schema_version: Annotated[
        int, Field(description="Version of that kind; a field is removed or changed in a new one only.")
    ] = EVALUATION_VERSION
    id: Annotated[str, Field(description="Hash of parameters, stated data and model.")]
    generated_at: Annotated[dt.datetime, Field(description="When it was computed, UTC.")]
    parameters: Annotated[EvaluationParameters, Field(description="The question, with every default.")]
    data: Annotated[DataDocument, Field(description="Where the bars come from, and what is wrong with them.")]
    model_version: Annotated[str, Field(description="The model before any calibration to the symbol.")]
    trained_through: Annotated[dt.date, Field(description="No data after this day was used in training it.")]
    forecasts: Annotated[int, Field(description="Issue dates, five sessions apart.")]
    first_issued_on: Annotated[dt.date, Field(description="First issue date.")]
    last_issued_on: Annotated[dt.date, Field(description="Last issue date.")]
    horizons: Annotated[list[HorizonScore], Field(description="One row for each distance.")]
    periods: Annotated[
        list[Period], Field(description="The third of the years that moved most, and the rest.")
    ]
    advantages: Annotated[list[Advantage], Field(description="Tests against simpler forecasts.")]
    calibration: Annotated[
        list[Calibration], Field(description="Central bands of 10 to 95 % at the longest distance.")
    ]
    reliability: Annotated[
        list[Reliability],
        Field(description="Of the probability of a higher close, by tenths; empty in older documents."),
    ] = []
    past: Annotated[list[PastForecast], Field(description="Predicted against actual, longest horizon.")]
    sentence: Annotated[str, Field(description="What the figures mean, in words.")]


class LiveRecord(Document):
    """How the forecasts that were issued here did, as far as their sessions have come."""

    symbol: Annotated[str, Field(description="Whose forecasts.")]
    model: Annotated[ModelKind, Field(description="Which model made them.")]
    forecasts: Annotated[int, Field(description="Issued forecasts, of which an issue date counts once.")]
    look_backs: Annotated[
        int, Field(description="Of these, the ones that were computed after their first session had come.")
    ]
    resolved: Annotated[int, Field(description="Forecast closes that have come.")]
    horizons: Annotated[list[HorizonScore], Field(description="One row for each distance that has come.")]
    sentence: Annotated[str, Field(description="What the figures mean, in words.")]


class ScorecardDocument(Document):
    """All that is known of how one symbol's forecasts do."""

    symbol: Annotated[str, Field(description="Whose forecasts.")]
    model: Annotated[ModelKind, Field(description="Which model made them.")]
    issued: Annotated[LiveRecord, Field(description="What became of the forecasts that were issued.")]
    evaluation: Annotated[
        EvaluationDocument | None, Field(description="The newest rolling evaluation; null before the first.")
    ]


class TrainedModelDocument(Document):
    """A trained model in the registry."""

    kind: Annotated[str, Field(description="pooled: all symbols together; symbol: calibrated for one.")]
    symbol: Annotated[str, Field(description="Empty for a pooled model.")]
    version: Annotated[str, Field(description="Identifies the artefact; new training, new version.")]
    model_version: Annotated[str, Field(description="Of the code that trained it; others are not used.")]
    trained_from: Annotated[dt.date, Field(description="First day of the data used in training.")]
    trained_through: Annotated[dt.date, Field(description="No data after this day was used in training.")]
    trained_at: Annotated[dt.datetime, Field(description="When it was trained, UTC.")]
    withdrawn_at: Annotated[
        dt.datetime | None, Field(description="Since when an older version is used in its place; else null.")
    ]
    training_symbols: Annotated[list[str], Field(description="Symbols whose bars were used in training.")]
    features: Annotated[list[str], Field(description="What the model looks at, by name.")]
    library_versions: Annotated[dict[str, str], Field(description="Of the libraries that trained it.")]
    metrics: Annotated[
        dict[str, Figure],
        Field(description="Figures on data that training had not seen; null where there was too little."),
    ]
    sha256: Annotated[str, Field(description="Fingerprint of the artefact.")]

    @classmethod
    def of(cls, record: TrainedModel) -> Self:
        """Return the document of a stored model, with every metric, also where an old version has none."""
        values = {name: getattr(record, name) for name in cls.model_fields}
        return cls(**values | {"metrics": dict.fromkeys(METRICS) | record.metrics})


class ForecastListing(Document):
    """A stored forecast as lists show it; prices are in the instrument's currency."""

    id: Annotated[str, Field(description="Names the forecast in URLs.")]
    symbol: Annotated[str, Field(description="Ticker symbol of the share.")]
    created_at: Annotated[dt.datetime, Field(description="When it was issued, UTC.")]
    parameters: Annotated[ForecastParameters, Field(description="The question, with every default.")]
    issued_on: Annotated[dt.date, Field(description="Date of the last bar used.")]
    currency: Annotated[str, Field(description="ISO 4217 code of the prices' currency.")]
    last_session: Annotated[dt.date, Field(description="The farthest session forecast.")]
    median: Annotated[float, Field(description="Of that session's close.")]
    low_80: Annotated[float, Field(description="Lower edge of its 80 % band.")]
    high_80: Annotated[float, Field(description="Upper edge of its 80 % band.")]
    links: Annotated[ForecastLinks, Field(description="The forecast in its forms.")]

    @classmethod
    def of(cls, record: Forecast) -> Self:
        """Return the listing of a stored forecast."""
        return cls(
            id=record.pk,
            symbol=record.symbol,
            created_at=record.created_at,
            parameters=ForecastParameters.model_validate(record.parameters),
            issued_on=record.issued_on,
            currency=record.currency,
            last_session=record.last_session,
            median=record.median,
            low_80=record.low_80,
            high_80=record.high_80,
            links=links_of(record.pk),
        )


class ForecastPage(Document):
    """A page of stored forecasts, newest first."""

    items: Annotated[list[ForecastListing], Field(description="The forecasts of this page.")]
    next: Annotated[str | None, Field(description=NEXT_IN_WORDS)]
