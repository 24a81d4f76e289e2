"""The tokens and history of each user, and the printed reports of all."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from core.permissions import Scope
from core.results import ResultKind

PRINT_REPORT = "print_report"
"""The kind of the jobs that print a report."""


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Tokens, and which of them still open something."""

    def usable(self) -> "ApiTokenQuerySet":
        """Return the tokens that are neither revoked nor expired, of users who may log in."""
        return self.filter(revoked_at=None, user__is_active=True).exclude(expires_at__lte=timezone.now())


class ApiToken(models.Model):
    """A program's key to what its user may do, up to a scope.

    Only the SHA-256 of the secret is stored; the secret has 256 random bits, so that no slow hash is
    needed. `start` is what the secret begins with, by which its owner tells it from others.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=60)
    scope = models.CharField(max_length=10, choices=[(scope.value, scope.value) for scope in Scope])
    start = models.CharField(max_length=20)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        """Newest first."""

        ordering = ("-created_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(scope__in=[scope.value for scope in Scope]),
                name="api_token_scope_is_known",
            ),
        )

    def __str__(self) -> str:
        """Return the name and the start of the secret, as lists show it."""
        return f"{self.name} ({self.start}…)"

    @property
    def has_expired(self) -> bool:
        """Whether its time is over."""
        return self.expires_at is not None and self.expires_at <= timezone.now()


class SavedRun(models.Model):
    """A saved backtest as earlier versions stored it; `HistoryEntry.saved_at` has taken its place.

    The table stays while processes of an earlier version may still run beside this one.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_runs")
    backtest = models.ForeignKey("strategies.Backtest", on_delete=models.CASCADE, related_name="saved_by")
    note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        """Newest first; a user saves a run once."""

        ordering = ("-created_at", "-pk")
        constraints = (models.UniqueConstraint(fields=("user", "backtest"), name="a_user_saves_a_run_once"),)

    def __str__(self) -> str:
        """Return the run and its note, as lists show it."""
        return f"{self.backtest_id} {self.note}".strip()


class HistoryEntry(models.Model):
    """One result that a user has obtained, as the history lists it; without a user, everybody sees it.

    `result_id` names the result among those of its kind. Backtests that follow each other on one symbol by
    one rule share `chain`. `title`, `details`, `outcome` and `figures` repeat what lists show and sort by.
    `name` and `note` are the user's own words; `saved_at` is set while the run is on their list.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="history"
    )
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in ResultKind])
    result_id = models.CharField(max_length=64)
    chain = models.CharField(max_length=64)
    symbol = models.CharField(max_length=15, blank=True)
    rule = models.CharField(max_length=30, blank=True)
    title = models.CharField(max_length=200)
    details = models.TextField(blank=True)
    outcome = models.TextField(blank=True)
    figures: "models.JSONField[dict[str, float | None]]" = models.JSONField(default=dict)
    page = models.CharField(max_length=300)
    name = models.CharField(max_length=80, blank=True)
    note = models.CharField(max_length=500, blank=True)
    saved_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    obtained_at = models.DateTimeField(db_default=Now())

    class Meta:
        """Newest first; a result is listed once for each user."""

        ordering = ("-obtained_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("user", "kind", "result_id"),
                name="a_result_is_listed_once_for_a_user",
                nulls_distinct=False,
            ),
        )
        indexes = (
            models.Index(fields=("user", "-obtained_at"), name="history_newest_first"),
            models.Index(fields=("user", "kind", "-obtained_at"), name="history_newest_of_kind"),
            models.Index(fields=("user", "chain"), name="history_by_chain"),
            models.Index(fields=("kind", "result_id"), name="history_by_result"),
        )

    def __str__(self) -> str:
        """Return kind and title, as lists show it."""
        return f"{self.kind} {self.title}"


class RenderedReport(models.Model):
    """A printed report, or the order for one: shared by all processes and hosts, so that each prints once.

    `key` is the hash of everything that decides the bytes: document, site URL and layout.
    `source` is the published JSON of the document, of which `kind` says what it is. It is needed until
    the report is printed; then `content` has the PDF, and `source` is emptied.
    """

    key = models.CharField(primary_key=True, max_length=64)
    kind = models.CharField(max_length=20)
    source = models.BinaryField()
    site_address = models.TextField()
    content = models.BinaryField(null=True)
    size = models.PositiveIntegerField(default=0)
    ordered_at = models.DateTimeField(db_default=Now())

    class Meta:
        """Newest first."""

        ordering = ("-ordered_at",)
        indexes = (models.Index(fields=("-ordered_at",), name="report_newest_first"),)

    def __str__(self) -> str:
        """Return kind and key."""
        return f"{self.kind} {self.key[:12]}"
