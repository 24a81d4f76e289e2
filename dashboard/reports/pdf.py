"""The reports: contents, template and attachment of each."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urljoin

from core.formatting import moment
from dashboard.reports.combined import CombinedDocument
from dashboard.reports.filenames import ReportDocument, file_name
from dashboard.reports.html_to_pdf import PRINTING, AttachedFile, print_pdf
from dashboard.reports.sections import BacktestSection, ForecastSection, backtest_section, forecast_section
from dashboard.reports.svg import charts
from dashboard.reports.sweep import SweepSection, sweep_section
from forecasting.schemas import ForecastDocument
from strategies.backtests.schemas import BacktestDocument, ReturnsByPeriod
from strategies.sweeps.schemas import SweepDocument

LANGUAGE = "en"


@dataclass(frozen=True, kw_only=True)
class Report:
    """What every report says of itself."""

    title: str
    description: str
    created: datetime
    language: str = LANGUAGE


@dataclass(frozen=True, kw_only=True)
class SingleReport(Report):
    """A backtest, a sweep or a forecast, ready for its template."""

    section: BacktestSection | SweepSection | ForecastSection


@dataclass(frozen=True, kw_only=True)
class CombinedReport(Report):
    """A share's combined report, ready for its template."""

    computed: str
    url: str
    document: CombinedDocument
    backtest: BacktestSection
    forecast: ForecastSection
    look_back: ForecastSection | None


def report_pdf(document: ReportDocument, *, published: bytes, site_address: str = "") -> bytes:
    """Return the report of a document.

    published: its JSON, which is attached.
    site_address: what the document's links are relative to, such as https://hindcast.example/.
    Equal documents at equal URLs give equal bytes.
    """
    name = file_name(document, "json")
    with PRINTING:
        report: Report
        match document:
            case BacktestDocument():
                template, about = (
                    "reports/backtest.html",
                    "The backtest: every bar, every trade, every figure",
                )
                report = _backtest_report(document, site_address, name)
            case SweepDocument():
                template, about = "reports/sweep.html", "The sweep: every combination and the verdict"
                report = _sweep_report(document, site_address, name)
            case ForecastDocument():
                template, about = "reports/forecast.html", "The forecast: every point and the scorecard"
                report = _forecast_report(document, site_address, name)
            case CombinedDocument():
                template, about = "reports/combined.html", "Backtest, forecast and look back: every figure"
                report = _combined_report(document, site_address, name)
        file = AttachedFile(name=name, content=published, description=about)
        return print_pdf(template, report, created=report.created, attached=[file])


def print_empty_report() -> None:
    """Draw a chart and print a page without content: fonts, styles and templates are loaded from then on."""
    report = Report(title="Empty", description="Empty", created=datetime.fromtimestamp(0, tz=UTC))
    with PRINTING:
        charts.yearly_returns_chart(ReturnsByPeriod(periods=["2000"], strategy=[0.0], benchmark=[0.0]))
        print_pdf("reports/base.html", report, created=report.created, attached=[])


def _backtest_report(document: BacktestDocument, site_address: str, attached: str) -> SingleReport:
    section = backtest_section(document, site_address=site_address, attached=attached)
    return SingleReport(
        title=f"Backtest: {section.title}",
        description=document.summary,
        created=document.generated_at,
        section=section,
    )


def _sweep_report(document: SweepDocument, site_address: str, attached: str) -> SingleReport:
    section = sweep_section(document, site_address=site_address, attached=attached)
    return SingleReport(
        title=f"Sweep: {section.title}",
        description=document.verdict.sentence,
        created=document.generated_at,
        section=section,
    )


def _forecast_report(document: ForecastDocument, site_address: str, attached: str) -> SingleReport:
    section = forecast_section(document, site_address=site_address, attached=attached)
    return SingleReport(
        title=f"Forecast: {section.title}",
        description=document.summary,
        created=document.generated_at,
        section=section,
    )


def _combined_report(document: CombinedDocument, site_address: str, attached: str) -> CombinedReport:
    look_back = document.look_back
    return CombinedReport(
        title=f"{document.name} ({document.symbol})",
        description=document.backtest.summary,
        created=document.generated_at,
        computed=moment(document.generated_at),
        url=urljoin(site_address, document.links.page),
        document=document,
        backtest=backtest_section(document.backtest, site_address=site_address, attached=attached),
        forecast=forecast_section(document.forecast, site_address=site_address, attached=attached),
        look_back=forecast_section(look_back, site_address=site_address, attached=attached, look_back=True)
        if look_back
        else None,
    )
