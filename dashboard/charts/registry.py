"""The kinds of charts, by the name that an address and a template use."""

from collections.abc import Callable

from dashboard.charts import backtest
from dashboard.charts.skeleton import Skeleton

SKELETONS: dict[str, Callable[[], Skeleton]] = {
    "backtest": backtest.skeleton,
}
