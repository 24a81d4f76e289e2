"""The kinds of charts, by the name that a URL and a template use."""

from collections.abc import Callable

from dashboard.charts import backtest, comparison, forecast, heatmap, sweep
from dashboard.charts.skeleton import Skeleton

SKELETONS: dict[str, Callable[[], Skeleton]] = {
    "backtest": backtest.skeleton,
    "comparison": comparison.skeleton,
    "forecast": forecast.fan_skeleton,
    "accuracy": forecast.accuracy_skeleton,
    "heatmap": heatmap.skeleton,
    "walk_forward": sweep.walk_forward_skeleton,
    "bands": sweep.bands_skeleton,
}


def build_all() -> None:
    """Build every skeleton, so that the first reader does not wait for it. Asks no database."""
    for skeleton in SKELETONS.values():
        skeleton()
