"""Compute the figures of all cells of a grid, by the fastest way that is exact for them.

all in or all out, long only, no stops     kernels.crossovers
any other terms                            kernels.bar_by_bar
a custom rule                              kernels.custom_cells
a rule without a kernel                    the single backtest, cell by cell

The kernels are imported where they are called: that loads numba, which takes a fifth of a second.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import batched

import numpy as np

from strategies.engine.backtest import Strategy, decisions_of
from strategies.engine.enums import Direction
from strategies.engine.equity_curve import Curve
from strategies.engine.language.book import BookTerms
from strategies.engine.language.series import Operands
from strategies.engine.language.tree import CustomRule
from strategies.engine.orders import orders_for, targets_for
from strategies.engine.prices import FloatArray, Prices
from strategies.engine.rules import RULES, Decisions
from strategies.engine.simulation import Simulation, simulate
from strategies.engine.sweep.averages import CrossoverCells, RuleCells, lines_of
from strategies.engine.sweep.grid import Grid
from strategies.engine.sweep.market import Market, Terms
from strategies.engine.sweep.metrics import STATS, Figures, figures_of, stats_of

RETURNS_AT_ONCE = 128
"""Cells whose returns are in memory together: a few megabytes for some decades of bars."""

NO_RETURNS: FloatArray = np.empty((0, 0))

type Report = Callable[[float], None]
"""Takes the fraction of cells done; may raise, to stop."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Sweep:
    """The strategies of a grid on the bars from the index `first` on.

    risk_free_rate: a year's, as a fraction.
    """

    prices: Prices
    strategy: Strategy
    grid: Grid
    first: int
    risk_free_rate: float

    @property
    def bars(self) -> int:
        """The number of traded bars."""
        return len(self.prices) - self.first

    def figures(self, report: Report = lambda _: None) -> Figures:
        """Return the figures of all cells.

        Raises PricesTooLarge when prices grew too much to be averaged exactly, ReconciliationError when
        profits and equity of a cell that was computed singly do not agree.
        """
        from strategies.engine.sweep.kernels import cells

        return figures_of(
            self._tallies(report),
            bars=self.bars,
            risk_free_rate=self.risk_free_rate,
            columns=cells.columns,
        )

    def returns(self, report: Report = lambda _: None) -> Iterator[FloatArray]:
        """Yield the returns of all cells in order, in batches of the shape (cells, bars).

        Raises as `figures` does.
        """
        for batch in batched(range(len(self.grid)), RETURNS_AT_ONCE):
            yield self.returns_of(batch)
            report((batch[-1] + 1) / len(self.grid))

    def returns_of(self, cells: tuple[int, ...]) -> FloatArray:
        """Return the returns of some cells, shape (cells, bars); raises as `figures` does."""
        returns = np.empty((len(cells), self.bars))
        if self.grid.custom is not None:
            self._accumulate_custom(self.grid.custom, cells, closed_form=False, returns=returns)
        elif self._has_kernel:
            self._accumulate(self._lines.of(cells), closed_form=False, returns=returns)
        else:
            for row, cell in zip(returns, cells, strict=True):
                row[:] = self.curve(cell).returns
        return returns

    def curve(self, cell: int) -> Curve:
        """Return the equity curve of a cell, from the single backtest's own simulation."""
        return Curve.of(self._simulation(cell), self.prices.dates[self.first :])

    def _tallies(self, report: Report) -> FloatArray:
        """Return the tallies of all cells, shape (cells, 8)."""
        if self.grid.custom is not None:
            cells = range(len(self.grid))
            return self._accumulate_custom(self.grid.custom, cells, closed_form=self._has_closed_form)
        if self._has_kernel:
            return self._accumulate(self._lines, closed_form=self._has_closed_form)
        tallies = np.empty((len(self.grid), STATS))
        for cell in range(len(self.grid)):
            tallies[cell] = self._tally(cell)
            report((cell + 1) / len(self.grid))
        return tallies

    def _accumulate(
        self, lines: CrossoverCells | RuleCells, *, closed_form: bool, returns: FloatArray = NO_RETURNS
    ) -> FloatArray:
        from strategies.engine.sweep.kernels import cells

        return cells.accumulate_cells(
            lines, self._market, self._terms, closed_form=closed_form, returns=returns
        )

    def _accumulate_custom(
        self, rule: CustomRule, cells: Sequence[int], *, closed_form: bool, returns: FloatArray = NO_RETURNS
    ) -> FloatArray:
        from strategies.engine.sweep.kernels.custom_cells import accumulate_custom

        chosen = list(cells)
        return accumulate_custom(
            rule,
            {name: values[chosen].astype(np.float64) for name, values in self.grid.axes.items()},
            self._operands,
            self._market,
            self._terms,
            BookTerms.of(self.strategy.direction, self.strategy.fill, self.strategy.stops),
            first=self.first,
            closed_form=closed_form,
            returns=returns,
        )

    @cached_property
    def _operands(self) -> Operands:
        return Operands(self.prices)

    def _tally(self, cell: int) -> FloatArray:
        simulation = self._simulation(cell)
        curve = Curve.of(simulation, self.prices.dates[self.first :])
        return stats_of(curve, simulation.trades, risk_free_rate=self.risk_free_rate)

    def _simulation(self, cell: int) -> Simulation:
        decisions = decisions_of(self.strategy, self.prices, self.grid.rule_parameters(cell))
        return simulated(self.prices, self.strategy, decisions, first=self.first)

    @cached_property
    def _lines(self) -> CrossoverCells | RuleCells:
        from strategies.engine.sweep.kernels.moving_averages import simple_averages

        return lines_of(self.grid, self.prices, first=self.first, compiled=simple_averages)

    @cached_property
    def _market(self) -> Market:
        from strategies.engine.sweep.kernels.range_tables import tabulate

        return Market.of(
            self.prices.since(self.first),
            self.strategy.account,
            fill=self.strategy.fill,
            risk_free_rate=self.risk_free_rate,
            tabulate=tabulate,
        )

    @cached_property
    def _terms(self) -> Terms:
        return Terms.of(self.strategy)

    @property
    def _has_kernel(self) -> bool:
        """Whether a compiled function decides the rule."""
        return RULES[self.grid.rule].kernel is not None

    @property
    def _has_closed_form(self) -> bool:
        """Whether all money is in shares or none is, and no stop acts in between."""
        account = self.strategy.account
        return (
            self.strategy.direction == Direction.LONG_ONLY
            and not self.strategy.stops.are_set
            and account.position_size == 1
            and account.fractional_shares
            and account.commission_fixed == 0
        )


def simulated(prices: Prices, strategy: Strategy, decisions: Decisions, *, first: int) -> Simulation:
    """Return the simulation of a rule's decisions as the single backtest does it."""
    orders = orders_for(
        targets_for(decisions.side, strategy.direction),
        known_from=decisions.known_from,
        first=first,
        entry=strategy.entry,
        fill=strategy.fill,
    )
    return simulate(prices.since(first), orders, strategy.account, strategy.stops)
