"""Long lists: every row once, in order, however the list grows meanwhile."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from core.pagination import page_of
from jobs.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def jobs() -> list[Job]:
    now = timezone.now()
    # Pairs of equal age, so that the key decides between them.
    made = [
        Job(kind="count", subject=str(age), created_at=now - timedelta(hours=age // 2)) for age in range(9)
    ]
    return Job.objects.bulk_create(made)


def read(client: Client, **query: str) -> list[str]:
    seen: list[str] = []
    cursor: str | None = None
    while True:
        asked = query | ({"cursor": cursor} if cursor else {})
        page = client.get("/api/v1/jobs", asked).json()
        seen += [job["id"] for job in page["items"]]
        cursor = page["next"]
        if cursor is None:
            return seen


@pytest.mark.parametrize("limit", ["1", "2", "4", "9", "200"])
def test_pages_together_are_the_whole_list_newest_first(reader: Client, jobs: list[Job], limit: str) -> None:
    expected = sorted(jobs, key=lambda job: (-job.created_at.timestamp(), job.pk))
    assert read(reader, limit=limit) == [str(job.pk) for job in expected]


def test_a_row_that_comes_meanwhile_shifts_nothing(jobs: list[Job]) -> None:
    first = page_of(Job.objects.all(), cursor=None, limit=4)
    Job.objects.create(kind="count", subject="new")
    second = page_of(Job.objects.all(), cursor=first.next, limit=200)
    assert len({job.pk for job in (*first.rows, *second.rows)}) == len(jobs)


def test_a_list_can_be_narrowed(reader: Client, jobs: list[Job]) -> None:
    Job.objects.filter(pk=jobs[0].pk).update(state="failed")
    Job.objects.filter(pk=jobs[1].pk).update(kind="other")
    assert read(reader, state="failed") == [str(jobs[0].pk)]
    assert read(reader, kind="other", limit="1") == [str(jobs[1].pk)]


@pytest.mark.parametrize(
    "cursor", ["x", "%00", "bm9uZQ", "MjAxMy0wMy0wMSB6eg", "MjAxMy0wMy0wMSAxMjM", "9" * 200, "\u00e9"]
)
def test_what_is_no_cursor_is_refused_in_words(reader: Client, cursor: str) -> None:
    answer = reader.get("/api/v1/jobs", {"cursor": cursor})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "cursor"
    assert "no cursor of this list" in answer.json()["detail"]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "many"])
def test_a_page_has_a_reasonable_length(reader: Client, limit: str) -> None:
    assert reader.get("/api/v1/jobs", {"limit": limit}).status_code == 422


@pytest.mark.usefixtures("jobs")
def test_an_active_job_says_when_to_look_again(reader: Client) -> None:
    job = Job.objects.all()[0]
    assert reader.get(f"/api/v1/jobs/{job.pk}").headers["Retry-After"] == "2"
    Job.objects.filter(pk=job.pk).update(state="succeeded")
    assert "Retry-After" not in reader.get(f"/api/v1/jobs/{job.pk}").headers
