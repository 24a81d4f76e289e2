"""Compiled loops over cells, shared by the cores where there is much to do.

The functions release the interpreter's lock, so plain threads do; numba's own threads would abort a
web server that calls them from several threads of its own at once.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
from numba import njit

from strategies.engine.account import Account
from strategies.engine.backtest import Strategy
from strategies.engine.choices import Entry, Fill, Rule
from strategies.engine.kernels import cores
from strategies.engine.prices import FloatArray, Prices
from strategies.engine.rules import RuleParameters
from strategies.engine.sweep.events import (
    WORD,
    Array,
    crossings,
    orders_at_crossings,
    orders_at_turns,
    tally_holdings,
)
from strategies.engine.sweep.grid import Decided, Lines, decided, grid_of, lines_of
from strategies.engine.sweep.market import Market, Terms
from strategies.engine.sweep.tallies import TALLIES
from strategies.engine.sweep.walking import tally_equity, walk

PARALLEL_FROM = 2_000_000
"""Bars times cells that are worth a second thread."""
CHUNKS_A_CORE = 4
NOTHING = np.empty((0, 0))


def tally_lines(
    lines: Lines, market: Market, terms: Terms, *, closed_form: bool, returns: FloatArray = NOTHING
) -> FloatArray:
    """Return the tallies, shape (cells, 8), of cells that compare two lines.

    closed_form: whether all money is in shares or none is, and no stop is set.
    returns: where to write the returns of each cell, shape (cells, bars), if they are wanted.
    """
    tallies = np.zeros((len(lines.upper), TALLIES))

    def work(begin: int, end: int) -> None:
        cells = slice(begin, end)
        _tally_lines(
            lines.values,
            lines.upper[cells],
            lines.lower[cells],
            lines.begin[cells],
            lines.lead,
            market,
            terms,
            closed_form,
            tallies[cells],
            returns[cells],
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
    strategy = Strategy(
        rule=Rule.MA_CROSSOVER,
        tuned=RuleParameters(),
        entry=Entry.ON_STATE,
        fill=Fill.NEXT_OPEN,
        account=account,
    )
    grid = grid_of(strategy.rule, strategy.tuned, {"fast": [2], "slow": [3]})
    market = Market.of(prices, account, fill=strategy.fill, risk_free_rate=0.0)
    terms = Terms.of(strategy)
    lines = lines_of(grid, prices, first=0)
    if lines is not None:
        tally_lines(lines, market, terms, closed_form=True)
    tally_decided(decided(grid, prices, [0], first=0), market, terms, closed_form=False)


def tally_decided(
    decided: Decided, market: Market, terms: Terms, *, closed_form: bool, returns: FloatArray = NOTHING
) -> FloatArray:
    """Return the tallies of cells whose sides are given, as `tally_lines` does."""
    tallies = np.zeros((len(decided.sides), TALLIES))

    def work(begin: int, end: int) -> None:
        cells = slice(begin, end)
        _tally_decided(
            decided.sides[cells],
            decided.known_from[cells],
            decided.lead,
            market,
            terms,
            closed_form,
            tallies[cells],
            returns[cells],
        )

    _in_threads(work, len(tallies), len(market.close))
    return tallies


@njit(cache=True, nogil=True)
def _tally_lines(
    values: Array,
    upper: Array,
    lower: Array,
    begin: Array,
    lead: int,
    market: Market,
    terms: Terms,
    closed_form: bool,
    tallies: Array,
    returns: Array,
) -> None:
    bars = market.close.shape[0]
    words = np.empty(values.shape[1] // WORD, np.uint64)
    signals = np.empty(bars, np.int64)
    orders, targets = np.empty(bars, np.int64), np.empty(bars, np.int64)
    equity = np.empty(bars)
    for cell in range(upper.shape[0]):
        crossed, known, side = crossings(
            values[upper[cell]], values[lower[cell]], begin[cell], lead, words, signals
        )
        count = orders_at_crossings(signals, crossed, known, side, terms, bars, orders, targets)
        wanted = returns[cell] if returns.shape[0] > 0 else equity[:0]
        _tally(orders, targets, count, market, terms, closed_form, tallies[cell], equity, wanted)


@njit(cache=True, nogil=True)
def _tally_decided(
    sides: Array,
    known_from: Array,
    lead: int,
    market: Market,
    terms: Terms,
    closed_form: bool,
    tallies: Array,
    returns: Array,
) -> None:
    bars = market.close.shape[0]
    orders, targets = np.empty(bars, np.int64), np.empty(bars, np.int64)
    equity = np.empty(bars)
    for cell in range(sides.shape[0]):
        count = orders_at_turns(sides[cell], known_from[cell], lead, terms, orders, targets)
        wanted = returns[cell] if returns.shape[0] > 0 else equity[:0]
        _tally(orders, targets, count, market, terms, closed_form, tallies[cell], equity, wanted)


@njit(cache=True, nogil=True)
def _tally(
    orders: Array,
    targets: Array,
    count: int,
    market: Market,
    terms: Terms,
    closed_form: bool,
    tally: Array,
    equity: Array,
    returns: Array,
) -> None:
    """Count one cell; `equity` is room to work in, and `returns` empty where they are not wanted."""
    if closed_form and returns.shape[0] == 0 and tally_holdings(orders, count, market, terms, tally):
        return
    counts = walk(orders, targets, count, market, terms, equity)
    tally_equity(equity, market.rate, counts, terms, tally)
    if returns.shape[0] > 0:
        returns[:] = equity


def _in_threads(work: Callable[[int, int], None], cells: int, bars: int) -> None:
    """Do `work` on ranges of cells, on all cores this process may use where that is worth it."""
    if cores() == 1 or cells * bars < PARALLEL_FROM:
        work(0, cells)
        return
    edges = np.linspace(0, cells, CHUNKS_A_CORE * cores() + 1).astype(int).tolist()
    with ThreadPoolExecutor(cores()) as threads:
        for done in [threads.submit(work, begin, end) for begin, end in pairwise(edges)]:
            done.result()
