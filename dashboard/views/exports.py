"""Every result as a file: the JSON document, the printed report, a table for a spreadsheet."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, register_converter
from django.views.decorators.http import require_safe

from core.documents import SerializedDocument
from core.responses import not_modified_response
from dashboard.downloads.responses import (
    answers_json,
    csv_response,
    json_file,
    pdf_response,
    workbook_response,
)
from dashboard.downloads.tables import BACKTEST_TABLES, FORECAST_TABLES, SWEEP_TABLES
from forecasting.forecasts.service import find_forecast
from strategies.backtests.service import find_published, read_backtest
from strategies.sweeps.service import find_published as find_published_sweep
from strategies.sweeps.service import read_sweep


class DocumentId:
    """The identifier of a stored document in a URL: hexadecimal, so that a suffix can follow it."""

    regex = "[0-9a-f]{8,64}"

    def to_python(self, value: str) -> str:
        """Return the identifier."""
        return value

    def to_url(self, value: str) -> str:
        """Return the identifier."""
        return value


register_converter(DocumentId, "document_id")


@require_safe
@answers_json
def backtest_json(request: HttpRequest, backtest_id: str) -> HttpResponse:
    """Return a backtest's document."""
    published = find_published(backtest_id)
    unchanged = not_modified_response(request, published.digest)
    return unchanged or json_file(request, read_backtest(published), published)


@require_safe
def backtest_pdf(request: HttpRequest, backtest_id: str) -> HttpResponse:
    """Return a backtest's report."""
    published = find_published(backtest_id)
    return pdf_response(request, read_backtest(published), published)


@require_safe
def backtest_csv(request: HttpRequest, backtest_id: str) -> HttpResponse:
    """Return a backtest's trades, or the `table` asked for."""
    published = find_published(backtest_id)
    return csv_response(request, read_backtest(published), published.digest, BACKTEST_TABLES)


@require_safe
def backtest_xlsx(request: HttpRequest, backtest_id: str) -> HttpResponse:
    """Return a backtest's tables as a workbook."""
    published = find_published(backtest_id)
    return workbook_response(request, read_backtest(published), published.digest, BACKTEST_TABLES)


@require_safe
@answers_json
def forecast_json(request: HttpRequest, forecast_id: str) -> HttpResponse:
    """Return a forecast's document."""
    return json_file(request, find_forecast(forecast_id))


@require_safe
def forecast_pdf(request: HttpRequest, forecast_id: str) -> HttpResponse:
    """Return a forecast's report."""
    return pdf_response(request, find_forecast(forecast_id))


@require_safe
def forecast_csv(request: HttpRequest, forecast_id: str) -> HttpResponse:
    """Return a forecast's points, or the `table` asked for."""
    document = find_forecast(forecast_id)
    return csv_response(request, document, SerializedDocument.of(document).digest, FORECAST_TABLES)


@require_safe
def forecast_xlsx(request: HttpRequest, forecast_id: str) -> HttpResponse:
    """Return a forecast's tables as a workbook."""
    document = find_forecast(forecast_id)
    return workbook_response(request, document, SerializedDocument.of(document).digest, FORECAST_TABLES)


@require_safe
@answers_json
def sweep_json(request: HttpRequest, sweep_id: str) -> HttpResponse:
    """Return a sweep's document."""
    published = find_published_sweep(sweep_id)
    unchanged = not_modified_response(request, published.digest)
    return unchanged or json_file(request, read_sweep(published), published)


@require_safe
def sweep_csv(request: HttpRequest, sweep_id: str) -> HttpResponse:
    """Return every combination of a sweep, or the `table` asked for."""
    published = find_published_sweep(sweep_id)
    return csv_response(request, read_sweep(published), published.digest, SWEEP_TABLES)


@require_safe
def sweep_xlsx(request: HttpRequest, sweep_id: str) -> HttpResponse:
    """Return a sweep's tables as a workbook."""
    published = find_published_sweep(sweep_id)
    return workbook_response(request, read_sweep(published), published.digest, SWEEP_TABLES)


@require_safe
def sweep_pdf(request: HttpRequest, sweep_id: str) -> HttpResponse:
    """Return a sweep's report."""
    published = find_published_sweep(sweep_id)
    return pdf_response(request, read_sweep(published), published)


urlpatterns: list[URLPattern] = [
    path("backtests/<document_id:backtest_id>.json", backtest_json, name="backtest_json"),
    path("backtests/<document_id:backtest_id>.pdf", backtest_pdf, name="backtest_pdf"),
    path("backtests/<document_id:backtest_id>.csv", backtest_csv, name="backtest_csv"),
    path("backtests/<document_id:backtest_id>.xlsx", backtest_xlsx, name="backtest_xlsx"),
    path("sweeps/<document_id:sweep_id>.json", sweep_json, name="sweep_json"),
    path("sweeps/<document_id:sweep_id>.csv", sweep_csv, name="sweep_csv"),
    path("sweeps/<document_id:sweep_id>.xlsx", sweep_xlsx, name="sweep_xlsx"),
    path("sweeps/<document_id:sweep_id>.pdf", sweep_pdf, name="sweep_pdf"),
    path("forecasts/<document_id:forecast_id>.json", forecast_json, name="forecast_json"),
    path("forecasts/<document_id:forecast_id>.pdf", forecast_pdf, name="forecast_pdf"),
    path("forecasts/<document_id:forecast_id>.csv", forecast_csv, name="forecast_csv"),
    path("forecasts/<document_id:forecast_id>.xlsx", forecast_xlsx, name="forecast_xlsx"),
]
