"""The API of market data, through the whole site."""

import pytest
from django.test import Client

from jobs.models import Job

pytestmark = pytest.mark.django_db

ROOT = "/api/v1/instruments"


def test_instruments_are_listed_and_read(reader: Client) -> None:
    listed = reader.get(ROOT).json()
    assert reader.get(f"{ROOT}/").json() == listed
    assert [row["symbol"] for row in listed] == ["AAPL", "FB", "GOOG", "IBM", "MSFT"]
    assert reader.get(f"{ROOT}/aapl").json() == listed[0]
    assert listed[0]["last"] == "2013-03-01"
    assert listed[0]["is_sample"] is True


def test_bars_are_columns(reader: Client) -> None:
    answer = reader.get(f"{ROOT}/AAPL/bars", {"start": "2005-02-25", "end": "2005-03-01"})
    assert answer.json() == {
        "symbol": "AAPL",
        "adjustment": "splits",
        "dates": ["2005-02-25", "2005-02-28", "2005-03-01"],
        "open": [44.81, 44.68, 44.99],
        "high": [44.955, 45.14, 45.11],
        "low": [44.095, 43.96, 44.16],
        "close": [44.495, 44.86, 44.5],
        "volume": [32696800, 11635900, 16721000],
    }


def test_raw_bars_are_as_traded(reader: Client) -> None:
    bars = reader.get(f"{ROOT}/AAPL/bars", {"end": "2000-03-01", "adjustment": "none"}).json()
    assert (bars["adjustment"], bars["close"], bars["volume"]) == ("none", [130.31], [9616100])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"start": "2010-01-04", "end": "2009-01-04"}, "end"),
        ({"start": "2010-13-01"}, "start"),
        ({"end": "yesterday"}, "end"),
        ({"start": "2030-01-01"}, "start"),
        ({"adjustment": "total"}, "adjustment"),
    ],
)
def test_a_bad_range_is_answered_at_its_field(reader: Client, query: dict[str, str], field: str) -> None:
    answer = reader.get(f"{ROOT}/AAPL/bars", query)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("path", ["XYZ", "XYZ/bars"])
def test_an_unknown_symbol_is_not_found(reader: Client, path: str) -> None:
    answer = reader.get(f"{ROOT}/{path}")
    assert answer.status_code == 404
    assert "No bars of XYZ are stored" in answer.json()["detail"]


def test_staff_queue_a_fetch_and_are_told_where_to_look(operator: Client, no_key: None) -> None:
    answer = operator.post(f"{ROOT}/ibm/fetch")
    assert answer.status_code == 202
    job = Job.objects.get(kind="fetch_bars", subject="IBM")
    assert answer["Location"] == f"/api/v1/jobs/{job.pk}"
    assert answer.json()["id"] == str(job.pk)
    assert operator.get(answer["Location"]).json()["state"] == "queued"


def test_only_staff_spend_the_quota(reader: Client, no_key: None) -> None:
    answer = reader.post(f"{ROOT}/IBM/fetch")
    assert answer.status_code == 403
    assert not Job.objects.filter(subject="IBM").exists()


def test_a_fetch_without_a_key_names_the_variable(operator: Client, no_key: None) -> None:
    answer = operator.post(f"{ROOT}/NVDA/fetch")
    assert answer.status_code == 422
    assert "ALPHA_VANTAGE_API_KEY" in answer.json()["detail"]


def test_the_pages_of_the_administration_open(admin_client: Client) -> None:
    for model in ("instrument", "corporateaction", "barrevision", "apiquota", "watchedinstrument"):
        assert admin_client.get(f"/admin/ingestion/{model}/").status_code == 200
    assert admin_client.get("/admin/ingestion/corporateaction/add/").status_code == 403
    found = admin_client.get("/admin/ingestion/corporateaction/?q=AAPL").content.decode()
    assert "Feb. 28, 2005" in found
    assert "IBM" not in found
