"""The equity curve, its returns and its drawdown.

E_1 ... E_n is the equity at the close of each traded bar, E_0 the initial cash before the first;
r_t = E_t / E_{t-1} - 1, so there are n returns for n bars.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from strategies.engine.prices import FloatArray
from strategies.engine.simulation import Simulation


@dataclass(frozen=True, eq=False, kw_only=True)
class Curve:
    """An equity curve and what is derived from it; every shape is (traded bars,).

    drawdown: E / peak - 1, zero or negative; the peak includes the initial cash.
    """

    initial_cash: float
    dates: NDArray[np.datetime64]
    equity: FloatArray
    returns: FloatArray
    drawdown: FloatArray

    @classmethod
    def of(cls, simulation: Simulation, dates: NDArray[np.datetime64]) -> "Curve":
        """Return the curve of a simulation whose traded bars have these dates."""
        return cls.from_equity(simulation.equity, initial_cash=simulation.initial_cash, dates=dates)

    @classmethod
    def from_equity(
        cls, equity: FloatArray, *, initial_cash: float, dates: NDArray[np.datetime64]
    ) -> "Curve":
        """Return the curve of an equity at each close, which was `initial_cash` before the first."""
        before = np.concatenate(([initial_cash], equity[:-1]))
        peak = np.maximum(np.maximum.accumulate(equity), initial_cash)
        return cls(
            initial_cash=initial_cash,
            dates=dates,
            equity=equity,
            # With everything lost there is nothing left to gain or to lose.
            returns=np.divide(equity - before, before, out=np.zeros_like(equity), where=before > 0),
            drawdown=equity / peak - 1,
        )
