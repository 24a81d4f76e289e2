"""Enter single backtests into the ledger of trials, which sweeps of the symbol count."""

from math import nan, sqrt

import numpy as np

from strategies.backtests.parameters import BacktestParameters
from strategies.engine.metrics import BARS_IN_A_YEAR
from strategies.engine.sweep.grid import Grid, custom_grid_of, grid_of
from strategies.trials import record_trials


def record_backtest(parameters: BacktestParameters, *, sharpe: float | None, bars: int) -> None:
    """Enter a backtest. sharpe: of a year; bars: over which it was measured."""
    of_bar = nan if sharpe is None else sharpe / sqrt(BARS_IN_A_YEAR)
    grid = grid_of_one(parameters)
    record_trials(parameters.symbol, parameters, grid, sharpe=np.array([of_bar]), bars=bars)


def grid_of_one(parameters: BacktestParameters) -> Grid:
    """Return the grid whose only cell is the backtest."""
    rule = parameters.custom_rule
    if rule is None:
        return grid_of(parameters.rule, parameters.rule_parameters, {})
    return custom_grid_of(rule, {name: [value] for name, value in parameters.values.items()})
