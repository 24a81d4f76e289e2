"""Choosing among cells: the best, and how much its neighbours agree with it."""

from enum import StrEnum
from itertools import product

import numpy as np

from strategies.engine.prices import FloatArray
from strategies.engine.sweep.grid import Grid
from strategies.engine.sweep.metrics import Figures


class Objective(StrEnum):
    """The figure that the best cell has most of; drawdowns are negative, so most is least deep."""

    TOTAL_RETURN = "total_return"
    CAGR = "cagr"
    SHARPE = "sharpe"
    SORTINO = "sortino"
    CALMAR = "calmar"
    MAX_DRAWDOWN = "max_drawdown"
    TRADES = "trades"
    EXPOSURE = "exposure"
    WIN_RATE = "win_rate"


def scores(figures: Figures, objective: Objective, *, minimum_trades: int) -> FloatArray:
    """Return what cells are chosen by, shape (cells,): NaN for those with too few trades or no figure."""
    values = np.asarray(getattr(figures, objective), dtype=np.float64)
    return np.where(figures.trades >= minimum_trades, values, np.nan)


def best_cell(score: FloatArray) -> int | None:
    """Return the first cell with the highest score; None where no cell has one."""
    return None if np.isnan(score).all() else int(np.nanargmax(score))


def neighbourhood_means(grid: Grid, values: FloatArray) -> FloatArray:
    """Return the mean of each cell and the cells next to it on every axis, NaN where none has a value.

    A cell on the edge has fewer neighbours. A peak that stands alone has a low mean.
    """
    ranks = [np.unique(axis, return_inverse=True) for axis in grid.axes.values()]
    places = tuple(place + 1 for _, place in ranks)
    room = tuple(len(distinct) + 2 for distinct, _ in ranks)
    known = ~np.isnan(values)
    table, present = np.zeros(room), np.zeros(room)
    table[places] = np.where(known, values, 0.0)
    present[places] = known
    total, count = np.zeros(len(values)), np.zeros(len(values))
    for step in product((-1, 0, 1), repeat=len(room)):
        neighbour = tuple(place + offset for place, offset in zip(places, step, strict=True))
        total += table[neighbour]
        count += present[neighbour]
    means: FloatArray = np.divide(total, count, out=np.full(len(values), np.nan), where=count > 0)
    return means
