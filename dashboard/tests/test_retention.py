"""What expires goes, in batches, and nothing else."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.db.models import Model
from django.utils import timezone

from core import retention
from core.audit import AuditAction, record_action
from core.models import AuditEntry
from core.permissions import Scope
from dashboard.history.changes import save_run
from dashboard.models import ApiToken, HistoryEntry
from dashboard.tokens import issue_token, revoke_token
from ingestion.models import ProviderAnswer
from jobs.models import Job, JobState
from jobs.queue import enqueue
from jobs.retention import DELETE_EXPIRED, delete_expired, request_retention
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.service import run_backtest
from strategies.models import Backtest

pytestmark = pytest.mark.django_db

LONG_AGO = timezone.now() - timedelta(days=1000)


def _age(model: type[Model], column: str) -> None:
    model._default_manager.update(**{column: LONG_AGO})


def _delete() -> dict[str, int]:
    result = delete_expired(progress=lambda fraction, step: None)
    assert result is not None
    return dict(result["deleted"])


def test_old_runs_go_unless_somebody_saved_them(user: User) -> None:
    saved, unsaved = (run_backtest(BacktestParameters(symbol="AAPL", fast=fast)).id for fast in (5, 6))
    save_run(user, saved)
    _age(Backtest, "created_at")
    _age(HistoryEntry, "obtained_at")
    new = run_backtest(BacktestParameters(symbol="AAPL", fast=7)).id
    assert _delete()["backtests"] == 1
    left = set(Backtest.objects.values_list("pk", flat=True))
    assert {saved, new} <= left
    assert unsaved not in left


def test_what_was_opened_lately_or_named_stays(user: User) -> None:
    opened, named, neither = (
        run_backtest(BacktestParameters(symbol="AAPL", fast=fast), owner=user).id for fast in (9, 10, 11)
    )
    _age(Backtest, "created_at")
    HistoryEntry.objects.exclude(result_id=opened).update(obtained_at=LONG_AGO)
    HistoryEntry.objects.filter(result_id=named).update(name="my favourite")
    assert _delete()["backtests"] >= 1
    assert set(Backtest.objects.filter(pk__in=(opened, named, neither)).values_list("pk", flat=True)) == {
        opened, named,
    }  # fmt: skip
    assert not HistoryEntry.objects.filter(result_id=neither).exists()


def test_more_than_a_batch_goes_batch_by_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    jobs = [Job(kind="fetch_bars", state=JobState.SUCCEEDED, finished_at=LONG_AGO) for _ in range(5)]
    Job.objects.bulk_create(jobs)
    active = Job.objects.create(kind="fetch_bars", subject="AAPL")
    assert _delete()["finished jobs"] == 5
    assert list(Job.objects.all()) == [active]


def test_tokens_and_responses_that_are_of_no_use_go(user: User) -> None:
    working = issue_token(user, name="works", scope=Scope.READ).token
    revoked = issue_token(user, name="revoked", scope=Scope.READ).token
    revoke_token(user, revoked.pk)
    ApiToken.objects.filter(pk=revoked.pk).update(revoked_at=LONG_AGO)
    ProviderAnswer.objects.create(function="SPLITS", subject="AAPL", body={}, received_at=LONG_AGO)
    deleted = _delete()
    assert deleted["revoked and expired tokens"] == 1
    assert deleted["responses of the provider"] == 1
    assert list(ApiToken.objects.all()) == [working]


def test_the_audit_trail_expires_by_this_job_alone(user: User) -> None:
    record_action(AuditAction.LOGIN, user=user)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_auditentry (at, action, username, address, request_id, subject, details)"
            " VALUES (%s, 'login', 'old', '', '', '', '{}')",
            [LONG_AGO],
        )
    assert _delete()["audit entries"] == 1
    assert list(AuditEntry.objects.values_list("username", flat=True)) == ["reader"]


def test_what_earlier_versions_left_of_django_q2_goes_unread() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_q_task (id, name, func, args, kwargs, result, started, stopped, success,"
            " attempt_count) VALUES ('1', 'x', 'x', '', '', 'no pickle at all', now(), now(), true, 1)"
        )
    assert _delete()["messages and results of django-q2"] == 1


def test_zero_days_keep_everything(settings: object) -> None:
    for name in ("RUNS_KEPT_DAYS", "RECORDS_KEPT_DAYS", "AUDIT_KEPT_DAYS"):
        setattr(settings, name, 0)
    run_backtest(BacktestParameters(symbol="AAPL", fast=8))
    _age(Backtest, "created_at")
    assert set(_delete().values()) == {0}


def test_it_is_asked_for_once_a_day() -> None:
    request_retention()
    request_retention()
    (job,) = Job.objects.filter(kind=DELETE_EXPIRED)
    Job.objects.filter(pk=job.pk).update(
        state=JobState.SUCCEEDED, created_at=LONG_AGO, finished_at=timezone.now()
    )
    request_retention()
    assert Job.objects.filter(kind=DELETE_EXPIRED).count() == 2


def test_an_operator_sees_what_fills_the_database() -> None:
    enqueue("fetch_bars", subject="AAPL")
    printed = StringIO()
    call_command("storage", stdout=printed)
    assert "The database has" in printed.getvalue()
    assert "ingestion_dailybar" in printed.getvalue()
    assert "Unsaved runs are kept for 90 days" in printed.getvalue()
