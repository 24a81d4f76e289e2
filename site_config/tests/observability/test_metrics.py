"""What Prometheus is told, and who else is not."""

import pytest
from django.test import Client, override_settings

from jobs.models import Job

TOKEN = "right"  # noqa: S105 - of these tests

pytestmark = pytest.mark.django_db


def test_without_a_token_in_the_settings_there_is_nothing(visitor: Client) -> None:
    assert visitor.get("/metrics").status_code == 404


@pytest.mark.parametrize("header", ["", "Bearer wrong", "Bearer ", "Basic right"])
@override_settings(METRICS_TOKEN=TOKEN)
def test_who_does_not_send_the_token_is_refused(visitor: Client, header: str) -> None:
    assert visitor.get("/metrics", headers={"Authorization": header}).status_code == 401


@override_settings(METRICS_TOKEN=TOKEN)
def test_requests_are_measured_by_route_and_the_queue_by_state() -> None:
    Job.objects.create(kind="none", subject="")
    client = Client()
    client.get("/jobs/0b2f3c9e-0000-0000-0000-000000000000/")
    told = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    assert 'route="/jobs/<uuid:job_id>/",status="302"' in told
    assert "0b2f3c9e" not in told
    assert 'hindcast_jobs{state="queued"} 1.0' in told
    assert "hindcast_oldest_queued_job_seconds" in told
    assert "hindcast_worker_silence_seconds" in told
