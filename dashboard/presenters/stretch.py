"""What the page shows of a part of a run."""

from dataclasses import dataclass

from core.formatting import signed_percent
from dashboard.metrics import METRICS_BY_KEY
from strategies.backtests.stretch import Stretch
from strategies.engine.metrics import CurveMetrics, Undefined

FIGURES = ("total_return", "cagr", "annual_volatility", "sharpe", "max_drawdown")


@dataclass(frozen=True, kw_only=True)
class StretchRow:
    """A figure of the part, written for the strategy and for buy and hold."""

    label: str
    strategy: str
    benchmark: str


@dataclass(frozen=True, kw_only=True)
class StretchTable:
    """The figures of a part of a run.

    remarks: what the strategy would have returned without a part of it, in sentences.
    """

    stretch: Stretch
    rows: list[StretchRow]
    won: int
    remarks: list[str]


def stretch_table(stretch: Stretch) -> StretchTable:
    """Return the figures written out."""
    return StretchTable(
        stretch=stretch,
        rows=[
            StretchRow(
                label=METRICS_BY_KEY[key].label,
                strategy=_text(stretch.strategy, key),
                benchmark=_text(stretch.benchmark, key),
            )
            for key in FIGURES
        ],
        won=sum(trade.pnl > 0 for trade in stretch.trades),
        remarks=_remarks(stretch),
    )


def _text(figures: CurveMetrics, key: str) -> str:
    value = getattr(figures, key)
    return METRICS_BY_KEY[key].text(None if isinstance(value, Undefined) else value, "")


def _remarks(stretch: Stretch) -> list[str]:
    year, trades = stretch.without_best_year, stretch.without_best_trades
    remarks = []
    if year:
        remarks.append(
            f"Without its best year, {year.left_out}, the strategy returned "
            f"{signed_percent(year.total_return)}."
        )
    if trades:
        remarks.append(
            f"Without its best {trades.left_out} trades it returned {signed_percent(trades.total_return)}."
        )
    return remarks
