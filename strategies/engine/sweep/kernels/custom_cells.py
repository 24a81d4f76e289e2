"""Compiled loops over the cells of a custom rule."""

from collections.abc import Mapping

import numpy as np

from strategies.engine.compilation.decorators import Array, bare_kernel
from strategies.engine.enums import Rule
from strategies.engine.language.book import Bars, BookTerms
from strategies.engine.language.parse import parse_rule
from strategies.engine.language.series import Operands
from strategies.engine.language.tree import CustomRule
from strategies.engine.prices import FloatArray, Prices
from strategies.engine.sweep.custom_program import Program, program_of
from strategies.engine.sweep.kernels import cells, custom_rules
from strategies.engine.sweep.kernels.cells import NOTHING, accumulate_one, in_threads
from strategies.engine.sweep.kernels.crossovers import orders_at_turns
from strategies.engine.sweep.kernels.custom_rules import decide_custom
from strategies.engine.sweep.market import Market, Terms
from strategies.engine.sweep.metrics import STATS

CELLS_AT_ONCE = 1_024
"""Cells whose lines are in memory together."""
MOST_LINES = 4_096
"""Lines that are kept for the cells to come."""


def accumulate_custom(
    rule: CustomRule,
    values: Mapping[str, FloatArray],
    operands: Operands,
    market: Market,
    terms: Terms,
    book: BookTerms,
    *,
    first: int,
    closed_form: bool,
    returns: FloatArray = NOTHING,
) -> FloatArray:
    """Return the statistics of cells, shape (cells, 8).

    values: of the rule's parameters in each cell; each of shape (cells,).
    operands: of all bars, those before the index `first` included.
    closed_form, returns: as `cells.accumulate_cells` takes them.
    """
    count = len(next(iter(values.values())))
    stats = np.zeros((count, STATS))
    for begin in range(0, count, CELLS_AT_ONCE):
        chosen = slice(begin, begin + CELLS_AT_ONCE)
        rows = returns[chosen] if len(returns) else NOTHING
        if len(operands.known) > MOST_LINES:
            operands.known.clear()
        some = {name: column[chosen] for name, column in values.items()}
        program = program_of(rule, some, operands, book)
        _accumulate_program(
            program, operands.prices, market, terms, book, first, closed_form, stats[chosen], rows
        )
    return stats


def _accumulate_program(
    program: Program,
    prices: Prices,
    market: Market,
    terms: Terms,
    book: BookTerms,
    first: int,
    closed_form: bool,
    stats: FloatArray,
    returns: FloatArray,
) -> None:
    bars = Bars.of(prices)
    simple = not (book.has_stops or program.looks_at_position)

    def work(begin: int, end: int) -> None:
        _accumulate(
            program,
            begin,
            end,
            first,
            bars,
            book,
            simple,
            market,
            terms,
            closed_form,
            stats,
            returns,
            cells.Scratch.of(len(market.close), first),
            custom_rules.Scratch.of(program),
        )

    in_threads(work, len(stats), len(prices))


@bare_kernel
def _accumulate(
    program: Program,
    begin: int,
    end: int,
    lead: int,
    bars: Bars,
    book: BookTerms,
    simple: bool,
    market: Market,
    terms: Terms,
    closed_form: bool,
    stats: Array,
    returns: Array,
    scratch: cells.Scratch,
    own: custom_rules.Scratch,
) -> None:
    for cell in range(begin, end):
        known_from = decide_custom(program, cell, bars, book, own, simple)
        count = orders_at_turns(own.kept.side, known_from, lead, terms, scratch.orders, scratch.targets)
        wanted = returns[cell] if returns.shape[0] > 0 else scratch.equity[:0]
        accumulate_one(scratch, count, market, terms, closed_form, stats[cell], wanted)


def warm() -> None:
    """Compile for the types that are used."""
    prices, strategy = cells.warming_prices(), cells.warming_strategy(Rule.CUSTOM)
    market = cells.warming_market(prices, strategy)
    book = BookTerms.of(strategy.direction, strategy.fill, strategy.stops)
    for text in ("buy when close > sma(n)", "buy when close > n\nsell when profit > n"):
        accumulate_custom(
            parse_rule(text),
            {"n": np.array([2.0])},
            Operands(prices),
            market,
            Terms.of(strategy),
            book,
            first=0,
            closed_form=True,
        )
