"""Simple averages of many windows, compiled: one pass over each row instead of three."""

from strategies.engine.compiling import Array, kernel


@kernel
def simple_averages(running: Array, windows: Array, scale: float, averages: Array) -> None:
    """Write the averages of each window into its row, bit for bit those of `averages.moving_averages`.

    running: running sums of prices in ticks, zero first; shape (bars + 1,). scale: ticks in a unit.
    averages: shape (windows, at least bars); where a window is not full yet, a row stays as it is.
    """
    bars = running.shape[0] - 1
    for row in range(windows.shape[0]):
        window = windows[row]
        for bar in range(window - 1, bars):
            averages[row, bar] = (running[bar + 1] - running[bar + 1 - window]) / window / scale
