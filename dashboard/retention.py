"""What expires of what people made: runs that nobody keeps, and tokens that open nothing.

Forecasts stay: how they came out over the years is what the scorecard tells.
"""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from core.results import ResultKind
from core.retention import delete_some, expires, records_expire_before, runs_expire_before
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
    return _delete_unkept(Backtest)


@expires("sweeps")
def _delete_sweeps() -> int:
    return _delete_unkept(ParameterSweep)


@expires("sweeps of many symbols")
def _delete_universes() -> int:
    return _delete_unkept(UniverseSweep)


@expires("evaluations of forecasts")
def _delete_evaluations() -> int:
    return _delete_unkept(ForecastEvaluation)


@expires("revoked and expired tokens")
def _delete_tokens() -> int:
    before = records_expire_before()
    if before is None:
        return 0
    return delete_some(ApiToken.objects.filter(Q(revoked_at__lt=before) | Q(expires_at__lt=before)))


def _delete_unkept(model: type[models.Model]) -> int:
    before = runs_expire_before()
    if before is None:
        return 0
    return delete_some(unkept(model).filter(created_at__lt=before))


def unkept(model: type[models.Model]) -> models.QuerySet[models.Model]:
    """Return the runs that nobody saved, named or noted, and that no other table refers to."""
    rows = model._default_manager.all()  # noqa: SLF001 - Django's documented API, as below
    for relation in model._meta.related_objects:  # noqa: SLF001
        if relation.related_model in PARTS:
            continue
        table = relation.related_model._default_manager  # noqa: SLF001
        referring = table.filter(**{relation.field.name: OuterRef("pk")})
        rows = rows.exclude(Exists(referring))
    if model in LISTED_AS:
        listed = HistoryEntry.objects.filter(kind=LISTED_AS[model], result_id=OuterRef("pk"))
        kept = listed.exclude(saved_at=None, name="", note="")
        rows = rows.exclude(Exists(kept))
    return rows


@expires("entries of the history")
def _delete_entries() -> int:
    """Delete the entries of results that have expired, so that none leads nowhere."""
    if runs_expire_before() is None:
        return 0
    expired = HistoryEntry.objects.none()
    for model, kind in LISTED_AS.items():
        stored = model._default_manager.filter(pk=OuterRef("result_id"))  # noqa: SLF001 - as above
        expired |= HistoryEntry.objects.filter(Q(kind=kind) & ~Exists(stored))
    return delete_some(expired)
