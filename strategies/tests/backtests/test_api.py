"""The API of backtests, as a client sees it."""

from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from core.documents import published_json
from strategies.backtests.service import find_backtest
from strategies.models import Backtest

pytestmark = pytest.mark.django_db

URL = "/api/v1/backtests"
QUESTION = {"symbol": "AAPL", "fast": 50, "slow": 200}


def post(client: Client, body: Any, url: str = URL) -> Any:
    return client.post(url, body, content_type="application/json")


def test_a_backtest_is_created_once_and_then_found(reader: Client) -> None:
    created = post(reader, QUESTION)
    assert created.status_code == HTTPStatus.CREATED
    again = post(reader, QUESTION)
    assert again.status_code == HTTPStatus.OK
    assert again.content == created.content
    assert created["Location"] == f"{URL}/{created.json()['id']}"
    read = reader.get(created["Location"])
    assert read.status_code == HTTPStatus.OK
    assert read.content == created.content == published_json(find_backtest(created.json()["id"]))


def test_a_slash_at_the_end_of_the_address_does_no_harm(reader: Client) -> None:
    assert post(reader, QUESTION, f"{URL}/").status_code == HTTPStatus.CREATED


def test_an_unchanged_backtest_is_not_sent_twice(reader: Client) -> None:
    url = post(reader, QUESTION)["Location"]
    etag = reader.get(url)["ETag"]
    assert etag.startswith('"')
    unchanged = reader.get(url, headers={"If-None-Match": etag})
    assert unchanged.status_code == HTTPStatus.NOT_MODIFIED
    assert unchanged.content == b""
    other = reader.get(url, headers={"If-None-Match": '"another"'})
    assert other.status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({**QUESTION, "fast": 0}, "fast", "from 1 to 1,000"),
        ({**QUESTION, "fast": 300}, "slow", "longer than the fast one"),
        ({**QUESTION, "initial_investment": 5e-324}, "initial_investment", "from 0.01 to"),
        ({**QUESTION, "start": "2014-01-01"}, "start", "2013-03-01"),
        ({**QUESTION, "end": "2000-04-03"}, "slow", "24 bars"),
        ({**QUESTION, "symbol": "NONE"}, "symbol", "NONE"),
        ({**QUESTION, "surprise": 1}, "surprise", "not permitted"),
        ({"fast": 5}, "symbol", "required"),
    ],
)
def test_bad_input_names_the_field_and_stores_nothing(
    reader: Client, body: dict[str, Any], field: str, words: str
) -> None:
    response = post(reader, body)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert response["Content-Type"] == "application/problem+json"
    (error,) = response.json()["errors"]
    assert error["field"] == field
    assert error["pointer"] == f"/{field}"
    assert words in error["detail"]
    assert not Backtest.objects.exists()


@pytest.mark.parametrize(
    "body", ['{"symbol": "AAPL"', "", "[]", '"AAPL"', "null", '{"symbol": NaN}', b"\xff"]
)
def test_a_malformed_body_is_the_clients_error(reader: Client, body: str | bytes) -> None:
    response = post(reader, body)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["detail"]
    assert not Backtest.objects.exists()


@pytest.mark.parametrize("backtest_id", ["0" * 20, "..", "x" * 5_000])
def test_an_unknown_backtest_is_not_found(reader: Client, backtest_id: str) -> None:
    response = reader.get(f"{URL}/{backtest_id}")
    assert response.status_code == HTTPStatus.NOT_FOUND
    assert "no backtest with this id" in response.json()["detail"]


def test_a_visitor_without_a_login_is_turned_away(visitor: Client) -> None:
    assert post(visitor, QUESTION).status_code == HTTPStatus.UNAUTHORIZED
    assert visitor.get(f"{URL}/{'0' * 20}").status_code == HTTPStatus.UNAUTHORIZED


def test_the_published_api_describes_question_and_answer(reader: Client) -> None:
    document = reader.get("/api/v1/openapi.json").json()
    operation = document["paths"]["/api/v1/backtests"]["post"]
    assert "BacktestParameters" in str(operation["requestBody"])
    assert {"200", "201"} <= set(operation["responses"])
    assert "final_equity" in document["components"]["schemas"]["Metrics"]["properties"]


def test_the_administration_shows_runs_and_changes_none(admin_client: Client) -> None:
    backtest_id = post(admin_client, QUESTION).json()["id"]
    assert backtest_id in admin_client.get("/admin/strategies/backtest/").content.decode()
    page = admin_client.get(f"/admin/strategies/backtest/{backtest_id}/change/")
    assert page.status_code == HTTPStatus.OK
    assert b'name="_save"' not in page.content
    assert admin_client.get("/admin/strategies/backtest/add/").status_code == HTTPStatus.FORBIDDEN
