"""The figures of a sweep before its verdict: they take a hundredth of the time."""

from dataclasses import dataclass

from ingestion.schemas import DataDocument
from strategies.backtests.schemas import Period
from strategies.sweeps.parameters import SweepParameters
from strategies.sweeps.schemas import Cell, Cells


@dataclass(frozen=True, kw_only=True)
class SweepPreview:
    """What a sweep's document will say of its combinations, with the names that it has there."""

    id: str
    parameters: SweepParameters
    period: Period
    data: DataDocument
    varied: list[str]
    skipped: int
    cells: Cells
    best: Cell | None
    top: list[Cell]
