import pytest
from django.contrib.auth.models import User
from django.test import Client

from forecasting.models import Forecast
from forecasting.tests.factories import SAMPLE_ISSUE
from forecasting.training.service import train_model
from jobs.models import Job
from jobs.worker.run import run_job

pytestmark = pytest.mark.django_db

FORECASTS = "/api/v1/forecasts"
MODELS = "/api/v1/models"


def test_a_new_forecast_is_created_and_the_same_question_finds_it(reader: Client) -> None:
    question = {"symbol": "IBM", "horizon": 5}
    created = reader.post(FORECASTS, question, content_type="application/json")
    assert created.status_code == 201
    again = reader.post(FORECASTS, question, content_type="application/json")
    assert again.status_code == 200
    assert again["Location"] == created["Location"] == f"{FORECASTS}/{created.json()['id']}"
    assert again.content == created.content == reader.get(created["Location"]).content


def test_the_document_has_the_shape_that_clients_rely_on(reader: Client) -> None:
    document = reader.post(FORECASTS, {"symbol": "IBM"}, content_type="application/json").json()
    assert {"schema", "id", "issued_on", "last_close", "model", "points", "scorecard"} <= document.keys()
    assert document["schema"] == "hindcast.forecast"
    assert len(document["points"]) == 30
    assert document["points"][0].keys() == {
        "date",
        "median",
        "low_80",
        "high_80",
        "low_95",
        "high_95",
        "probability_above_last_close",
        "actual",
    }
    assert document["links"]["json"] == f"/forecasts/{document['id']}.json"


def test_an_unchanged_forecast_is_not_sent_again(reader: Client) -> None:
    created = reader.post(FORECASTS, {"symbol": "IBM"}, content_type="application/json")
    url = created["Location"]
    fresh = reader.get(url)
    assert not fresh["ETag"].startswith("W/")
    unchanged = reader.get(url, headers={"If-None-Match": fresh["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ({"symbol": "NOPE"}, "symbol"),
        ({"symbol": "not a symbol"}, "symbol"),
        ({"symbol": "IBM", "horizon": 61}, "horizon"),
        ({"symbol": "IBM", "model": "best"}, "model"),
        ({"symbol": "IBM", "model": "symbol"}, "model"),
        ({"symbol": "IBM", "as_of": "1999-01-01"}, "as_of"),
        ({"symbol": "IBM", "as_of": "yesterday"}, "as_of"),
        ({"symbol": "IBM", "days": 5}, "days"),
        ({}, "symbol"),
    ],
)
def test_bad_input_is_answered_with_the_field_and_stores_nothing(
    reader: Client, question: dict[str, object], field: str
) -> None:
    response = reader.post(FORECASTS, question, content_type="application/json")
    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"
    assert [error["field"] for error in response.json()["errors"]] == [field]
    assert not Forecast.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("horizon", 61, "Give a whole number of sessions from 1 to 60."),
        ("horizon", "soon", "Give a whole number of sessions from 1 to 60."),
        ("as_of", "yesterday", "Give a day as year-month-day"),
        ("symbol", "not a symbol", "Give a ticker symbol"),
    ],
)
def test_bad_input_is_answered_with_what_would_be_good(
    reader: Client, field: str, value: object, words: str
) -> None:
    response = reader.post(FORECASTS, {"symbol": "IBM", field: value}, content_type="application/json")
    (error,) = response.json()["errors"]
    assert error["detail"].startswith(words)


def test_a_malformed_body_is_refused_with_the_reason(reader: Client) -> None:
    response = reader.post(FORECASTS, "{", content_type="application/json")
    assert response.status_code == 422
    assert "JSON" in response.json()["detail"]


@pytest.mark.parametrize("forecast_id", ["0" * 20, "..", "x" * 5_000])
def test_an_unknown_forecast_is_not_found(reader: Client, forecast_id: str) -> None:
    response = reader.get(f"{FORECASTS}/{forecast_id}")
    assert response.status_code == 404
    assert "no forecast with this id" in response.json()["detail"]


def test_a_visitor_without_a_login_gets_nothing(visitor: Client) -> None:
    assert visitor.get(MODELS).status_code == 401
    assert visitor.post(FORECASTS, {"symbol": "IBM"}, content_type="application/json").status_code == 401


def test_only_staff_may_train(reader: Client) -> None:
    assert reader.post(f"{MODELS}/IBM/train").status_code == 403
    assert not Job.objects.exists()


def test_training_is_a_job_whose_result_names_the_model(operator: Client) -> None:
    response = operator.post(f"{MODELS}/ibm/train")
    assert response.status_code == 202
    assert response["Location"] == f"/api/v1/jobs/{response.json()['id']}"
    assert operator.post(f"{MODELS}/IBM/train").json()["id"] == response.json()["id"]
    run_job(response.json()["id"])
    done = operator.get(response["Location"]).json()
    assert (done["kind"], done["subject"], done["state"]) == ("train_model", "IBM", "succeeded")
    assert done["result"]["version"] == train_model("IBM").version
    (listed,) = [model for model in operator.get(MODELS).json() if model["symbol"] == "IBM"]
    assert listed["version"] == done["result"]["version"]
    assert listed["trained_through"] == SAMPLE_ISSUE.isoformat()


def test_training_a_symbol_without_bars_starts_no_job(operator: Client) -> None:
    response = operator.post(f"{MODELS}/NOPE/train")
    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "symbol")
    assert not Job.objects.exists()


def test_a_symbol_with_too_few_bars_fails_its_job_with_the_reason(operator: Client) -> None:
    job_id = operator.post(f"{MODELS}/FB/train").json()["id"]
    run_job(job_id)
    job = Job.objects.get(pk=job_id)
    assert job.state == "failed"
    assert "504 closes" in job.error


def test_the_administration_shows_models_and_forecasts_and_changes_none(client: Client) -> None:
    client.force_login(User.objects.create_superuser("admin"))
    client.post(FORECASTS, {"symbol": "IBM"}, content_type="application/json")
    for table in ("trainedmodel", "forecast"):
        assert client.get(f"/admin/forecasting/{table}/").status_code == 200
        assert client.get(f"/admin/forecasting/{table}/add/").status_code == 403
