"""Which parameters each cell of a sweep has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray

from strategies.engine.enums import Average, Rule
from strategies.engine.language.binding import bind, parameters_of
from strategies.engine.language.tree import CustomRule
from strategies.engine.moving_averages import bars_before
from strategies.engine.parameters import TUNABLE, RuleParameters
from strategies.engine.prices import IndexArray
from strategies.engine.rules import RULES


@dataclass(frozen=True, eq=False, kw_only=True)
class Grid:
    """The cells of a sweep.

    axes: for each parameter that varies, its value in every cell; shape (cells,).
    usual: the parameters that do not vary.
    skipped: combinations left out because their windows do not increase.
    custom: the rule whose parameters vary, where it is no built-in one.
    """

    rule: Rule
    usual: RuleParameters
    axes: Mapping[str, NDArray[np.generic]]
    skipped: int
    custom: CustomRule | None = None

    def __len__(self) -> int:
        """Return the number of cells."""
        return len(next(iter(self.axes.values()), (None,)))

    @cached_property
    def windows(self) -> "Windows":
        """The windows of all cells."""
        names = RULES[self.rule].windows
        return Windows.of({name: self.values(name).astype(np.intp) for name in names}, self.average)

    @property
    def average(self) -> Average:
        """The kind of the rule's averages."""
        return RULES[self.rule].fixed_average or self.usual.average

    def rule_parameters(self, cell: int) -> RuleParameters:
        """Return the parameters of one cell."""
        if self.custom is not None:
            values = {name: float(column[cell]) for name, column in self.axes.items()}
            return RuleParameters(custom=bind(self.custom, values))
        return replace(self.usual, **{name: values[cell].item() for name, values in self.axes.items()})

    def values(self, name: str) -> NDArray[np.generic]:
        """Return a parameter of every cell, whether it varies or not."""
        return self.axes[name] if name in self.axes else np.full(len(self), getattr(self.usual, name))


@dataclass(frozen=True, eq=False, kw_only=True)
class Windows:
    """The windows of a grid, each once.

    distinct: in ascending order.
    rows: for each parameter that is a window, where among the distinct ones that of every cell is; shape
        (cells,).
    begin: first bar at which the averages of all windows of a cell exist; shape (cells,).
    """

    distinct: list[int]
    rows: Mapping[str, IndexArray]
    begin: IndexArray

    @classmethod
    def of(cls, windows: Mapping[str, IndexArray], kind: Average) -> Self:
        """Return the windows of the cells, given for each parameter that is one."""
        # Windows are small numbers, which counting tells apart faster than sorting.
        distinct = np.flatnonzero(np.bincount(np.concatenate(list(windows.values()))))
        places = np.zeros(distinct[-1] + 1, dtype=np.intp)
        places[distinct] = np.arange(len(distinct))
        rows = {name: places[found] for name, found in windows.items()}
        begins = np.array([bars_before(window, kind) for window in distinct.tolist()])
        return cls(distinct=distinct.tolist(), rows=rows, begin=begins[rows["slow"]])


def custom_grid_of(rule: CustomRule, ranges: Mapping[str, Sequence[float]]) -> Grid:
    """Return every combination of the values of a custom rule's parameters; one where it has none."""
    lengths = parameters_of(rule)
    crossed = np.meshgrid(*(np.array(ranges[name], dtype=np.float64) for name in lengths), indexing="ij")
    axes = {
        name: column.ravel().astype(np.int64 if is_length else np.float64)
        for (name, is_length), column in zip(lengths.items(), crossed, strict=True)
    }
    return Grid(rule=Rule.CUSTOM, usual=RuleParameters(), axes=axes, skipped=0, custom=rule)


def grid_of(rule: Rule, usual: RuleParameters, ranges: Mapping[str, Sequence[float]]) -> Grid:
    """Return every combination of the ranges of the parameters that `rule` uses, windows increasing.

    A rule's parameter that has no range keeps its usual value; a range that the rule does not use is
    passed over. Cells are ordered by slow window first, since neighbours share it.
    """
    names = [name for name in TUNABLE if name in RULES[rule].uses]
    offered = {name: ranges.get(name, (getattr(usual, name),)) for name in names}
    reading = list(TUNABLE)
    order = sorted(names, key=lambda name: (name != "slow", name != "middle", reading.index(name)))
    crossed = np.meshgrid(*(np.array(offered[name], dtype=np.float64) for name in order), indexing="ij")
    columns = {name: values.ravel() for name, values in zip(order, crossed, strict=True)}
    increasing = np.ones(crossed[0].size, dtype=np.bool_)
    windows = RULES[rule].windows
    for shorter, longer in pairwise(windows):
        increasing &= columns[shorter] < columns[longer]
    axes = {
        name: columns[name][increasing].astype(np.float64 if TUNABLE[name].is_percent else np.int64)
        for name in names
    }
    return Grid(rule=rule, usual=usual, axes=axes, skipped=int(np.count_nonzero(~increasing)))
