"""The compiled loop of cross-validation: every split of the blocks, for all trials at once."""

import numpy as np

from strategies.engine.compilation.decorators import Array, kernel


@kernel
def judge(halves: Array, bars: Array, returns: Array, squares: Array) -> tuple[int, int]:
    """Return in how many splits the trial chosen in sample is in the lower half, and in how many it loses.

    halves: shape (rows, blocks), ones for one half of the blocks; each row stands for two splits.
    bars: shape (blocks,); returns, squares: sums, shape (blocks, trials).
    """
    blocks, trials = returns.shape
    total, total_squares = returns.sum(axis=0), squares.sum(axis=0)
    all_bars = bars.sum()
    sums, sums_of_squares = np.empty(trials), np.empty(trials)
    first, second = np.empty(trials), np.empty(trials)
    lower, losing = 0, 0
    for row in range(halves.shape[0]):
        sums[:] = 0.0
        sums_of_squares[:] = 0.0
        half = 0
        for block in range(blocks):
            if halves[row, block] == 0:
                continue
            half += bars[block]
            for trial in range(trials):
                sums[trial] += returns[block, trial]
                sums_of_squares[trial] += squares[block, trial]
        _order(sums, sums_of_squares, half, first)
        for trial in range(trials):
            sums[trial] = total[trial] - sums[trial]
            sums_of_squares[trial] = total_squares[trial] - sums_of_squares[trial]
        _order(sums, sums_of_squares, all_bars - half, second)
        for past, future in ((first, second), (second, first)):
            reached = future[past.argmax()]
            below, equal = 0, 0
            for trial in range(trials):
                below += future[trial] < reached
                equal += future[trial] == reached
            lower += 2 * below + equal <= trials
            losing += reached < 0
    return lower, losing


@kernel
def add_blocks(returns: Array, risk_free: float, edges: Array, sums: Array, squares: Array) -> None:
    """Write Σ(r - rf) and Σ(r - rf)² of each block into `sums` and `squares`, shape (trials, blocks).

    returns: shape (trials, bars); risk_free: the rate of one bar; edges: shape (blocks + 1,).
    """
    for trial in range(returns.shape[0]):
        for block in range(len(edges) - 1):
            total, total_squares = 0.0, 0.0
            for bar in range(edges[block], edges[block + 1]):
                excess = returns[trial, bar] - risk_free
                total += excess
                total_squares += excess * excess
            sums[trial, block] = total
            squares[trial, block] = total_squares


@kernel
def _order(sums: Array, squares: Array, bars: int, order: Array) -> None:
    """Write numbers that are in the order of the Sharpe ratios: their squares, with their signs."""
    for trial in range(sums.shape[0]):
        spread = squares[trial] - sums[trial] * sums[trial] / bars
        signed = sums[trial] * abs(sums[trial])
        order[trial] = signed / spread if spread > 0 else 0.0


def warm() -> None:
    """Compile for the types that are used."""
    sums = np.zeros((2, 2))
    add_blocks(sums, 0.0, np.arange(3), sums.copy(), sums.copy())
    judge(np.eye(2, dtype=np.uint8), np.ones(2, dtype=np.int64), sums, sums)
