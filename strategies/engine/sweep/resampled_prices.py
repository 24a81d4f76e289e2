"""Series of prices without any pattern to find: the same bars in another order.

Each bar keeps its open, high, low and close relative to the close before it, so that drift, volatility,
gaps and ranges stay; what a rule could foresee from earlier bars is gone, except within a block.
"""

from collections.abc import Iterator

import numpy as np

from strategies.engine.prices import Prices
from strategies.engine.statistics.stationary_bootstrap import resampled_bars


def resampled_prices(prices: Prices, *, draws: int, block_length: int) -> Iterator[Prices]:
    """Yield `draws` series of as many bars, on the same days and from the same first bar.

    block_length: mean length of the blocks that stay together, in bars.
    """
    if len(prices) < 2:  # noqa: PLR2004 - a bar needs one before it
        return
    before = prices.close[:-1]
    relative = [column[1:] / before for column in (prices.open, prices.high, prices.low, prices.close)]
    for sample in resampled_bars(len(before), draws, block_length=block_length):
        opened, high, low, closed = (column[sample] for column in relative)
        close = prices.close[0] * np.concatenate([[1.0], np.cumprod(closed)])
        drawn = [
            np.concatenate([first[:1], close[:-1] * column])
            for first, column in ((prices.open, opened), (prices.high, high), (prices.low, low))
        ]
        yield Prices(dates=prices.dates, open=drawn[0], high=drawn[1], low=drawn[2], close=close)
