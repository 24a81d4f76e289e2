"""Every result as a file: the JSON document, the printed report, a table for a spreadsheet."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, register_converter
from django.views.decorators.http import require_safe

from dashboard.downloads import Download, MediaType, answer, answers_json, json_file, pdf_answer
from dashboard.reports.naming import TakenAway, file_name
from dashboard.spreadsheets import csv_columns, csv_table
from forecasting.documents import Point
from forecasting.predicting import find_forecast
from ingestion.publishing import Published, entity_tag, unchanged_answer
from strategies.documents import BacktestDocument, Trade
from strategies.running import find_published
from strategies.sweep_documents import SweepDocument
from strategies.sweeping import find_published as find_published_sweep
from strategies.sweeping import find_sweep


class DocumentId:
    """The identifier of a stored document in an address: hexadecimal, so that a suffix can follow it."""

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
    unchanged = unchanged_answer(request, published.digest)
    return unchanged or json_file(request, _read(published), published)


@require_safe
def backtest_pdf(request: HttpRequest, backtest_id: str) -> HttpResponse:
    """Return a backtest's report."""
    published = find_published(backtest_id)
    return pdf_answer(request, _read(published), published)


@require_safe
def backtest_csv(request: HttpRequest, backtest_id: str) -> HttpResponse:
    """Return a backtest's trades."""
    document = _read(find_published(backtest_id))
    return _table(request, document, csv_table(Trade, document.trades))


@require_safe
@answers_json
def forecast_json(request: HttpRequest, forecast_id: str) -> HttpResponse:
    """Return a forecast's document."""
    return json_file(request, find_forecast(forecast_id))


@require_safe
def forecast_pdf(request: HttpRequest, forecast_id: str) -> HttpResponse:
    """Return a forecast's report."""
    return pdf_answer(request, find_forecast(forecast_id))


@require_safe
def forecast_csv(request: HttpRequest, forecast_id: str) -> HttpResponse:
    """Return a forecast's points."""
    document = find_forecast(forecast_id)
    return _table(request, document, csv_table(Point, document.points))


def _read(published: Published) -> BacktestDocument:
    return BacktestDocument.model_validate_json(published.json)


@require_safe
@answers_json
def sweep_json(request: HttpRequest, sweep_id: str) -> HttpResponse:
    """Return a sweep's document."""
    published = find_published_sweep(sweep_id)
    unchanged = unchanged_answer(request, published.digest)
    return unchanged or json_file(request, SweepDocument.model_validate_json(published.json), published)


@require_safe
def sweep_csv(request: HttpRequest, sweep_id: str) -> HttpResponse:
    """Return every combination of a sweep."""
    document = find_sweep(sweep_id)
    return _table(request, document, csv_columns(document.cells))


def _table(request: HttpRequest, document: TakenAway, table: bytes) -> HttpResponse:
    download = Download(
        name=file_name(document, "csv"),
        media_type=MediaType.CSV,
        etag=entity_tag(table),
        content=lambda: table,
    )
    return answer(request, download)


urlpatterns: list[URLPattern] = [
    path("backtests/<document_id:backtest_id>.json", backtest_json, name="backtest_json"),
    path("backtests/<document_id:backtest_id>.pdf", backtest_pdf, name="backtest_pdf"),
    path("backtests/<document_id:backtest_id>.csv", backtest_csv, name="backtest_csv"),
    path("sweeps/<document_id:sweep_id>.json", sweep_json, name="sweep_json"),
    path("sweeps/<document_id:sweep_id>.csv", sweep_csv, name="sweep_csv"),
    path("forecasts/<document_id:forecast_id>.json", forecast_json, name="forecast_json"),
    path("forecasts/<document_id:forecast_id>.pdf", forecast_pdf, name="forecast_pdf"),
    path("forecasts/<document_id:forecast_id>.csv", forecast_csv, name="forecast_csv"),
]
