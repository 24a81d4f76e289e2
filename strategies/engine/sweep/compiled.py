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
from strategies.engine.choices import Entry, Fill, Rule
from strategies.engine.compiling import Array, bare_kernel, kernel
from strategies.engine.kernels import cores
from strategies.engine.prices import FloatArray, IndexArray, Prices
from strategies.engine.rules import RuleParameters, Sides
from strategies.engine.sweep import averaging, tables
from strategies.engine.sweep.deciding import decide
from strategies.engine.sweep.events import (
    crossings,
    orders_at_crossings,
    orders_at_turns,
    tally_holdings,
)
from strategies.engine.sweep.grid import grid_of
from strategies.engine.sweep.lines import WORD, Pairs, Recipes, lines_of
from strategies.engine.sweep.market import Market, Terms
from strategies.engine.sweep.tallies import TALLIES, figure_columns
from strategies.engine.sweep.walking import tally_equity, walk

PARALLEL_FROM = 2_000_000
"""Bars times cells that are worth a second thread."""
CHUNKS_A_CORE = 4
NOTHING = np.empty((0, 0))

columns: Any = kernel(figure_columns)


class Room(NamedTuple):
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
    def of(cls, bars: int, lines: Pairs | Recipes) -> Self:
        """Return room for cells that trade so many bars."""
        return cls(
            signals=np.empty(bars, np.intp),
            orders=np.empty(bars, np.intp),
            targets=np.empty(bars, np.intp),
            equity=np.empty(bars),
            returns=np.empty(bars),
            lines=np.empty((2, lines.lead + bars)),
            sides=np.empty(lines.lead + bars, np.int8),
        )


def tally_cells(
    lines: Pairs | Recipes, market: Market, terms: Terms, *, closed_form: bool, returns: FloatArray = NOTHING
) -> FloatArray:
    """Return the tallies of cells, shape (cells, 8).

    closed_form: whether all money is in shares or none is, and no stop is set.
    returns: where to write the returns of each cell, shape (cells, bars), if they are wanted.
    """
    tallies = np.zeros((len(lines.begin), TALLIES))
    tally: Any = _tally_pairs if isinstance(lines, Pairs) else _tally_recipes

    def work(begin: int, end: int) -> None:
        tally(
            lines, begin, end, market, terms, closed_form, tallies, returns, Room.of(len(market.close), lines)
        )

    _in_threads(work, len(tallies), len(market.close))
    return tallies


def warm() -> None:
    """Compile for the types that are used."""
    close = np.linspace(10.0, 20.0, WORD)
    days = np.datetime64("2000-01-01") + np.arange(WORD)
    prices = Prices(dates=days, open=close, high=close, low=close, close=close)
    account = Account(
        initial_cash=100.0,
        position_size=1.0,
        fractional_shares=True,
        commission_rate=0.0,
        commission_fixed=0.0,
        slippage=0.0,
    )
    for rule in (Rule.MA_CROSSOVER, Rule.MACD):
        strategy = Strategy(
            rule=rule, tuned=RuleParameters(), entry=Entry.ON_STATE, fill=Fill.NEXT_OPEN, account=account
        )
        grid = grid_of(rule, strategy.tuned, {"fast": [2], "slow": [3]})
        lines = lines_of(grid, prices, first=0, compiled=averaging.simple_averages)
        market = Market.of(prices, account, fill=strategy.fill, risk_free_rate=0.0, tabulate=tables.tabulate)
        tallies = tally_cells(lines, market, Terms.of(strategy), closed_form=True)
        columns(tallies, len(prices), 0.0)


@bare_kernel
def _tally_pairs(
    pairs: Pairs,
    begin: int,
    end: int,
    market: Market,
    terms: Terms,
    closed_form: bool,
    tallies: Array,
    returns: Array,
    room: Room,
) -> None:
    bars = market.close.shape[0]
    for cell in range(begin, end):
        upper, lower = pairs.values[pairs.upper[cell]], pairs.values[pairs.lower[cell]]
        crossed, known, side = crossings(upper, lower, pairs.begin[cell], pairs.lead, room.signals)
        count = orders_at_crossings(
            room.signals, crossed, known, side, terms, bars, room.orders, room.targets
        )
        wanted = returns[cell] if returns.shape[0] > 0 else room.equity[:0]
        _tally(room, count, market, terms, closed_form, tallies[cell], wanted)


@bare_kernel
def _tally_recipes(
    recipes: Recipes,
    begin: int,
    end: int,
    market: Market,
    terms: Terms,
    closed_form: bool,
    tallies: Array,
    returns: Array,
    room: Room,
) -> None:
    for cell in range(begin, end):
        known_from = decide(recipes, cell, room.lines, room.sides)
        count = orders_at_turns(room.sides, known_from, recipes.lead, terms, room.orders, room.targets)
        wanted = returns[cell] if returns.shape[0] > 0 else room.equity[:0]
        _tally(room, count, market, terms, closed_form, tallies[cell], wanted)


@bare_kernel
def _tally(
    room: Room,
    count: int,
    market: Market,
    terms: Terms,
    closed_form: bool,
    tally: Array,
    returns: Array,
) -> None:
    """Count one cell, whose orders are in `room`; `returns` is empty where they are not wanted."""
    if closed_form and returns.shape[0] == 0 and tally_holdings(room.orders, count, market, terms, tally):
        return
    counts = walk(room.orders, room.targets, count, market, terms, room.equity)
    changes = returns if returns.shape[0] > 0 else room.returns
    tally_equity(room.equity, changes, market.rate, counts, terms, tally)


def _in_threads(work: Callable[[int, int], None], cells: int, bars: int) -> None:
    """Do `work` on ranges of cells, on all cores this process may use where that is worth it."""
    if cores() == 1 or cells * bars < PARALLEL_FROM:
        work(0, cells)
        return
    edges = np.linspace(0, cells, CHUNKS_A_CORE * cores() + 1).astype(int).tolist()
    with ThreadPoolExecutor(cores()) as threads:
        for done in [threads.submit(work, begin, end) for begin, end in pairwise(edges)]:
            done.result()
