"""What expires of what people made: runs that nobody keeps, and tokens that open nothing.

Forecasts stay: how they came out over the years is what the scorecard tells.
"""

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q

from core.results import ResultKind
from core.retention import (
    BATCH,
    delete_some,
    expires,
    records_expire_before,
    runs_expire_before,
)
from dashboard.models import ApiToken, HistoryEntry
from forecasting.models import ForecastEvaluation
from strategies.models import Backtest, ParameterSweep, UniverseMember, UniverseSweep

PARTS: frozenset[type[models.Model]] = frozenset({UniverseMember})
"""What belongs to a run and goes with it; any other row that refers to a run keeps it."""

LISTED_AS: dict[type[models.Model], ResultKind] = {
    Backtest: ResultKind.BACKTEST,
    ParameterSweep: ResultKind.SWEEP,
    UniverseSweep: ResultKind.UNIVERSE,
}
"""What the history calls the runs that expire."""


@expires("backtests")
def _delete_backtests() -> int:
    return _delete_unkept(Backtest, ResultKind.BACKTEST)


@expires("sweeps")
def _delete_sweeps() -> int:
    return _delete_unkept(ParameterSweep, ResultKind.SWEEP)


@expires("sweeps of many symbols")
def _delete_universes() -> int:
    return _delete_unkept(UniverseSweep, ResultKind.UNIVERSE)


@expires("evaluations of forecasts")
def _delete_evaluations() -> int:
    return _delete_unkept(ForecastEvaluation)


@expires("revoked and expired tokens")
def _delete_tokens() -> int:
    before = records_expire_before()
    if before is None:
        return 0
    return delete_some(ApiToken.objects.filter(Q(revoked_at__lt=before) | Q(expires_at__lt=before)))


def _delete_unkept(model: type[models.Model], kind: ResultKind | None = None) -> int:
    """Delete a batch of old runs that nobody keeps, with what the histories say of them."""
    before = runs_expire_before()
    if before is None:
        return 0
    expired = _unreferenced(model).filter(created_at__lt=before)
    if kind is not None:
        kept = Q(saved_at__isnull=False) | Q(obtained_at__gte=before) | ~Q(name="") | ~Q(note="")
        listed = HistoryEntry.objects.filter(kept, kind=kind, result_id=OuterRef("pk"))
        expired = expired.exclude(Exists(listed))
    keys = list(expired.order_by().values_list("pk", flat=True)[:BATCH])
    if not keys:
        return 0
    with transaction.atomic():
        model._default_manager.filter(pk__in=keys).delete()  # noqa: SLF001 - Django's documented API
        if kind is not None:
            HistoryEntry.objects.filter(kind=kind, result_id__in=keys).delete()
    return len(keys)


def _unreferenced(model: type[models.Model]) -> models.QuerySet[models.Model]:
    """Return the runs that no other table refers to."""
    rows = model._default_manager.all()  # noqa: SLF001 - Django's documented API, as below
    for relation in model._meta.related_objects:  # noqa: SLF001
        if relation.related_model in PARTS:
            continue
        table = relation.related_model._default_manager  # noqa: SLF001
        referring = table.filter(**{relation.field.name: OuterRef("pk")})
        rows = rows.exclude(Exists(referring))
    return rows
