"""The reports: contents, template and attachment of each."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from dashboard.formatting import moment
from dashboard.reports.combined import CombinedDocument
from dashboard.reports.naming import file_name
from dashboard.reports.printing import PRINTING, AttachedFile, print_pdf
from dashboard.reports.sections import BacktestSection, ForecastSection, backtest_section, forecast_section
from forecasting.documents import ForecastDocument
from ingestion.publishing import published_json
from strategies.documents import BacktestDocument

LANGUAGE = "en"


@dataclass(frozen=True, kw_only=True)
class BacktestReport:
    """A backtest, ready for its template."""

    title: str
    description: str
    created: datetime
    section: BacktestSection
    language: str = LANGUAGE


@dataclass(frozen=True, kw_only=True)
class ForecastReport:
    """A forecast, ready for its template."""

    title: str
    description: str
    created: datetime
    section: ForecastSection
    language: str = LANGUAGE


@dataclass(frozen=True, kw_only=True)
class CombinedReport:
    """A share's combined report, ready for its template."""

    title: str
    description: str
    created: datetime
    computed: str
    address: str
    document: CombinedDocument
    backtest: BacktestSection
    forecast: ForecastSection
    look_back: ForecastSection | None
    attached: str
    language: str = LANGUAGE


def backtest_pdf(document: BacktestDocument, site_address: str) -> bytes:
    """Return the report of a backtest."""
    file = AttachedFile(
        name=file_name(document, "json"),
        content=published_json(document),
        description="The whole backtest: every bar, every trade, every figure",
    )
    with PRINTING:
        section = backtest_section(document, site_address=site_address, attached=file.name)
        report = BacktestReport(
            title=f"Backtest: {section.title}",
            description=document.summary,
            created=document.generated_at,
            section=section,
        )
        return print_pdf("reports/backtest.html", report, created=report.created, attached=[file])


def forecast_pdf(document: ForecastDocument, site_address: str) -> bytes:
    """Return the report of a forecast."""
    file = AttachedFile(
        name=file_name(document, "json"),
        content=published_json(document),
        description="The whole forecast: every point and the scorecard",
    )
    with PRINTING:
        section = forecast_section(document, site_address=site_address, attached=file.name)
        report = ForecastReport(
            title=f"Forecast: {section.title}",
            description=document.summary,
            created=document.generated_at,
            section=section,
        )
        return print_pdf("reports/forecast.html", report, created=report.created, attached=[file])


def combined_pdf(document: CombinedDocument, site_address: str) -> bytes:
    """Return the combined report of a share."""
    file = AttachedFile(
        name=file_name(document, "json"),
        content=published_json(document),
        description="The backtest, the forecast and the look back with all their figures",
    )
    with PRINTING:
        report = _combined_report(document, site_address, file.name)
        return print_pdf("reports/combined.html", report, created=report.created, attached=[file])


def _combined_report(document: CombinedDocument, site_address: str, attached: str) -> CombinedReport:
    look_back = document.look_back
    return CombinedReport(
        title=f"{document.name} ({document.symbol})",
        description=document.backtest.summary,
        created=document.generated_at,
        computed=moment(document.generated_at),
        address=urljoin(site_address, document.links.page),
        document=document,
        backtest=backtest_section(document.backtest, site_address=site_address, attached=attached),
        forecast=forecast_section(document.forecast, site_address=site_address, attached=attached),
        look_back=forecast_section(look_back, site_address=site_address, attached=attached, look_back=True)
        if look_back
        else None,
        attached=attached,
    )
