"""The figures of a sweep before its verdict: they take a hundredth of the time."""

from dataclasses import dataclass

from ingestion.schemas import DataDocument
from strategies.backtests.schemas import Period
from strategies.sweeps.computation import EvaluatedCells
from strategies.sweeps.parameters import SweepParameters
from strategies.sweeps.schemas import Cell, Cells
from strategies.sweeps.serializer import best_of, cells_of, top_of


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

    @classmethod
    def of(cls, run: EvaluatedCells) -> "SweepPreview":
        """Return the preview of evaluated cells."""
        inputs, cells = run.inputs, cells_of(run)
        return cls(
            id=inputs.sweep_id,
            parameters=inputs.parameters,
            period=Period(start=inputs.start, end=inputs.end, bars=run.sweep.bars),
            data=inputs.data,
            varied=list(inputs.parameters.varied()),
            skipped=inputs.grid.skipped,
            cells=cells,
            best=best_of(run, cells),
            top=top_of(run, cells),
        )
