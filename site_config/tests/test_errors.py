"""What a client and a visitor are told when something is wrong."""

import json
import re
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from pydantic import BaseModel

from core.errors import Unavailable
from core.models import Bucket
from forecasting.parameters import EvaluationParameters, ForecastParameters
from site_config import urls
from strategies.backtests.parameters import BacktestParameters
from strategies.sweeps.parameters import SweepParameters
from strategies.universes.schemas import UniverseParameters


def _post(client: Client, address: str, body: object) -> tuple[int, dict[str, object]]:
    text = body if isinstance(body, str) else json.dumps(body)
    answer = client.post(address, text, content_type="application/json")
    assert answer["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()


@pytest.mark.parametrize("address", ["/api/v1/backtests", "/api/v1/forecasts"])
@pytest.mark.parametrize("body", ["{", "", "[1]", '"AAPL"', "null", "{}", '{"symbol": 5}'])
def test_a_body_that_is_no_request_is_told_so(operator: Client, address: str, body: str) -> None:
    status, problem = _post(operator, address, body)
    assert status == 422
    assert problem["title"] == "Unprocessable Content"
    assert len(str(problem["detail"])) > 10


def test_each_wrong_field_is_named_with_a_pointer(operator: Client) -> None:
    status, problem = _post(
        operator, "/api/v1/backtests", {"symbol": "AAPL", "initial_investment": -1, "fast": 50, "slow": 20}
    )
    assert status == 422
    errors = {error["pointer"]: error["detail"] for error in problem["errors"]}  # type: ignore[attr-defined]
    assert set(errors) == {"/initial_investment", "/slow"}
    assert errors["/slow"] == "The slow window must be longer than the fast one, 50 bars."


def test_an_unknown_address_of_the_api_is_a_problem_document(operator: Client) -> None:
    answer = operator.get("/api/v1/backtests/0123456789abcdef")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_an_unknown_page_is_a_page_that_leads_on(operator: Client) -> None:
    answer = operator.get("/nowhere/", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "Page not found" in answer.content.decode()


def _unforeseen(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("the secret detail")


def _unavailable(request: HttpRequest) -> HttpResponse:
    raise Unavailable("The provider does not answer. Try again in a minute.")


# This module serves as the URL configuration of the tests below.
handler500 = urls.handler500
urlpatterns = [
    path("unforeseen", _unforeseen),
    path("unavailable", _unavailable),
    *urls.urlpatterns,
]


@override_settings(ROOT_URLCONF=__name__)
def test_an_unforeseen_error_shows_a_reference_and_keeps_its_detail(
    operator: Client, caplog: pytest.LogCaptureFixture
) -> None:
    operator.raise_request_exception = False
    answer = operator.get("/unforeseen")
    text = answer.content.decode()
    assert answer.status_code == 500
    assert "the secret detail" not in text
    assert f"Reference {answer['X-Request-ID']}" in text
    assert "the secret detail" in caplog.text


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize(
    ("accept", "content_type"),
    [("text/html", "text/html; charset=utf-8"), ("application/json", "application/problem+json")],
)
def test_an_error_for_people_is_told_in_the_form_they_asked_for(
    operator: Client, accept: str, content_type: str
) -> None:
    answer = operator.get("/unavailable", headers={"Accept": accept})
    assert answer.status_code == 503
    assert answer["Content-Type"] == content_type
    assert "The provider does not answer. Try again in a minute." in answer.content.decode()


def test_a_form_of_a_page_left_open_too_long_is_told_to_reload(user: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    answer = client.post("/logout/", headers={"Accept": "text/html"})
    assert answer.status_code == 403
    assert "Reload it, then send the form again." in answer.content.decode()


def test_a_body_that_is_too_large_is_told_so(operator: Client) -> None:
    body = '{"symbol": "' + "A" * 3_000_000 + '"}'
    status, problem = _post(operator, "/api/v1/backtests", body)
    assert (status, problem["detail"]) == (413, "The body is larger than any request needs: 64 KB.")


def test_a_method_that_the_api_does_not_know_is_a_problem_document(operator: Client) -> None:
    answer = operator.delete("/api/v1/backtests")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, POST")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"] == "DELETE is not possible here. Use GET, POST."


@override_settings(
    ROOT_URLCONF=__name__,
    STORAGES={"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}},
)
def test_when_even_the_error_page_fails_words_and_reference_remain(operator: Client, tmp_path: Path) -> None:
    operator.raise_request_exception = False
    with override_settings(STATIC_ROOT=tmp_path):
        answer = operator.get("/unforeseen")
    assert (answer.status_code, answer["Content-Type"]) == (500, "text/plain; charset=utf-8")
    assert f"Reference {answer['X-Request-ID']}" in answer.content.decode()


WRONG_VALUES: list[object] = ["abc", "", -1e300, 1.5, True, [], {}, None, ["x"], {"start": "x"}]
NOT_OUR_WORDS = re.compile(
    r"Input should|valid (integer|number|string|date|dict|list)|are not permitted|Value error|ensure this"
    r"|menu|\bclick\b|\bpress\b|\bbutton\b|this page",
    re.IGNORECASE,
)
"""How pydantic would say it, and what only a reader of a page can follow."""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("url", "parameters"),
    [
        ("/api/v1/backtests", BacktestParameters),
        ("/api/v1/sweeps", SweepParameters),
        ("/api/v1/universes", UniverseParameters),
        ("/api/v1/forecasts", ForecastParameters),
        ("/api/v1/evaluations", EvaluationParameters),
    ],
)
def test_every_wrong_value_is_told_in_our_words(
    operator: Client, url: str, parameters: type[BaseModel]
) -> None:
    told = set()
    for name in [*parameters.model_fields, "unheard_of"]:
        for value in WRONG_VALUES:
            Bucket.objects.all().delete()
            response = operator.post(url, {"symbol": "ZZZZ", name: value}, content_type="application/json")
            if response.status_code == 422:
                told.add(f"{name}={value!r}: {response.json()['detail']}")
    assert len(told) > len(parameters.model_fields)
    assert [words for words in sorted(told) if NOT_OUR_WORDS.search(words)] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "url",
    [
        "/api/v1/nowhere",
        "/api/v1/jobs/abc",
        "/api/v1/jobs?limit=many",
        "/api/v1/jobs?state=lost",
        "/api/v1/instruments/AAPL/bars?start=soon",
        "/api/v1/instruments/AAPL/bars?adjustment=all",
        "/api/v1/scorecards/AAPL?model=best",
        "/api/v1/schemas/none.json",
    ],
)
def test_a_wrong_url_of_the_api_is_told_in_our_words(reader: Client, url: str) -> None:
    response = reader.get(url)
    assert response.status_code in {404, 422}
    assert response["Content-Type"] == "application/problem+json"
    assert not NOT_OUR_WORDS.search(response.json()["detail"]), response.json()["detail"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("url", "possible"),
    [
        ("/api/v1/instruments?limit=2", "none"),
        ("/api/v1/instruments/AAPL/bars?limit=2", "adjustment, end, start"),
        ("/api/v1/quota?limit=2", "none"),
        ("/api/v1/jobs?limit=2&kinds=x", "cursor, kind, limit, state"),
    ],
)
def test_a_query_parameter_that_does_not_exist_is_refused_by_name(
    reader: Client, url: str, possible: str
) -> None:
    problem = reader.get(url)
    assert problem.status_code == 422
    name = "kinds" if "kinds" in url else "limit"
    assert problem.json()["errors"][0]["field"] == name
    assert problem.json()["detail"].endswith(f"Possible here: {possible}.")
