"""The tables of backtests and sweeps that were run."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone


class ResultRecord(models.Model):
    """What was computed once: its question, its document, and what lists show of it.

    `id` is a hash of parameters, data and engine version, so that a result is stored once.
    `parameters` is the JSON of the question. `document` is the published JSON, compressed with gzip, as it
    is sent to clients; `digest` is the SHA-256 of that JSON.
    `summary` and the columns of subclasses repeat what lists show, so that they need not read documents.
    `owner` is who computed it first; null: nobody by name, such as a command.
    """

    id = models.CharField(primary_key=True, max_length=64, editable=False)
    symbol = models.CharField(max_length=15)
    parameters: "models.JSONField[dict[str, Any]]" = models.JSONField()
    document = models.BinaryField()
    digest = models.CharField(max_length=64)
    data_sha256 = models.CharField(max_length=64)
    engine_version = models.CharField(max_length=20)
    created_at = models.DateTimeField(db_default=Now())
    summary = models.TextField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        """A table for each kind of result, newest first."""

        abstract = True
        ordering = ("-created_at",)

    def __str__(self) -> str:
        """Return symbol and id, as lists show it."""
        return f"{self.symbol} {self.id}"


class Backtest(ResultRecord):
    """One stored backtest: the question is BacktestParameters, the document a BacktestDocument."""

    total_return = models.FloatField()
    benchmark_total_return = models.FloatField()

    class Meta:
        """Newest first, of all symbols or of one."""

        ordering = ("-created_at",)
        indexes = (
            models.Index(fields=("-created_at",), name="backtest_newest_first"),
            models.Index(fields=("symbol", "-created_at"), name="backtest_newest_of_symbol"),
        )


class ParameterSweep(ResultRecord):
    """One stored sweep: the question is SweepParameters, the document a SweepDocument.

    `lead` is the largest statistic of the test against the same exposure and `largest` that of each draw,
    as 16-bit floats: what a test over many symbols needs. Null where the test could not be made.
    `trials` is the number of combinations. `trial_keys` is no longer written: `Trial` counts them.
    """

    trials = models.PositiveIntegerField()
    trial_keys = models.BinaryField(default=b"", db_default=b"")
    lead = models.FloatField(null=True)
    largest = models.BinaryField(null=True)

    class Meta:
        """Newest first; trials are counted by symbol and data."""

        ordering = ("-created_at",)
        indexes = (
            models.Index(fields=("-created_at",), name="sweep_newest_first"),
            models.Index(fields=("symbol", "data_sha256"), name="sweep_of_the_same_bars"),
        )


class TrialTerms(models.Model):
    """What trials have in common: the parameters that change returns, as JSON. `id` is their hash."""

    id = models.CharField(primary_key=True, max_length=64, editable=False)
    parameters: "models.JSONField[dict[str, Any]]" = models.JSONField()

    def __str__(self) -> str:
        """Return the id, as lists show it."""
        return self.id


class Trial(models.Model):
    """One strategy that was tried on a symbol, once however often it was tried.

    `key` is a hash of all that changes its returns; `values` are the parameters that a sweep varies.
    `sharpe` is that of one bar when it was first tried, over so many `bars`; null where undefined.
    """

    pk = models.CompositePrimaryKey("symbol", "key")
    symbol = models.CharField(max_length=15)
    key = models.BigIntegerField()
    terms = models.ForeignKey(TrialTerms, on_delete=models.PROTECT, related_name="+", db_index=False)
    values: "models.JSONField[dict[str, float]]" = models.JSONField()
    sharpe = models.FloatField(null=True)
    bars = models.PositiveIntegerField()

    def __str__(self) -> str:
        """Return symbol and key, as lists show it."""
        return f"{self.symbol} {self.key}"


class UniverseSweep(models.Model):
    """One sweep over many symbols: its question, the symbols it was asked for, and by whom first.

    `document` is the published JSON, compressed with gzip, once every symbol is done; null before.
    """

    id = models.CharField(primary_key=True, max_length=64, editable=False)
    parameters: "models.JSONField[dict[str, Any]]" = models.JSONField()
    symbols: "models.JSONField[list[str]]" = models.JSONField()
    document = models.BinaryField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        """Newest first."""

        ordering = ("-created_at",)

    def __str__(self) -> str:
        """Return the id, as lists show it."""
        return self.id


class UniverseMember(models.Model):
    """What a sweep of one symbol brought to a universe, stored once: `row` is the JSON of UniverseRow.

    `error` says why there is no row. `lead` and `largest` are those of its sweep. `trials`, `sharpe_sum` and
    `sharpe_square_sum` are over the combinations that have a Sharpe ratio, of one bar.
    """

    universe = models.ForeignKey(UniverseSweep, on_delete=models.CASCADE, related_name="members")
    symbol = models.CharField(max_length=15)
    row: "models.JSONField[dict[str, Any] | None]" = models.JSONField(null=True)
    error = models.TextField(blank=True)
    trials = models.PositiveIntegerField(default=0)
    sharpe_count = models.PositiveIntegerField(default=0)
    sharpe_sum = models.FloatField(default=0)
    sharpe_square_sum = models.FloatField(default=0)
    lead = models.FloatField(null=True)
    largest = models.BinaryField(null=True)

    class Meta:
        """One row for each symbol, whichever workers computed it."""

        ordering = ("symbol",)
        constraints = (
            models.UniqueConstraint(fields=("universe", "symbol"), name="one_member_for_each_symbol"),
        )

    def __str__(self) -> str:
        """Return universe and symbol, as lists show it."""
        return f"{self.universe_id} {self.symbol}"


class RecordState(models.TextChoices):
    """What becomes of a live record."""

    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class LiveRecord(models.Model):
    """A frozen rule that is followed on bars that came later.

    `parameters` are those of the backtest. `history` holds the bars up to `frozen_on` as they were known
    then; prices of all entries are on their scale. `scale` is what such a price is multiplied by for the
    prices of the last evening. `band` is the JSON of its forecast; null, with `no_band` saying why not.
    `seen_version` is the instrument's version that it was last extended with. `revised` are days whose bars
    are no longer those that were decided on, `waiting_for` a session whose bar is late. A deleted record
    stays as a count.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    backtest = models.CharField(max_length=64)
    symbol = models.CharField(max_length=15)
    parameters: "models.JSONField[dict[str, Any]]" = models.JSONField()
    engine_version = models.CharField(max_length=20)
    created_at = models.DateTimeField(default=timezone.now)
    frozen_on = models.DateField()
    state = models.CharField(max_length=10, choices=RecordState, default=RecordState.ACTIVE)
    deleted_at = models.DateTimeField(null=True, blank=True)
    history = models.BinaryField()
    scale = models.FloatField(default=1)
    band: "models.JSONField[dict[str, Any] | None]" = models.JSONField(null=True)
    no_band = models.TextField(blank=True)
    next_order: "models.JSONField[dict[str, Any] | None]" = models.JSONField(null=True)
    seen_version = models.UUIDField(null=True)
    revised: "models.JSONField[list[str]]" = models.JSONField(default=list)
    skipped: "models.JSONField[list[str]]" = models.JSONField(default=list)
    waiting_for = models.DateField(null=True, blank=True)

    class Meta:
        """Newest first."""

        ordering = ("-created_at",)
        indexes = (models.Index(fields=("symbol", "state"), name="record_of_symbol"),)

    def __str__(self) -> str:
        """Return symbol and name, as lists show it."""
        return f"{self.symbol} {self.name}"


class LiveEntry(models.Model):
    """One session of a live record, written once after its close and never changed.

    Prices and `position`, in shares, are on the scale of the record's history; times and over `scale` they
    are those of that evening. `bars_sha256` names all bars that were decided on. `next_order` is the order
    for the next open.
    """

    record = models.ForeignKey(LiveRecord, on_delete=models.CASCADE, related_name="entries")
    date = models.DateField()
    recorded_at = models.DateTimeField(default=timezone.now)
    open = models.FloatField()
    high = models.FloatField()
    low = models.FloatField()
    close = models.FloatField()
    volume = models.FloatField()
    scale = models.FloatField()
    equity = models.FloatField()
    cash = models.FloatField()
    position = models.FloatField()
    benchmark_equity = models.FloatField()
    bars_sha256 = models.CharField(max_length=64)
    next_order: "models.JSONField[dict[str, Any] | None]" = models.JSONField(null=True)

    class Meta:
        """One entry for each session, whichever worker computed it."""

        ordering = ("date",)
        constraints = (models.UniqueConstraint(fields=("record", "date"), name="one_entry_for_each_session"),)

    def __str__(self) -> str:
        """Return record and session, as lists show it."""
        return f"{self.record_id} {self.date}"
