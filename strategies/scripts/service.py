"""Write a backtest as a script of another tool, with the bars that it needs."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from string import Template

import pandas as pd

from core.errors import InvalidInput
from ingestion.bars import load_bars
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.schemas import BacktestDocument
from strategies.backtests.service import data_changed_since

TEMPLATES = Path(__file__).parent / "templates"

EXPRESSIBLE = {
    *("symbol", "start", "end", "initial_investment", "fast", "slow", "commission_rate", "adjustment"),
    *("risk_free_rate", "compare_with"),
}
"""Parameters that scripts take over, or that change no trade; all others must have their defaults."""


class Tool(StrEnum):
    """What a script is written for."""

    VECTORBT = "vectorbt"
    BACKTESTING = "backtesting"
    PINE = "pine"


@dataclass(frozen=True, kw_only=True)
class Script:
    """A script, and the bars to put beside it under `bars_file`; None where the tool has its own."""

    text: str
    bars: bytes | None


def script_of(document: BacktestDocument, *, tool: Tool, bars_file: str) -> Script:
    """Return the script that reproduces a backtest.

    Raises InvalidInput for a parameter that scripts cannot express, and where the bars have changed since.
    """
    _require_expressible(document.parameters)
    if tool == Tool.PINE:
        return Script(text=_filled("pine", document, tool, bars_file), bars=None)
    if data_changed_since(document):
        raise InvalidInput("The stored bars have changed since. Run the backtest again, then export that.")
    text = "".join(_filled(name, document, tool, bars_file) for name in ("common", tool))
    return Script(text=text.rstrip() + "\n", bars=_bars_csv(document))


def _require_expressible(parameters: BacktestParameters) -> None:
    usual = BacktestParameters(symbol=parameters.symbol)
    for name in BacktestParameters.model_fields.keys() - EXPRESSIBLE:
        if getattr(parameters, name) != getattr(usual, name):
            raise InvalidInput(
                "Scripts are of crossings of two simple averages, long only, filled at the next open, "
                f"with all cash and a commission by share of the amount; this run has another {name}.",
                field=name,
            )


def _filled(name: str, document: BacktestDocument, tool: Tool, bars_file: str) -> str:
    asked = document.parameters
    trades = [
        (str(trade.entry_date), None if trade.open else str(trade.exit_date)) for trade in document.trades
    ]
    return Template((TEMPLATES / f"{name}.txt").read_text()).substitute(
        id=document.id,
        symbol=asked.symbol,
        tool=tool,
        package=str(tool),
        summary=document.summary,
        bars_file=bars_file,
        fast=asked.fast,
        slow=asked.slow,
        cash=asked.initial_investment,
        commission=asked.commission_rate,
        commission_percent=f"{100 * asked.commission_rate:g}",
        first_day=document.period.start,
        last_day=document.period.end,
        trades="[\n" + "".join(f"    {trade!r},\n" for trade in trades) + "]",
        final_equity=document.metrics.final_equity,
    )


def _bars_csv(document: BacktestDocument) -> bytes:
    """Return the bars from the first stored one, which warm the averages up, to the run's last day."""
    asked = document.parameters
    bars = load_bars(asked.symbol, end=document.period.end, adjustment=asked.adjustment)
    columns = {name.title(): getattr(bars, name) for name in ("open", "high", "low", "close", "volume")}
    table = pd.DataFrame(columns, index=pd.DatetimeIndex(bars.dates, name="date"))
    return table.to_csv(date_format="%Y-%m-%d").encode()
