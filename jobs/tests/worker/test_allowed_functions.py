"""Somebody who can write to the database but not to the server tries to make a worker run their code."""

import multiprocessing
import os
import pickle
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django_q import monitor, worker
from django_q.conf import Conf
from django_q.models import Task

from jobs.worker import allowed_functions


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker as the command `qcluster` prepares it, for one test."""
    monkeypatch.setattr(worker, "pydoc", worker.pydoc)
    monkeypatch.setattr(monitor, "save_task", monitor.save_task)
    monkeypatch.setattr(worker.post_spawn, "receivers", [])  # no periodic work in the tests' own process
    monkeypatch.setattr(worker.post_spawn, "sender_receivers_cache", {})
    allowed_functions.install()


def _worked_on(**task: Any) -> dict[str, Any]:
    """Let django-q2's worker take one task, and return what it made of it."""
    tasks: multiprocessing.Queue[Any] = multiprocessing.Queue()
    results: multiprocessing.Queue[Any] = multiprocessing.Queue()
    tasks.put({"id": "1", "name": "planted", "args": (), "kwargs": {}, "sync": True, **task})
    tasks.put("STOP")
    with pytest.raises(ValueError, match="is not defined"):  # a synchronous task raises what went wrong
        worker.worker(tasks, results, multiprocessing.Value("f", -1))
    return task


@pytest.mark.usefixtures("installed")
def test_a_message_that_names_another_function_runs_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    proof = tmp_path / "proof"
    _worked_on(func="os.system", args=(f"touch {proof}",))
    assert not proof.exists()
    assert "names the function 'os.system', which no message may" in caplog.text


def test_messages_of_this_version_and_of_the_one_before_are_carried_out() -> None:
    assert allowed_functions.locate("jobs.worker.run.run_next") is not None
    assert allowed_functions.locate("jobs.running.run_next") is not None


def test_schedules_are_not_looked_at() -> None:
    assert Conf.SCHEDULER is False


class _Hostile:
    """Something that runs a command when it is unpickled."""

    def __init__(self, proof: Path) -> None:
        self._proof = proof

    def __reduce__(self) -> tuple[Any, ...]:
        return (os.system, (f"touch {self._proof}",))


@pytest.mark.django_db
@pytest.mark.usefixtures("installed")
def test_a_planted_result_is_neither_read_nor_is_another_kept(tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    _plant("task-1", "next job", _Hostile(proof))
    monitor.save_task(
        {"id": "task-1", "name": "next job", "func": "x", "success": False, "result": "failed", "ack_id": 1},
        None,
    )
    assert not proof.exists()
    assert Task.objects.count() == 1


def _plant(task_id: str, name: str, result: object) -> None:
    from base64 import b64encode

    pickled = b64encode(pickle.dumps(result)).decode()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_q_task"
            " (id, name, func, args, kwargs, result, started, stopped, success, attempt_count)"
            " VALUES (%s, %s, 'x', '', '', %s, now(), now(), true, 1)",
            [task_id, name, pickled],
        )


@pytest.mark.parametrize("model", ["schedule", "success", "failure", "ormq"])
@pytest.mark.django_db
def test_the_administration_shows_nothing_of_django_q2(model: str) -> None:
    User.objects.create_superuser("root", password="a long enough phrase")  # noqa: S106
    administrator = Client()
    administrator.force_login(User.objects.get(username="root"))
    assert administrator.get(f"/admin/django_q/{model}/").status_code == 404
    assert administrator.get(f"/admin/django_q/{model}/add/").status_code == 404
