"""The kinds of charts, by the name that an address and a template use."""

from collections.abc import Callable

from dashboard.charts import backtest, comparison, forecast
from dashboard.charts.skeleton import Skeleton

SKELETONS: dict[str, Callable[[], Skeleton]] = {
    "backtest": backtest.skeleton,
    "comparison": comparison.skeleton,
    "forecast": forecast.fan_skeleton,
    "accuracy": forecast.accuracy_skeleton,
}
