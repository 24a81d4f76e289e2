"""Whose turn it is when several users want work."""

import uuid

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from core.context import user_id_set
from jobs.models import Job, JobState, Worker
from jobs.queue import enqueue
from jobs.worker.fair_share import in_turn

pytestmark = pytest.mark.django_db


def _ask(user: User | None, number: int = 1, *, priority: int = 1000) -> list[Job]:
    with user_id_set(user.pk if user else None):
        return [
            enqueue("fetch_bars", subject=uuid.uuid4().hex[:12], priority=priority) for _ in range(number)
        ]


def _run(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, heartbeat=timezone.now())


def _next() -> Job | None:
    return in_turn(Job.objects.due()).first()


def _workers(number: int) -> None:
    for name in range(number):
        Worker.objects.create(name=f"host:{name}", seen_at=timezone.now())


def test_who_has_least_running_is_next(user: User, staff: User) -> None:
    _workers(4)
    first, *_ = _ask(user, 3)
    _run(first)
    (later,) = _ask(staff)
    assert _next() == later


def test_more_urgent_work_goes_first_whoever_asks(user: User, staff: User) -> None:
    _workers(4)
    first, *_ = _ask(user, 2)
    _run(first)
    _ask(staff)
    (urgent,) = _ask(user, priority=2000)
    assert _next() == urgent


def test_nobody_has_all_the_workers_while_others_want_one(user: User, staff: User) -> None:
    _workers(2)
    first, *_ = _ask(user, 4)
    (others,) = _ask(staff)
    Job.objects.filter(pk=others.pk).update(state=JobState.SUCCEEDED)  # and may want another at any time
    _run(first)
    assert _next() is None
    (another,) = _ask(staff)
    assert _next() == another


def test_who_is_alone_has_all_of_them(user: User) -> None:
    _workers(2)
    first, second, *_ = _ask(user, 3)
    _run(first)
    assert _next() == second


def test_what_nobody_asked_for_by_name_is_not_held_back(user: User, staff: User) -> None:
    _workers(2)
    _ask(user)
    _run(_ask(staff)[0])
    for job in _ask(None, 2):
        _run(job)
    (more,) = _ask(None)
    assert more in in_turn(Job.objects.due())


def test_a_user_stops_their_own_job_and_no_other(reader: Client, user: User, staff: User) -> None:
    (own,), (others,) = _ask(user), _ask(staff)
    assert reader.post(f"/api/v1/jobs/{own.pk}/cancel").json()["state"] == "cancelled"
    assert reader.post(f"/api/v1/jobs/{others.pk}/cancel").status_code == 403
    assert reader.post(f"/jobs/{others.pk}/cancel/").status_code == 403
    assert reader.post(f"/api/v1/jobs/{own.pk}/resume").status_code == 403
    (active,) = _ask(user)
    for job, offered in ((active, True), (others, False)):
        page = reader.get(f"/jobs/{job.pk}/").content.decode()
        assert (f'action="/jobs/{job.pk}/cancel/"' in page) is offered


def test_a_request_s_jobs_belong_to_its_user(operator: Client, staff: User) -> None:
    job = operator.post("/api/v1/instruments/AAPL/fetch").json()["id"]
    assert Job.objects.get(pk=job).requested_by == staff
