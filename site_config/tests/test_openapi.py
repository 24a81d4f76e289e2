"""The API's description: complete, true to what is answered, and fit for generating clients."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from site_config.api import api
from site_config.openapi import ERRORS, QUESTIONS

DESCRIBED: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema()))
OPERATIONS: list[tuple[str, dict[str, Any]]] = [
    (f"{method.upper()} {path}", operation)
    for path, methods in DESCRIBED["paths"].items()
    for method, operation in methods.items()
]
COMPONENTS: dict[str, dict[str, Any]] = DESCRIBED["components"]["schemas"]


def test_it_is_openapi_3_1_with_both_ways_to_show_who_asks() -> None:
    assert DESCRIBED["openapi"] == "3.1.0"
    assert DESCRIBED["components"]["securitySchemes"].keys() == {"Token", "Session"}


@pytest.mark.parametrize(("name", "operation"), OPERATIONS, ids=[name for name, _ in OPERATIONS])
def test_an_operation_says_what_it_does_what_it_takes_and_what_can_go_wrong(
    name: str, operation: dict[str, Any]
) -> None:
    assert operation["summary"]
    assert operation["description"].count(".") >= 2
    assert "Needs a token with the scope" in operation["description"]
    assert operation["tags"]
    assert operation["operationId"].isidentifier()
    for parameter in operation["parameters"]:
        assert parameter["description"], parameter
        assert parameter["in"] == "query" or parameter["example"], parameter
    assert {"401", "403", "429", "503"} <= operation["responses"].keys()
    if "{" in name:
        assert {"404", "422"} <= operation["responses"].keys()
    for status, response in operation["responses"].items():
        assert response["description"]
        if int(status) >= 400:
            assert response["content"].keys() == {"application/problem+json"}


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for _, operation in OPERATIONS]
    assert len(set(names)) == len(names)


def _properties() -> Iterator[tuple[str, dict[str, Any]]]:
    for component, schema in COMPONENTS.items():
        for name, field in schema.get("properties", {}).items():
            yield f"{component}.{name}", field


def test_every_field_of_every_document_is_described() -> None:
    assert [name for name, field in _properties() if not field.get("description")] == []


def test_fields_are_named_as_they_are_sent() -> None:
    assert [name for name, _ in _properties() if name.endswith("_")] == []
    assert COMPONENTS["BacktestDocument"]["properties"]["schema"]["const"] == "hindcast.backtest"
    assert "return" in COMPONENTS["Trade"]["properties"]


def test_no_two_documents_share_a_name() -> None:
    assert [name for name in COMPONENTS if "__" in name] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "address"), [("create_backtest", "backtests"), ("create_forecast", "forecasts")]
)
def test_the_example_of_a_question_can_be_asked(reader: Client, name: str, address: str) -> None:
    answer = reader.post(f"/api/v1/{address}", QUESTIONS[name], content_type="application/json")
    assert answer.status_code == 201
    described = next(operation for _, operation in OPERATIONS if operation["operationId"] == name)
    for header in described["responses"]["201"]["headers"]:
        assert answer.headers[header]


def test_the_examples_of_errors_are_problem_documents() -> None:
    problem = COMPONENTS["Problem"]
    assert OPERATIONS
    for _, operation in OPERATIONS:
        for status, response in operation["responses"].items():
            if int(status) in {int(error) for error in ERRORS}:
                example = response["content"]["application/problem+json"]["example"]
                assert example["status"] == int(status)
                assert set(problem["required"]) <= example.keys() <= problem["properties"].keys()


@pytest.mark.django_db
def test_the_description_is_served_to_who_may_read_and_the_page_beside_it_is_local(
    reader: Client, visitor: Client
) -> None:
    assert visitor.get("/api/v1/openapi.json").status_code == 401
    assert reader.get("/api/v1/openapi.json").json()["paths"] == DESCRIBED["paths"]
    page = reader.get("/api/v1/docs").content.decode()
    assert "http://" not in page.replace("http://testserver", "")
    assert "https://" not in page
