"""The API of printed and combined reports."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from core.documents import SerializedDocument
from core.permissions import owner_of
from core.responses import document_response, json_response
from dashboard.downloads.json_schemas import SCHEMA_JSON, SCHEMAS, find_schema
from dashboard.downloads.responses import pdf_response
from dashboard.reports.combined import CombinedDocument, combined_report, combined_result
from dashboard.reports.parameters import ReportChoice
from forecasting.forecasts.service import stored_forecast
from strategies.backtests.service import BACKTESTS
from strategies.sweeps.service import SWEEPS

router = Router(tags=["reports"], by_alias=True)

InitialInvestment = Annotated[
    str | None,
    Query(description="Cash of the backtest, in the share's currency; left out: 10,000."),
]

ChosenBacktest = Annotated[
    str, Query(description="The `id` of a stored backtest of the symbol; left out: the default rule.")
]
ChosenForecast = Annotated[
    str, Query(description="The `id` of a stored forecast of the symbol; left out: from the last bar on.")
]

PDF: dict[str, Any] = {
    "responses": {
        200: {
            "description": "The report; its JSON document is attached to it.",
            "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}

SCHEMA: dict[str, Any] = {
    "responses": {
        200: {"description": "The schema.", "content": {SCHEMA_JSON: {"schema": {"type": "object"}}}}
    }
}


@router.get("/backtests/{backtest_id}/report.pdf", summary="Print a backtest", openapi_extra=PDF)
def backtest_report(request: HttpRequest, backtest_id: str) -> HttpResponse:
    """Return the report of a stored backtest. Knows If-None-Match."""
    return pdf_response(request, BACKTESTS.find(backtest_id))


@router.get("/forecasts/{forecast_id}/report.pdf", summary="Print a forecast", openapi_extra=PDF)
def forecast_report(request: HttpRequest, forecast_id: str) -> HttpResponse:
    """Return the report of a stored forecast. Knows If-None-Match."""
    return pdf_response(request, stored_forecast(forecast_id))


@router.get("/sweeps/{sweep_id}/report.pdf", summary="Print a sweep", openapi_extra=PDF)
def sweep_report(request: HttpRequest, sweep_id: str) -> HttpResponse:
    """Return the report of a stored sweep. Knows If-None-Match."""
    return pdf_response(request, SWEEPS.find(sweep_id))


@router.get("/reports/{symbol}.json", response=CombinedDocument, summary="Report on a symbol")
def combined_json(
    request: HttpRequest,
    symbol: str,
    initial_investment: InitialInvestment = None,
    backtest: ChosenBacktest = "",
    forecast: ChosenForecast = "",
) -> HttpResponse:
    """Return backtest, forecast and look back of a symbol, computing what is not stored yet."""
    choice = ReportChoice(initial_investment=initial_investment, backtest=backtest, forecast=forecast)
    return json_response(request, combined_report(symbol, choice, owner=owner_of(request)))


@router.get("/reports/{symbol}.pdf", summary="Print a report on a symbol", openapi_extra=PDF)
def combined_pdf(
    request: HttpRequest,
    symbol: str,
    initial_investment: InitialInvestment = None,
    backtest: ChosenBacktest = "",
    forecast: ChosenForecast = "",
) -> HttpResponse:
    """Return the same as a printed report."""
    choice = ReportChoice(initial_investment=initial_investment, backtest=backtest, forecast=forecast)
    return pdf_response(request, combined_result(symbol, choice, owner=owner_of(request)))


class SchemaListing(BaseModel):
    """A published JSON Schema."""

    name: Annotated[str, Field(description="What it describes.")]
    version: Annotated[int, Field(description="The `schema_version` of documents that it describes.")]
    address: Annotated[str, Field(description="Where this version is, relative to the site.")]


@router.get("/schemas", response=list[SchemaListing], summary="List the JSON Schemas", tags=["schemas"])
def list_schemas(request: HttpRequest) -> list[SchemaListing]:
    """Return the JSON Schemas of all documents and questions."""
    return [SchemaListing(name=schema.name, version=schema.version, address=schema.url) for schema in SCHEMAS]


@router.get("/schemas/{name}.json", summary="Read a JSON Schema", tags=["schemas"], openapi_extra=SCHEMA)
def read_schema(request: HttpRequest, name: str) -> HttpResponse:
    """Return a JSON Schema (draft 2020-12): `backtest` for the newest version, `backtest-v2` for one."""
    return document_response(request, SerializedDocument.of_json(find_schema(name)), content_type=SCHEMA_JSON)
