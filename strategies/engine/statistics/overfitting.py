"""Probability of backtest overfitting by combinatorially symmetric cross-validation (CSCV).

The bars are cut into an even number of blocks, and every half of the blocks is once the past in which
the best trial is chosen and once the future in which it is judged. The probability is the share of
these splits in which the chosen trial lands in the lower half of all trials out of sample (Bailey,
Borwein, López de Prado & Zhu 2015, The probability of backtest overfitting).

A Sharpe ratio of some blocks needs their sums of returns and of squared returns and nothing else, so
trials come as block sums, and no split looks at a bar again.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Self

import numpy as np
from numpy.typing import NDArray

from strategies.engine.compilation.readiness import cores
from strategies.engine.metrics import Undefined
from strategies.engine.prices import FloatArray, IndexArray

type Halves = NDArray[np.uint8]

BLOCKS = 16
LEAST_BARS_IN_A_BLOCK = 4
LEAST_TRIALS = 2
WORTH_THREADS = 1 << 20
"""Splits times trials from which a second thread gains more than it costs."""


@dataclass(frozen=True, eq=False, kw_only=True)
class BlockSums:
    """Sums over consecutive blocks of bars.

    bars: bars in each block; shape (blocks,).
    returns, squares: Σr and Σr² of excess returns; shape (trials, blocks).
    """

    bars: IndexArray
    returns: FloatArray
    squares: FloatArray

    @classmethod
    def of(cls, returns: FloatArray, *, risk_free: float = 0.0, blocks: int = BLOCKS) -> Self:
        """Return the sums of returns of the shape (trials, bars), with at least a bar a block.

        risk_free: the rate of one bar, which is taken from each return.
        """
        from strategies.engine.statistics.cscv_kernel import add_blocks

        edges = block_edges(returns.shape[1], blocks)
        sums, squares = np.empty((2, len(returns), blocks))
        add_blocks(returns, risk_free, edges, sums, squares)
        return cls(bars=np.diff(edges), returns=sums, squares=squares)

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Return the sums of all trials of several batches over the same bars."""
        return cls(
            bars=parts[0].bars,
            returns=np.concatenate([part.returns for part in parts]),
            squares=np.concatenate([part.squares for part in parts]),
        )


@dataclass(frozen=True, kw_only=True)
class Overfitting:
    """What cross-validation says of choosing the best trial.

    probability: share of splits in which the chosen trial lands in the lower half.
    probability_of_loss: share of splits in which it has a negative mean return out of sample.
    splits: number of splits looked at.
    """

    probability: float
    probability_of_loss: float
    splits: int


def block_edges(bars: int, blocks: int = BLOCKS) -> IndexArray:
    """Return where blocks of equal length, give or take a bar, begin and end; shape (blocks + 1,)."""
    return np.arange(blocks + 1) * bars // blocks


def probability_of_overfitting(sums: BlockSums, *, most_splits: int | None = None) -> Overfitting | Undefined:
    """Return the probability that choosing the best Sharpe ratio of the past was no help.

    most_splits: look at so many splits spread evenly over all of them, for very many trials.
    A trial that never moves has the ratio zero. The rank of the chosen trial counts those below it and
    half of its equals, itself included; the lower half are the ranks up to the middle.
    """
    if len(sums.returns) < LEAST_TRIALS:
        return Undefined("With one trial there was nothing to choose from.")
    if sums.bars.min() < LEAST_BARS_IN_A_BLOCK:
        return Undefined(
            f"The period has fewer than {LEAST_BARS_IN_A_BLOCK * len(sums.bars)} bars: "
            "too few to be cut into blocks."
        )
    halves = _halves(len(sums.bars), most_splits)
    from strategies.engine.statistics.cscv_kernel import judge

    threads_worth = cores() if len(halves) * len(sums.returns) > WORTH_THREADS else 1
    parts = [
        (part, sums.bars, np.ascontiguousarray(sums.returns.T), np.ascontiguousarray(sums.squares.T))
        for part in np.array_split(halves, threads_worth)
    ]
    if len(parts) == 1:
        counts = [judge(*parts[0])]
    else:
        with ThreadPoolExecutor(len(parts)) as threads:
            counts = list(threads.map(lambda part: judge(*part), parts))
    splits = 2 * len(halves)
    return Overfitting(
        probability=sum(lower for lower, _ in counts) / splits,
        probability_of_loss=sum(losing for _, losing in counts) / splits,
        splits=splits,
    )


@lru_cache(maxsize=8)
def _halves(blocks: int, most: int | None) -> Halves:
    """Return one half of each split as rows of ones and zeros; shape (splits / 2, blocks).

    Each row stands for two splits, since past and future may change places.
    """
    others = np.array(list(combinations(range(1, blocks), blocks // 2 - 1)))
    if most is not None and most < 2 * len(others):
        others = others[np.linspace(0, len(others) - 1, most // 2).astype(np.intp)]
    halves = np.zeros((len(others), blocks), dtype=np.uint8)
    halves[:, 0] = 1
    np.put_along_axis(halves, others, 1, axis=1)
    return halves
