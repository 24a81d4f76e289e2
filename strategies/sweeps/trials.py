"""Counting trials: how many different combinations were ever tried on the same symbol and bars.

Sweeps overlap, most of all while a person moves their ranges, so trials are told apart by a key: eight
bytes that stand for all parameters of a combination but its symbol and days.
"""

from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from strategies.backtests.parameters import BacktestParameters
from strategies.engine.language.numbers import numbers_of
from strategies.engine.language.tree import Clause, CustomRule
from strategies.engine.language.write import write_rule
from strategies.engine.parameters import TUNABLE
from strategies.engine.sweep.grid import Grid, custom_grid_of, grid_of
from strategies.models import Backtest, ParameterSweep
from strategies.parameters import TradingParameters

type Keys = NDArray[np.uint64]

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_OTHER_MULTIPLIER = np.uint64(0xBF58476D1CE4E5B9)
_SHIFT = np.uint64(29)

_SAID_BY_THE_BARS = {"adjustment"}
"""What the fingerprint of the bars says already."""


def trial_keys(parameters: TradingParameters, grid: Grid) -> Keys:
    """Return the key of each cell; shape (cells,)."""
    if grid.custom is not None:
        return _custom_keys(parameters, grid, grid.custom)
    fields = set(TradingParameters.model_fields) - _SAID_BY_THE_BARS - {*Clause}
    shared = parameters.model_dump_json(include=fields)
    start = int.from_bytes(sha256(shared.encode()).digest()[:8], "little")
    keys = np.full(len(grid), start, dtype=np.uint64)
    for name in TUNABLE:
        if name in grid.axes:
            values = grid.axes[name].astype(np.float64).view(np.uint64)
            keys = _mixed(keys ^ values)
    return keys


def _custom_keys(parameters: TradingParameters, grid: Grid, rule: CustomRule) -> Keys:
    """Return the keys of cells by what their rule comes to: its form, and its numbers in their order.

    So a number and a parameter with its value are the same, whatever the parameter is called.
    """
    form, numbers = numbers_of(rule)
    fields = set(TradingParameters.model_fields) - _SAID_BY_THE_BARS - {*Clause, "average"}
    shared = parameters.model_dump_json(include=fields) + write_rule(form)
    start = int.from_bytes(sha256(shared.encode()).digest()[:8], "little")
    keys = np.full(len(grid), start, dtype=np.uint64)
    for number in numbers:
        column = grid.axes[number] if isinstance(number, str) else np.full(len(grid), number)
        keys = _mixed(keys ^ column.astype(np.float64).view(np.uint64))
    return keys


def count_trials_ever(*, symbol: str, data_sha256: str, these: Keys) -> int:
    """Return how many different combinations were tried on these bars, `these` included."""
    same = {"symbol": symbol, "data_sha256": data_sha256}
    stored = ParameterSweep.objects.filter(**same).values_list("trial_keys", flat=True)
    single = Backtest.objects.filter(**same).values_list("parameters", flat=True)
    swept = [np.frombuffer(bytes(keys), dtype="<u8").astype(np.uint64) for keys in stored.iterator()]
    alone = [_key_of_backtest(parameters) for parameters in single.iterator()]
    return len(np.unique(np.concatenate([these, *swept, *alone])))


def stored_form(keys: Keys) -> bytes:
    """Return the keys as the table keeps them."""
    return keys.astype("<u8").tobytes()


def _key_of_backtest(parameters: dict[str, Any]) -> Keys:
    asked = BacktestParameters.model_validate(parameters)
    rule = asked.custom_rule
    if rule is not None:
        return trial_keys(
            asked, custom_grid_of(rule, {name: [value] for name, value in asked.values.items()})
        )
    return trial_keys(asked, grid_of(asked.rule, asked.rule_parameters, {}))


def _mixed(keys: Keys) -> Keys:
    """Spread every bit over all others, as the splitmix64 generator does."""
    keys = (keys ^ (keys >> _SHIFT)) * _MULTIPLIER
    keys = (keys ^ (keys >> _SHIFT)) * _OTHER_MULTIPLIER
    return keys ^ (keys >> _SHIFT)
