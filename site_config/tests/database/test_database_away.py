"""What a visitor and a client are told while the database does not answer."""

import json

import pytest

from tests.subprocesses import run_python

ASK = """
import django, json, logging
django.setup()
logging.disable()
from django.test import Client
asked = {
    "page": ("/jobs/", {"Accept": "text/html"}),
    "partial": ("/jobs/", {"HX-Request": "true", "Accept": "text/html"}),
    "api": ("/api/v1/instruments", {}),
    "token": ("/api/v1/instruments", {"Authorization": "Bearer hindcast_x"}),
    "login": ("/login/", {"Accept": "text/html"}),
    "readyz": ("/readyz", {}),
    "livez": ("/livez", {}),
}
client = Client(raise_request_exception=False)
client.cookies["session"] = "0123456789abcdef0123456789abcdef"
answers = {}
for name, (path, headers) in asked.items():
    answer = client.get(path, headers=headers)
    answers[name] = [answer.status_code, answer.headers.get("Retry-After"), answer.content.decode()]
print(json.dumps(answers))
"""


@pytest.fixture(scope="module")
def answers() -> dict[str, tuple[int, str | None, str]]:
    """What a site says whose PostgreSQL does not listen."""
    printed = run_python(
        ASK, DJANGO_SETTINGS_MODULE="tests.settings", POSTGRES_HOST="127.0.0.1", POSTGRES_PORT="9"
    )
    return {name: tuple(answer) for name, answer in json.loads(printed).items()}


@pytest.mark.parametrize("asked", ["page", "partial", "api", "token"])
def test_a_request_is_told_to_come_again(answers: dict[str, tuple[int, str, str]], asked: str) -> None:
    status, retry_after, text = answers[asked]
    assert status == 503
    assert int(retry_after) > 0
    assert "The database does not answer just now. Nothing is lost" in text


def test_each_asker_is_told_in_its_own_form(answers: dict[str, tuple[int, str, str]]) -> None:
    assert "<title>" in answers["page"][2]
    assert "<title>" not in answers["partial"][2]
    assert json.loads(answers["api"][2])["status"] == 503


def test_the_process_lives_and_is_not_ready(answers: dict[str, tuple[int, str, str]]) -> None:
    assert answers["livez"][0] == 200
    assert answers["readyz"][0] == 503
    assert json.loads(answers["readyz"][2])["database"] == "no answer"
