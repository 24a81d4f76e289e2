"""The forms of the pages."""

from dashboard.forms.backtest import BacktestForm
from dashboard.forms.fetch import FetchForm
from dashboard.forms.forecast import ForecastForm
from dashboard.forms.import_file import ImportForm

__all__ = ["BacktestForm", "FetchForm", "ForecastForm", "ImportForm"]
