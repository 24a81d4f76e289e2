"""The compiled loops of the bootstrap: blocks put together, and what a draw's returns come to."""

import numpy as np

from strategies.engine.compilation.decorators import Array, kernel


@kernel
def follow(starts: Array, chances: Array, share: float, sample: Array) -> None:
    """Write the bars of one draw into `sample`; all of the shape (bars,).

    A bar follows the one before it, and after the last comes the first, unless a block begins: with the
    first bar, and where `chances` is at most `share`. A block begins with its bar of `starts`.
    """
    bars = len(starts)
    for place in range(bars):
        if place == 0 or chances[place] <= share:
            sample[place] = starts[place]
        else:
            following = sample[place - 1] + 1
            sample[place] = following if following < bars else 0


@kernel
def outcome(returns: Array, sample: Array, points: Array, growth_at: Array) -> tuple[float, float, float]:
    """Return worst drawdown, mean and deviation of the returns of one draw, shape (bars,).

    points: bars, increasing, whose growth since the beginning is written into `growth_at`.
    """
    growth, highest, drawdown, total = 1.0, 1.0, 0.0, 0.0
    point = 0
    for place in range(len(sample)):
        value = returns[sample[place]]
        total += value
        growth *= 1 + value
        highest = max(highest, growth)
        drawdown = min(drawdown, growth / highest - 1)
        if point < len(points) and points[point] == place:
            growth_at[point] = growth
            point += 1
    mean = total / len(sample)
    squares = 0.0
    for bar in sample:
        squares += (returns[bar] - mean) ** 2
    return drawdown, mean, np.sqrt(squares / (len(sample) - 1))


def warm() -> None:
    """Compile for the types that are used."""
    bars = np.arange(2)
    follow(bars, np.ones(2), 0.5, bars.copy())
    outcome(np.ones(2), bars, bars, np.ones(2))
