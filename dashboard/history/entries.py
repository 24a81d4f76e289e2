"""What the history says of a result: title, details, outcome and figures, by kind."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from pydantic import BaseModel

from core.formatting import counted, day, percent
from core.results import ResultKind
from dashboard.labels import choice, rule_in_short
from dashboard.metrics import METRICS
from dashboard.presenters.parameters import changed_parameters
from dashboard.reports.combined import CombinedDocument
from forecasting.forecasts.service import find_forecast
from forecasting.schemas import ForecastDocument
from ingestion.files.announcement import ImportSummary
from strategies.backtests.schemas import BacktestDocument
from strategies.backtests.service import find_backtest
from strategies.sweeps.schemas import SweepDocument
from strategies.sweeps.service import find_sweep
from strategies.universes.schemas import UniverseDocument
from strategies.universes.service import find_universe

Figures = dict[str, float | None]

CELL_FIGURES = ("total_return", "cagr", "sharpe", "max_drawdown", "trades", "win_rate")
"""Figures of a sweep's best combination."""


@dataclass(frozen=True, kw_only=True)
class EntryText:
    """What lists show of a result. page: its URL, relative to the site."""

    symbol: str = ""
    rule: str = ""
    title: str
    details: str = ""
    outcome: str = ""
    figures: Figures = field(default_factory=dict)
    page: str


def describe(kind: ResultKind, result_id: str, document: BaseModel | None) -> EntryText:
    """Return what the history says of a result, reading its document where none is given.

    Raises NotFound where there is no such result.
    """
    find, text_of = _KINDS[kind]
    return text_of(find(result_id) if document is None else document)


def _backtest(document: BacktestDocument) -> EntryText:
    asked = document.parameters
    figures: Figures = {metric.key: getattr(document.metrics, metric.key) for metric in METRICS}
    return EntryText(
        symbol=asked.symbol,
        rule=asked.rule,
        title=f"{asked.symbol} {rule_in_short(asked)}"[:200],
        details=", ".join([_years(document), *changed_parameters(asked)]),
        outcome=document.summary,
        figures=figures | {"benchmark_total_return": document.benchmark.total_return},
        page=document.links.page,
    )


def _sweep(document: SweepDocument) -> EntryText:
    best = document.best
    figures: Figures = {key: getattr(best, key, None) for key in CELL_FIGURES}
    return EntryText(
        symbol=document.parameters.symbol,
        rule=document.parameters.rule,
        title=f"{document.parameters.symbol} {choice(document.parameters.rule)}",
        details=f"{_years(document)}, {counted(document.verdict.trials, 'combination')}",
        outcome=document.verdict.sentence,
        figures=figures | {"benchmark_total_return": document.benchmark.total_return},
        page=document.links.page,
    )


def _universe(document: UniverseDocument) -> EntryText:
    return EntryText(
        rule=document.parameters.rule,
        title=f"{counted(document.symbols, 'symbol')}, {choice(document.parameters.rule)}",
        details=", ".join(document.parameters.symbols or []) or "All stored symbols",
        outcome=document.verdict.sentence if document.verdict else "",
        page=document.page,
    )


def _forecast(document: ForecastDocument) -> EntryText:
    last = document.points[-1]
    sessions = counted(len(document.points), "session")
    return EntryText(
        symbol=document.data.symbol,
        title=f"{document.data.symbol} {sessions} from {day(document.issued_on)}",
        details=choice(document.parameters.model),
        outcome=f"{percent(last.probability_above_last_close, 0)} above the last close on {day(last.date)}",
        figures={"total_return": last.median / document.last_close - 1},
        page=document.links.page,
    )


def _report(document: CombinedDocument) -> EntryText:
    return EntryText(
        symbol=document.symbol,
        rule=document.backtest.parameters.rule,
        title=f"{document.symbol} report, {rule_in_short(document.backtest.parameters)}"[:200],
        details=f"Forecast issued {day(document.forecast.issued_on)}",
        outcome=document.backtest.summary,
        figures={
            "total_return": document.backtest.metrics.total_return,
            "benchmark_total_return": document.backtest.benchmark.total_return,
        },
        page=document.links.page,
    )


def _import(summary: ImportSummary) -> EntryText:
    symbol = summary.symbols[0] if len(summary.symbols) == 1 else ""
    return EntryText(
        symbol=symbol,
        title=f"{symbol or counted(len(summary.symbols), 'symbol')} from {summary.filename}"[:200],
        outcome=summary.sentence,
        page=f"{reverse('data')}#{symbol}" if symbol else reverse("data"),
    )


def _years(document: BacktestDocument | SweepDocument) -> str:
    return f"{document.period.start.year}\N{EN DASH}{document.period.end.year}"


def _no_document(result_id: str) -> Any:
    raise LookupError(result_id)


_KINDS: dict[ResultKind, tuple[Callable[[str], Any], Callable[[Any], EntryText]]] = {
    ResultKind.BACKTEST: (find_backtest, _backtest),
    ResultKind.SWEEP: (find_sweep, _sweep),
    ResultKind.UNIVERSE: (find_universe, _universe),
    ResultKind.FORECAST: (find_forecast, _forecast),
    ResultKind.REPORT: (_no_document, _report),  # composed anew each time, so always at hand
    ResultKind.IMPORT: (_no_document, _import),
}
