"""What load balancers and containers ask, without a login."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from jobs.models import Worker
from jobs.worker.liveness import SILENT_AFTER, record_heartbeat
from site_config.server import draining


def test_a_living_process_says_so_without_asking_the_database(visitor: Client) -> None:
    answer = visitor.get("/livez")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_a_site_with_its_tables_is_ready(visitor: Client) -> None:
    answer = visitor.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_a_pending_migration_makes_the_site_unready(visitor: Client) -> None:
    newest = MigrationLoader(connection).graph.leaf_nodes("jobs")[0]
    MigrationRecorder(connection).record_unapplied(*newest)
    answer = visitor.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["migrations"] == "pending"


@pytest.mark.django_db
def test_a_server_that_is_about_to_stop_sends_the_load_balancer_elsewhere(visitor: Client) -> None:
    draining.begin()
    try:
        assert visitor.get("/livez").status_code == 200
        answer = visitor.get("/readyz")
    finally:
        draining.end()
    assert (answer.status_code, answer.json()["server"]) == (503, "stopping")
    assert visitor.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_a_worker_that_fell_silent_is_told_without_taking_the_pages_away(visitor: Client) -> None:
    assert visitor.get("/readyz").json()["worker"] == "silent"
    assert visitor.get("/readyz").status_code == 200
    assert visitor.get("/readyz?worker=required").status_code == 503
    record_heartbeat()
    assert visitor.get("/readyz?worker=required").json()["worker"] == "ok"
    Worker.objects.update(seen_at=timezone.now() - timedelta(seconds=SILENT_AFTER + 1))
    assert visitor.get("/readyz?worker=required").json() == {
        "status": "unavailable",
        "database": "ok",
        "migrations": "ok",
        "worker": "silent",
    }


@pytest.mark.django_db
def test_a_beat_written_before_the_clock_was_set_back_does_not_stand_for_a_living_worker(
    visitor: Client,
) -> None:
    record_heartbeat()
    Worker.objects.update(seen_at=timezone.now() + timedelta(hours=5))
    assert visitor.get("/readyz").json()["worker"] == "silent"
    record_heartbeat()
    assert visitor.get("/readyz").json()["worker"] == "ok"
