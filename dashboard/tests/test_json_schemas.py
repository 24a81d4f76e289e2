"""The published JSON Schemas: valid themselves, and every document is valid by its own."""

import json
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator, ValidationError

from core.documents import published_json
from dashboard.downloads.json_schemas import SCHEMAS, PublishedSchema
from dashboard.reports.combined import combined_report
from forecasting.forecasts.service import issue_forecast
from forecasting.parameters import ForecastParameters
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.service import run_backtest
from strategies.engine.enums import Rule

pytestmark = pytest.mark.django_db


def validator(client: Client, name: str) -> Draft202012Validator:
    answer = client.get(f"/api/v1/schemas/{name}.json")
    assert answer.headers["Content-Type"] == "application/schema+json"
    schema = answer.json()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.name)
def test_each_schema_is_listed_and_found_with_and_without_its_version(
    reader: Client, schema: PublishedSchema
) -> None:
    listed = {item["name"]: item for item in reader.get("/api/v1/schemas").json()}
    versioned = reader.get(listed[schema.name]["address"])
    assert versioned.content == reader.get(f"/api/v1/schemas/{schema.name}.json").content
    assert versioned.json()["$id"] == listed[schema.name]["address"]
    validator(reader, schema.name)


def test_an_unknown_schema_and_an_unknown_version_lead_nowhere(reader: Client) -> None:
    for name in ("nothing", "backtest-v999"):
        answer = reader.get(f"/api/v1/schemas/{name}.json")
        assert answer.status_code == 404
        assert "backtest" in answer.json()["detail"]


@pytest.mark.parametrize("rule", list(Rule))
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"direction": "long_short", "stop_loss": 0.1, "average": "hull", "compare_with": "IBM"},
        {"start": "2013-03-01"},
    ],
)
def test_a_backtest_is_valid_by_its_schema(reader: Client, rule: Rule, more: dict[str, Any]) -> None:
    texts = {"buy": "close > sma(n)", "sell": "rsi(14) > 70"} if rule == Rule.CUSTOM else {}
    document = run_backtest(
        BacktestParameters.model_validate({"symbol": "MSFT", "rule": rule, **texts, **more})
    )
    published = json.loads(published_json(document))
    validator(reader, "backtest").validate(published)
    validator(reader, "backtest-parameters").validate(published["parameters"])
    assert (published["schema"], published["schema_version"]) == ("hindcast.backtest", _version("backtest"))


def test_a_forecast_is_valid_by_its_schema(reader: Client) -> None:
    document = issue_forecast(ForecastParameters.model_validate({"symbol": "MSFT", "as_of": "2012-06-01"}))
    published = json.loads(published_json(document))
    validator(reader, "forecast").validate(published)
    validator(reader, "forecast-parameters").validate(published["parameters"])
    assert (published["schema"], published["schema_version"]) == ("hindcast.forecast", _version("forecast"))


def test_a_combined_report_is_valid_by_its_schema(reader: Client) -> None:
    published = json.loads(published_json(combined_report("MSFT")))
    validator(reader, "report").validate(published)


def test_a_schema_refuses_what_no_document_has(reader: Client) -> None:
    published = json.loads(published_json(run_backtest(BacktestParameters(symbol="MSFT"))))
    checked = validator(reader, "backtest")
    for spoilt in (
        {**published, "surprise": 1},
        {**published, "schema": "hindcast.forecast"},
        {key: value for key, value in published.items() if key != "disclosure"},
        {**published, "metrics": {**published["metrics"], "final_equity": None}},
    ):
        with pytest.raises(ValidationError):
            checked.validate(spoilt)


def _version(name: str) -> int:
    return next(schema.version for schema in SCHEMAS if schema.name == name)
