"""The tables of trained models and of the forecasts that they made."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from core.document_ids import ID_LENGTH
from forecasting.parameters import ModelKind

MODEL_KINDS = [(kind.value, kind.value) for kind in ModelKind]


class TrainedModel(models.Model):
    """A trained model: its artefact, what it learned from, and how it did on data it had not seen.

    `symbol` is empty for a pooled model. Nothing after `trained_through` was used in training.
    `version` identifies what was trained on what by which code: the same training has the same version,
    and so one row, however many ask for it at once. `model_version` is that of the code alone.
    `withdrawn_at` is set while an administrator prefers an older version: no forecast is made by this one.
    `artefact` is refused unless `sha256` and `signature` fit, see `forecasting.training.registry`.
    """

    kind = models.CharField(max_length=10, choices=MODEL_KINDS)
    symbol = models.CharField(max_length=15, blank=True)
    version = models.CharField(max_length=80, unique=True)
    model_version = models.CharField(max_length=20)
    trained_from = models.DateField()
    trained_through = models.DateField()
    training_symbols: "models.JSONField[list[str]]" = models.JSONField()
    data_fingerprint = models.CharField(max_length=64)
    features: "models.JSONField[list[str]]" = models.JSONField()
    library_versions: "models.JSONField[dict[str, str]]" = models.JSONField()
    metrics: "models.JSONField[dict[str, float]]" = models.JSONField()
    artefact = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    signature = models.CharField(max_length=64)
    trained_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Newest knowledge first."""

        ordering = ("-trained_through", "-trained_at")
        constraints = (
            models.CheckConstraint(
                condition=Q(kind=ModelKind.POOLED, symbol="") | (Q(kind=ModelKind.SYMBOL) & ~Q(symbol="")),
                name="only_a_model_of_a_symbol_names_one",
            ),
            models.CheckConstraint(
                condition=Q(trained_from__lt=F("trained_through")), name="training_range_is_not_empty"
            ),
        )
        indexes = (models.Index(fields=("kind", "symbol", "-trained_through"), name="model_by_symbol"),)

    def __str__(self) -> str:
        """Return the version."""
        return self.version


class Forecast(models.Model):
    """One forecast as it was issued: the document, its points as rows, and what lists show of it.

    `id` is a hash of the question, the data and the model: the same question has one row.
    The last columns repeat what lists show, the forecast of the last session, so that they need not
    read whole documents.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH)
    symbol = models.CharField(max_length=15)
    parameters: "models.JSONField[dict[str, object]]" = models.JSONField()
    issued_on = models.DateField()
    model = models.ForeignKey(TrainedModel, on_delete=models.PROTECT, related_name="forecasts")
    document: "models.JSONField[dict[str, object]]" = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    currency = models.CharField(max_length=3)
    last_session = models.DateField()
    median = models.FloatField()
    low_80 = models.FloatField()
    high_80 = models.FloatField()

    class Meta:
        """Newest first."""

        ordering = ("-created_at",)
        indexes = (
            models.Index(fields=("-created_at",), name="forecast_newest_first"),
            models.Index(fields=("symbol", "-issued_on"), name="forecast_by_symbol"),
        )

    def __str__(self) -> str:
        """Return symbol and issue date."""
        return f"{self.symbol} {self.issued_on}"


class ForecastPoint(models.Model):
    """The forecast of one session's close, in the instrument's currency at the time of issue.

    `quantiles`: at SCORED_LEVELS, from which the CRPS is computed once the close is known.
    """

    forecast = models.ForeignKey(Forecast, on_delete=models.CASCADE, related_name="points")
    horizon = models.PositiveSmallIntegerField()
    date = models.DateField()
    median = models.FloatField()
    low_80 = models.FloatField()
    high_80 = models.FloatField()
    low_95 = models.FloatField()
    high_95 = models.FloatField()
    probability_above_last_close = models.FloatField()
    quantiles: "models.JSONField[list[float]]" = models.JSONField(default=list)

    class Meta:
        """In order of the sessions; the bands enclose each other."""

        ordering = ("forecast", "horizon")
        constraints = (
            models.UniqueConstraint(fields=("forecast", "horizon"), name="one_point_for_each_session"),
            models.CheckConstraint(
                condition=Q(
                    low_95__lte=F("low_80"),
                    low_80__lte=F("median"),
                    median__lte=F("high_80"),
                    high_80__lte=F("high_95"),
                ),
                name="bands_enclose_each_other",
            ),
            models.CheckConstraint(
                condition=Q(probability_above_last_close__range=(0, 1)), name="probability_is_a_fraction"
            ),
        )

    def __str__(self) -> str:
        """Return date and median."""
        return f"{self.date} {self.median:.2f}"


class ForecastEvaluation(models.Model):
    """How forecasts from past issue dates did on one symbol: the document of a rolling evaluation.

    `id` is a hash of the question, the data and the model, as that of a forecast.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH)
    symbol = models.CharField(max_length=15)
    kind = models.CharField(max_length=10, choices=MODEL_KINDS)
    forecasts = models.PositiveIntegerField()
    first_issued_on = models.DateField()
    last_issued_on = models.DateField()
    document: "models.JSONField[dict[str, object]]" = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        """Newest first."""

        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(first_issued_on__lte=F("last_issued_on"), forecasts__gt=0),
                name="evaluation_has_forecasts",
            ),
        )
        indexes = (models.Index(fields=("symbol", "kind", "-created_at"), name="evaluation_by_symbol"),)

    def __str__(self) -> str:
        """Return symbol and range."""
        return f"{self.symbol} {self.first_issued_on} to {self.last_issued_on}"
