"""Compiled loops over cells, shared by the cores where there is much to do.

The functions release the interpreter's lock, so plain threads do; numba's own threads would abort a
web server that calls them from several threads of its own at once.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, NamedTuple, Self

import numpy as np

from strategies.engine.account import Account
from strategies.engine.backtest import Strategy
from strategies.engine.compilation.decorators import Array, bare_kernel, kernel
from strategies.engine.compilation.readiness import cores
from strategies.engine.enums import Entry, Fill, Rule
from strategies.engine.parameters import RuleParameters
from strategies.engine.prices import FloatArray, IndexArray, Prices
from strategies.engine.rules import Sides
from strategies.engine.sweep.averages import WORD, CrossoverCells, RuleCells, lines_of
from strategies.engine.sweep.grid import grid_of
from strategies.engine.sweep.kernels import moving_averages, range_tables
from strategies.engine.sweep.kernels.bar_by_bar import accumulate_equity, walk
from strategies.engine.sweep.kernels.crossovers import (
    accumulate_holdings,
    crossings,
    orders_at_crossings,
    orders_at_turns,
)
from strategies.engine.sweep.kernels.rules import decide
from strategies.engine.sweep.market import Market, Terms
from strategies.engine.sweep.metrics import STATS, figure_columns

PARALLEL_FROM = 2_000_000
"""Bars times cells that are worth a second thread."""
CHUNKS_A_CORE = 4
NOTHING = np.empty((0, 0))

columns: Any = kernel(figure_columns)


class Scratch(NamedTuple):
    """Where a thread writes what it finds of a cell, over what it found of the one before.

    signals, orders, targets, equity, returns: shape (bars,), the traded ones.
    lines, sides: shapes (2, bars) and (bars,), the bars before the first traded one included.
    """

    signals: IndexArray
    orders: IndexArray
    targets: IndexArray
    equity: FloatArray
    returns: FloatArray
    lines: FloatArray
    sides: Sides

    @classmethod
    def of(cls, bars: int, lead: int) -> Self:
        """Return scratch for cells that trade so many bars, `lead` bars before them."""
        return cls(
            signals=np.empty(bars, np.intp),
            orders=np.empty(bars, np.intp),
            targets=np.empty(bars, np.intp),
            equity=np.empty(bars),
            returns=np.empty(bars),
            lines=np.empty((2, lead + bars)),
            sides=np.empty(lead + bars, np.int8),
        )


def accumulate_cells(
    lines: CrossoverCells | RuleCells,
    market: Market,
    terms: Terms,
    *,
    closed_form: bool,
    returns: FloatArray = NOTHING,
) -> FloatArray:
    """Return the tallies of cells, shape (cells, 8).

    closed_form: whether all money is in shares or none is, and no stop is set.
    returns: where to write the returns of each cell, shape (cells, bars), if they are wanted.
    """
    tallies = np.zeros((len(lines.begin), STATS))
    tally: Any = _tally_pairs if isinstance(lines, CrossoverCells) else _tally_recipes

    def work(begin: int, end: int) -> None:
        tally(
            lines,
            begin,
            end,
            market,
            terms,
            closed_form,
            tallies,
            returns,
            Scratch.of(len(market.close), lines.lead),
        )

    in_threads(work, len(tallies), len(market.close))
    return tallies


def warm() -> None:
    """Compile for the types that are used."""
    prices = warming_prices()
    for rule in (Rule.MA_CROSSOVER, Rule.MACD):
        strategy = warming_strategy(rule)
        grid = grid_of(rule, strategy.rule_parameters, {"fast": [2], "slow": [3]})
        lines = lines_of(grid, prices, first=0, compiled=moving_averages.simple_averages)
        market = warming_market(prices, strategy)
        tallies = accumulate_cells(lines, market, Terms.of(strategy), closed_form=True)
        columns(tallies, len(prices), 0.0)


def warming_prices() -> Prices:
    """Return bars of the types that are used."""
    close = np.linspace(10.0, 20.0, WORD)
    days = np.datetime64("2000-01-01") + np.arange(WORD)
    return Prices(dates=days, open=close, high=close, low=close, close=close)


def warming_strategy(rule: Rule) -> Strategy:
    """Return a strategy that trades `rule` on the closed form's terms."""
    account = Account(
        initial_cash=100.0,
        position_size=1.0,
        fractional_shares=True,
        commission_rate=0.0,
        commission_fixed=0.0,
        slippage=0.0,
    )
    return Strategy(
        rule=rule,
        rule_parameters=RuleParameters(),
        entry=Entry.ON_STATE,
        fill=Fill.NEXT_OPEN,
        account=account,
    )


def warming_market(prices: Prices, strategy: Strategy) -> Market:
    """Return the market of all of `prices`."""
    return Market.of(
        prices, strategy.account, fill=strategy.fill, risk_free_rate=0.0, tabulate=range_tables.tabulate
    )


@bare_kernel
def _tally_pairs(
    pairs: CrossoverCells,
    begin: int,
    end: int,
    market: Market,
    terms: Terms,
    closed_form: bool,
    tallies: Array,
    returns: Array,
    scratch: Scratch,
) -> None:
    bars = market.close.shape[0]
    for cell in range(begin, end):
        upper, lower = pairs.values[pairs.upper[cell]], pairs.values[pairs.lower[cell]]
        crossed, known, side = crossings(upper, lower, pairs.begin[cell], pairs.lead, scratch.signals)
        count = orders_at_crossings(
            scratch.signals, crossed, known, side, terms, bars, scratch.orders, scratch.targets
        )
        wanted = returns[cell] if returns.shape[0] > 0 else scratch.equity[:0]
        accumulate_one(scratch, count, market, terms, closed_form, tallies[cell], wanted)


@bare_kernel
def _tally_recipes(
    recipes: RuleCells,
    begin: int,
    end: int,
    market: Market,
    terms: Terms,
    closed_form: bool,
    tallies: Array,
    returns: Array,
    scratch: Scratch,
) -> None:
    for cell in range(begin, end):
        known_from = decide(recipes, cell, scratch.lines, scratch.sides)
        count = orders_at_turns(
            scratch.sides, known_from, recipes.lead, terms, scratch.orders, scratch.targets
        )
        wanted = returns[cell] if returns.shape[0] > 0 else scratch.equity[:0]
        accumulate_one(scratch, count, market, terms, closed_form, tallies[cell], wanted)


@bare_kernel
def accumulate_one(
    scratch: Scratch,
    count: int,
    market: Market,
    terms: Terms,
    closed_form: bool,
    tally: Array,
    returns: Array,
) -> None:
    """Count one cell, whose orders are in `scratch`; `returns` is empty where they are not wanted."""
    if (
        closed_form
        and returns.shape[0] == 0
        and accumulate_holdings(scratch.orders, count, market, terms, tally)
    ):
        return
    counts = walk(scratch.orders, scratch.targets, count, market, terms, scratch.equity)
    changes = returns if returns.shape[0] > 0 else scratch.returns
    accumulate_equity(scratch.equity, changes, market.rate, counts, terms, tally)


def in_threads(work: Callable[[int, int], None], cells: int, bars: int) -> None:
    """Do `work` on ranges of cells, on all cores this process may use where that is worth it."""
    if cores() == 1 or cells * bars < PARALLEL_FROM:
        work(0, cells)
        return
    edges = np.linspace(0, cells, CHUNKS_A_CORE * cores() + 1).astype(int).tolist()
    with ThreadPoolExecutor(cores()) as threads:
        for done in [threads.submit(work, begin, end) for begin, end in pairwise(edges)]:
            done.result()
