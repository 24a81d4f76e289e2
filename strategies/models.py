"""The tables of backtests and sweeps that were run."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


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
