"""What a sweep computes with: its question, the bars that answer it, and its cells."""

from dataclasses import dataclass
from datetime import date

from core.document_ids import document_id
from core.errors import InvalidInput
from ingestion.bars import Bars, load_bars
from ingestion.notices import actions_notice
from ingestion.provenance import data_fingerprint_fields
from ingestion.schemas import DataDocument
from strategies.engine import ENGINE_VERSION
from strategies.engine.enums import Rule
from strategies.engine.parameters import TUNABLE
from strategies.engine.prices import Prices
from strategies.engine.rules import RULES
from strategies.engine.sweep.grid import Grid
from strategies.inputs import first_traded_bar, last_day, prices_of, split_days
from strategies.sweeps.parameters import SweepParameters
from strategies.sweeps.schemas import SCHEMA_VERSION

QUICK_BARS = 5_000_000
"""Bars times cells that take less than about a second, the verdict included."""


@dataclass(frozen=True, eq=False, kw_only=True)
class SweepMaterial:
    """A question with the bars that answer it; `first` is the index of the first traded bar."""

    parameters: SweepParameters
    bars: Bars
    prices: Prices
    grid: Grid
    first: int
    splits: tuple[date, ...]

    @classmethod
    def of(cls, parameters: SweepParameters) -> "SweepMaterial":
        """Load the bars; raises InvalidInput when they are missing or too few, naming the field."""
        bars = load_bars(parameters.symbol, end=parameters.end, adjustment=parameters.adjustment)
        first = first_traded_bar(parameters, bars)
        for name in RULES[parameters.rule].windows[-1:]:
            if min(parameters.values_for(name)) > len(bars):
                raise InvalidInput(
                    f"Every {name} window is longer than all {len(bars):,d} bars of {bars.symbol} stored up "
                    f"to {last_day(bars)}. Choose shorter windows, or fetch more bars.",
                    field=name,
                )
        return cls(
            parameters=parameters,
            bars=bars,
            prices=prices_of(bars),
            grid=parameters.grid(),
            first=first,
            splits=split_days(bars, first),
        )

    @property
    def sweep_id(self) -> str:
        """The hash of question, data, engine and form: what decides the document."""
        parameters = self.parameters
        names = parameters.varied() if parameters.rule == Rule.CUSTOM else TUNABLE
        values = {name: parameters.values_for(name) for name in names}
        left_out = {*TUNABLE, "values"} | parameters.unstated
        return document_id(
            {
                "sweep": parameters.model_dump(mode="json", exclude=left_out),
                "values": {name: list(found) for name, found in values.items()},
                "data": data_fingerprint_fields(DataDocument.of(self.bars)),
                "actions_notice": actions_notice(self.bars),
                "unadjusted_splits": [day.isoformat() for day in self.splits],
                "engine_version": ENGINE_VERSION,
                "schema_version": SCHEMA_VERSION,
            }
        )

    @property
    def is_quick(self) -> bool:
        """Whether a request may wait for the answer; otherwise it is a job."""
        return len(self.grid) * len(self.bars) <= QUICK_BARS

    def values(self, cell: int) -> dict[str, float]:
        """Return what varies in a cell, by name."""
        return {name: values[cell].item() for name, values in self.grid.axes.items()}
