"""Bars on which a share was traded: what a forecast may learn its volatility from."""

from dataclasses import replace

import numpy as np

from forecasting.model.price_moves import Prices
from ingestion.bars import Bars


def traded_bars(bars: Bars) -> Bars:
    """Return `bars` without the days on which nothing was traded; the last bar always stays.

    A price carried over such a day is no observation: counted as one, it makes a share look calmer than it
    is. Without it the move over a halt is the move of one day, and the bands are wider. Bars that know no
    volume at all, as those of an index, stay as they are.
    """
    traded = bars.volume > 0
    if not traded.any() or traded.all():
        return bars
    traded[-1] = True
    return replace(
        bars,
        dates=bars.dates[traded],
        open=bars.open[traded],
        high=bars.high[traded],
        low=bars.low[traded],
        close=bars.close[traded],
        volume=bars.volume[traded],
    )


def prices_of(bars: Bars) -> Prices:
    """Return the prices of bars as the model takes them."""
    return Prices(open=bars.open, high=bars.high, low=bars.low, close=bars.close)


def untraded_at_end(bars: Bars) -> int:
    """Return for how many of the last sessions nothing was traded; zero where no volume is known."""
    if not bars.volume.any():
        return 0
    return int(np.argmax(bars.volume[::-1] > 0))
