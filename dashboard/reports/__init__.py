"""The printed reports: a stored document in, the bytes of a PDF out.

WeasyPrint and matplotlib take a second to import: they come with the first report, not with the site.
"""

import os

from django.conf import settings

from dashboard.reports.combined import CombinedDocument
from forecasting.documents import ForecastDocument
from strategies.documents import BacktestDocument

# Where matplotlib keeps its list of fonts; the user who runs the site may have no home.
os.environ.setdefault("MPLCONFIGDIR", str(settings.DATA_DIR / "matplotlib"))


def backtest_pdf(document: BacktestDocument, *, site_address: str = "") -> bytes:
    """Return the report of a backtest, with its JSON attached.

    site_address: what the document's links are relative to, such as https://hindcast.example/.
    Equal documents at equal addresses give equal bytes; so do those of the other reports.
    """
    from dashboard.reports import pdf

    return pdf.backtest_pdf(document, site_address)


def forecast_pdf(document: ForecastDocument, *, site_address: str = "") -> bytes:
    """Return the report of a forecast, with its JSON attached."""
    from dashboard.reports import pdf

    return pdf.forecast_pdf(document, site_address)


def combined_pdf(document: CombinedDocument, *, site_address: str = "") -> bytes:
    """Return the combined report of a share, with its JSON attached."""
    from dashboard.reports import pdf

    return pdf.combined_pdf(document, site_address)
