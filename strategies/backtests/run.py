"""Hold a computed backtest beside the bars and parameters it was computed from."""

from dataclasses import dataclass
from datetime import date

from ingestion.bars import Bars
from strategies.backtests.parameters import BacktestParameters
from strategies.engine.backtest import Result


@dataclass(frozen=True, kw_only=True)
class Run:
    """A backtest with its circumstances.

    first: index of the first traded bar in `bars`.
    splits: days inside the traded period on which an unadjusted price jumps by a split.
    compared_bars: of the symbol that it is compared with, if any.
    """

    parameters: BacktestParameters
    bars: Bars
    first: int
    splits: tuple[date, ...]
    compared_bars: Bars | None = None
    result: Result

    @property
    def start(self) -> date:
        """The first traded day."""
        day: date = self.bars.dates[self.first].item()
        return day

    @property
    def end(self) -> date:
        """The last traded day."""
        day: date = self.bars.dates[-1].item()
        return day
