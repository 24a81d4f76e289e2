"""Load what a sweep computes with: its request, the bars, and its cells."""

from dataclasses import dataclass
from functools import cached_property

from core.document_ids import document_id
from core.errors import InvalidInput
from strategies.engine.enums import Rule
from strategies.engine.parameters import TUNABLE
from strategies.engine.rules import RULES
from strategies.engine.sweep.grid import Grid
from strategies.inputs import TradedBars
from strategies.sweeps.parameters import SweepParameters
from strategies.sweeps.schemas import SCHEMA_VERSION

QUICK_BARS = 5_000_000
"""Bars times cells that take less than about a second, the verdict included."""
COST_WITHOUT_KERNEL = 20
"""How many times longer a cell takes whose rule no kernel decides, at least."""


@dataclass(frozen=True, eq=False, kw_only=True)
class SweepInputs(TradedBars):
    """Hold a request with its bars and its cells."""

    parameters: SweepParameters
    grid: Grid

    @classmethod
    def load(cls, parameters: SweepParameters) -> "SweepInputs":
        """Load the bars; raises InvalidInput when they are missing or too few, naming the field."""
        traded = TradedBars.of(parameters, parameters.symbol)
        bars = traded.bars
        for name in RULES[parameters.rule].windows[-1:]:
            if min(parameters.values_for(name)) > len(bars):
                raise InvalidInput(
                    f"Every {name} window is longer than all {len(bars):,d} bars of {bars.symbol} stored up "
                    f"to {traded.end}. Choose shorter windows, or fetch more bars.",
                    field=name,
                )
        return cls(**vars(traded), parameters=parameters, grid=parameters.grid())

    @cached_property
    def sweep_id(self) -> str:
        """The hash of request, data, engine and form: what decides the document."""
        parameters = self.parameters
        names = parameters.varied() if parameters.rule == Rule.CUSTOM else TUNABLE
        values = {name: parameters.values_for(name) for name in names}
        left_out = {*TUNABLE, "values"} | parameters.unstated
        return document_id(
            {
                "sweep": parameters.model_dump(mode="json", exclude=left_out),
                "values": {name: list(found) for name, found in values.items()},
                "schema_version": SCHEMA_VERSION,
                **self.identity,
            }
        )

    @property
    def cost(self) -> int:
        """Bars times cells, more for a rule that no kernel decides: the work of their figures."""
        has_kernel = self.grid.custom is not None or RULES[self.parameters.rule].kernel is not None
        return (1 if has_kernel else COST_WITHOUT_KERNEL) * len(self.grid) * len(self.bars)

    @property
    def is_quick(self) -> bool:
        """Whether a request may wait for the result; otherwise it is a job."""
        return self.cost <= QUICK_BARS

    def values(self, cell: int) -> dict[str, float]:
        """Return what varies in a cell, by name."""
        return {name: values[cell].item() for name, values in self.grid.axes.items()}
