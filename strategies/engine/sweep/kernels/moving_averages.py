"""Simple averages of many windows, compiled: one pass over each row instead of three."""

from collections.abc import Sequence

import numpy as np

from strategies.engine.compilation.decorators import Array, kernel
from strategies.engine.moving_averages import on_cache_lines
from strategies.engine.prices import FloatArray


def simple_averages(ticks: FloatArray, windows: Sequence[int], scale: float, length: int) -> FloatArray:
    """Return the averages over each of the windows, bit for bit those of `averages.moving_averages`.

    ticks: prices whose sums are exact, shape (bars,). scale: ticks in a unit of currency.
    Returns shape (windows, length), NaN where a window is not full yet and after the last bar.
    """
    averages = on_cache_lines(len(windows), length)
    _write_averages(ticks, np.array(windows, dtype=np.int64), scale, averages)
    return averages


@kernel
def _write_averages(ticks: Array, windows: Array, scale: float, averages: Array) -> None:
    bars = ticks.shape[0]
    running = np.empty(bars + 1)
    running[0] = total = 0.0
    for bar in range(bars):
        total += ticks[bar]
        running[bar + 1] = total
    for row in range(windows.shape[0]):
        window = windows[row]
        before = min(window - 1, bars)
        averages[row, :before] = np.nan
        averages[row, bars:] = np.nan
        # Views that begin at zero: the compiler sees that no index is negative, and takes many at a time.
        after, earlier, found = running[before + 1 :], running[: bars - before], averages[row, before:bars]
        for bar in range(found.shape[0]):
            found[bar] = (after[bar] - earlier[bar]) / (window * scale)
