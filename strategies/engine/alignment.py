"""Another share's bars, brought onto the traded days."""

import numpy as np

from strategies.engine.prices import Prices


def on_the_days_of(traded: Prices, other: Prices) -> Prices | None:
    """Return the bars of `other` on each day of `traded`; None where `other` has no bar by the first.

    A day on which `other` has no bar of its own repeats its last close, without a range.
    """
    latest = np.searchsorted(other.dates, traded.dates, side="right") - 1
    if latest[0] < 0:
        return None
    has_own_bar = other.dates[latest] == traded.dates
    close = other.close[latest]
    return Prices(
        dates=traded.dates,
        open=np.where(has_own_bar, other.open[latest], close),
        high=np.where(has_own_bar, other.high[latest], close),
        low=np.where(has_own_bar, other.low[latest], close),
        close=close,
    )
