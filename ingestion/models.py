"""The tables of market data: raw bars as traded, what changed about them, and what adjusts them."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class Source(models.TextChoices):
    """Where an instrument's bars come from."""

    SAMPLE = "sample", "Sample data"
    ALPHA_VANTAGE = "alpha_vantage", "Alpha Vantage"
    TIINGO = "tiingo", "Tiingo"
    FILE = "file", "File"


PROVIDERS = (Source.ALPHA_VANTAGE, Source.TIINGO)
"""Sources that are requested over the network."""


class ActionKind(models.TextChoices):
    """What a corporate action does to the price."""

    SPLIT = "split"
    DIVIDEND = "dividend"


class Instrument(models.Model):
    """A listed share whose daily bars are stored. All its bars have its one source.

    `exchange` is an ISO 10383 code, `currency` the one that prices are quoted in. `fetched_at` is when
    the source was last asked for bars, `actions_fetched_at` when for splits and dividends, and
    `full_history_at` when it last sent all bars that it has; null: never. `version` is another one after
    every change of this row, of its bars or of its actions: triggers in the database see to that, whoever
    writes.
    """

    symbol = models.CharField(max_length=15, unique=True)
    name = models.CharField(max_length=200)
    exchange = models.CharField(max_length=10)
    currency = models.CharField(max_length=3)
    source = models.CharField(max_length=20, choices=Source)
    fetched_at = models.DateTimeField()
    actions_fetched_at = models.DateTimeField(null=True, blank=True)
    full_history_at = models.DateTimeField(null=True, blank=True)
    version = models.UUIDField(db_default=RandomUUID(), editable=False)

    class Meta:
        """Listed by symbol."""

        ordering = ("symbol",)
        constraints = (
            models.CheckConstraint(condition=Q(source__in=Source.values), name="instrument_source_is_known"),
        )

    def __str__(self) -> str:
        """Return the symbol."""
        return self.symbol


class InstrumentExtent(models.Model):
    """What is known of an instrument's bars without reading them; an instrument without bars has none.

    Triggers in the database write it whenever bars or corporate actions change, whoever writes them.
    `days` are the dates of all bars as days since 1970, four bytes each, most significant first.
    `content_sha256` is a hash of bars and actions: equal content, equal hash, whenever it was fetched.
    """

    instrument = models.OneToOneField(
        Instrument, on_delete=models.CASCADE, primary_key=True, related_name="extent"
    )
    bars = models.PositiveIntegerField()
    first = models.DateField()
    last = models.DateField()
    last_final = models.DateField(null=True)
    provisional_on = models.DateField(null=True)
    last_close = models.FloatField()
    previous_close = models.FloatField(null=True)
    days = models.BinaryField()
    content_sha256 = models.CharField(max_length=64)

    def __str__(self) -> str:
        """Return the period."""
        return f"{self.first} to {self.last}"


class DailyBar(models.Model):
    """One session's prices in the instrument's currency and its volume in shares, raw as traded.

    Prices and volume have as many digits as were delivered: 0.00002345 and 0.4 of a coin stay what they are.

    `provisional`: it was fetched before its session had closed, so that later values replace it.
    """

    pk = models.CompositePrimaryKey("instrument_id", "date")
    # The primary key serves every look-up by instrument; an index of its own would only cost space.
    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="bars", db_index=False)
    date = models.DateField()
    open = models.DecimalField()
    high = models.DecimalField()
    low = models.DecimalField()
    close = models.DecimalField()
    volume = models.DecimalField()
    source = models.CharField(max_length=20, choices=Source)
    provisional = models.BooleanField(default=False)
    fetched_at = models.DateTimeField()

    class Meta:
        """Constraints: a bar that cannot have been traded is never stored."""

        constraints = (
            models.CheckConstraint(condition=Q(low__gt=0), name="bar_prices_are_positive"),
            models.CheckConstraint(
                condition=Q(
                    low__lte=F("open"), open__lte=F("high"), close__gte=F("low"), close__lte=F("high")
                ),
                name="bar_open_and_close_lie_in_range",
            ),
            models.CheckConstraint(condition=Q(volume__gte=0), name="bar_volume_is_not_negative"),
        )

    def __str__(self) -> str:
        """Return date and close."""
        return f"{self.date} {self.close}"


class BarRevision(models.Model):
    """A value of a finished session that a later fetch found changed."""

    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="revisions")
    date = models.DateField()
    column = models.CharField(max_length=6)
    old_value = models.DecimalField()
    new_value = models.DecimalField()
    recorded_at = models.DateTimeField()

    class Meta:
        """Newest first."""

        ordering = ("-recorded_at", "-date")

    def __str__(self) -> str:
        """Return what changed."""
        return f"{self.date} {self.column}: {self.old_value} to {self.new_value}"


class CorporateAction(models.Model):
    """A split or a cash dividend, effective before the open of `date`.

    `value` is the number of new shares for one old share (2 for 2:1, 0.1 for a 1:10 reverse split), or
    the dividend in the instrument's currency for one share as it was on that day.

    `recorded_by_hand`: a person recorded it for a step of the price; a fetch does not withdraw it.
    """

    # The unique constraint's index serves every look-up by instrument.
    instrument = models.ForeignKey(
        Instrument, on_delete=models.CASCADE, related_name="actions", db_index=False
    )
    date = models.DateField()
    kind = models.CharField(max_length=8, choices=ActionKind)
    value = models.DecimalField(max_digits=20, decimal_places=10)
    recorded_by_hand = models.BooleanField(default=False, db_default=False)

    class Meta:
        """Constraints: one action of a kind on a day; dividends of one day are summed."""

        ordering = ("date", "kind")
        constraints = (
            models.UniqueConstraint(fields=("instrument", "date", "kind"), name="one_action_of_a_kind_a_day"),
            models.CheckConstraint(condition=Q(value__gt=0), name="action_value_is_positive"),
            models.CheckConstraint(condition=Q(kind__in=ActionKind.values), name="action_kind_is_known"),
        )

    def __str__(self) -> str:
        """Return kind, value and date."""
        return f"{self.kind} {self.value.normalize():f} on {self.date}"


class WatchedInstrument(models.Model):
    """An instrument on a user's watch list. The schedule keeps what anybody watches up to date."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="watched", db_index=False
    )
    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="watchers")
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        """Constraints: an instrument stands on a list once."""

        ordering = ("instrument__symbol",)
        constraints = (
            models.UniqueConstraint(fields=("user", "instrument"), name="an_instrument_is_watched_once"),
        )

    def __str__(self) -> str:
        """Return the symbol."""
        return self.instrument.symbol


class QuarantinedBar(models.Model):
    """A bar that its source sent and that is kept out of the prices, with the reason.

    `row` is the bar as received. When a later fetch brings an acceptable bar of the day, this one goes.
    """

    instrument = models.ForeignKey(
        Instrument, on_delete=models.CASCADE, related_name="quarantined", db_index=False
    )
    date = models.DateField()
    row = models.CharField(max_length=200)
    reason = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()

    class Meta:
        """Constraints: the latest of a day's replaces the others."""

        ordering = ("date",)
        constraints = (
            models.UniqueConstraint(fields=("instrument", "date"), name="one_quarantined_bar_a_day"),
        )

    def __str__(self) -> str:
        """Return the day and the reason."""
        return f"{self.date}: {self.reason}"


class ProviderAnswer(models.Model):
    """An answer of the provider that cost a request and may be needed again.

    `subject` is the symbol or the words searched for. `body` is the answer's JSON; it holds no API key.
    """

    function = models.CharField(max_length=40)
    subject = models.CharField(max_length=60)
    body: "models.JSONField[dict[str, Any]]" = models.JSONField()
    received_at = models.DateTimeField()

    class Meta:
        """Constraints: the latest answer replaces the others."""

        constraints = (
            models.UniqueConstraint(fields=("function", "subject"), name="one_answer_to_a_question"),
        )

    def __str__(self) -> str:
        """Return the question."""
        return f"{self.function} {self.subject}"


class ImportMapping(models.Model):
    """What a person said about a kind of file, under a name, to be used again.

    `words`: of `import_request`, such as columns and decimal mark.
    """

    name = models.CharField(max_length=60, unique=True)
    words = models.JSONField()

    class Meta:
        """Listed by name."""

        ordering = ("name",)

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class Upload(models.Model):
    """A file that a worker will read: here, because web server and worker may be on different machines."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80)
    size = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        """Return the file's name."""
        return self.name


class UploadChunk(models.Model):
    """A piece of a file; `number` counts from zero."""

    pk = models.CompositePrimaryKey("upload_id", "number")
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="chunks", db_index=False)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    def __str__(self) -> str:
        """Return which piece it is."""
        return f"{self.upload_id} {self.number}"


class ApiQuota(models.Model):
    """What is known about one API key of the provider, and when it may be used next.

    `key_hash` is the SHA-256 of the key: the key itself is stored nowhere. `used` counts the requests
    reserved on `day`, which begins at `day_begins_at` (UTC): the provider does not say when its day does,
    so midnight is assumed until the first request after a refusal has told. `exhausted_until` is set when
    the provider says that the day's requests are used up, to the time of the next probe. `full_history` is
    whether the key may ask for more than the latest 100 bars; null until it was tried.
    """

    key_hash = models.CharField(max_length=64, primary_key=True)
    day = models.DateField()
    used = models.PositiveIntegerField(default=0)
    next_request_at = models.DateTimeField()
    day_begins_at = models.TimeField(null=True, blank=True)
    exhausted_until = models.DateTimeField(null=True, blank=True)
    full_history = models.BooleanField(null=True, blank=True)

    class Meta:
        """Named for the administration."""

        verbose_name = "API quota"

    def __str__(self) -> str:
        """Return enough of the hash to tell keys apart."""
        return f"key {self.key_hash[:8]}"
