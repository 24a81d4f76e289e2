"""From a computed backtest to its document. Nothing is calculated here but the rounding."""

from dataclasses import fields
from datetime import datetime

import numpy as np

from core.documents import library_version
from ingestion.schemas import DataDocument
from strategies.backtests import narrative
from strategies.backtests.calendar_returns import calendar_returns
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.run import Run
from strategies.backtests.schemas import (
    BacktestDocument,
    BacktestVersions,
    Comparison,
    CustomRuleDocument,
    DrawdownPeriod,
    IndicatorLine,
    Metrics,
    Period,
    Series,
    Trade,
    TradeDirection,
    Undefined,
    links_of,
)
from strategies.engine import ENGINE_VERSION
from strategies.engine import metrics as engine
from strategies.engine.drawdowns import worst_drawdowns
from strategies.engine.enums import ExitReason, Fill
from strategies.engine.language import LANGUAGE_VERSION
from strategies.engine.language.reading import read_rule
from strategies.engine.language.write import as_data, write_rule
from strategies.engine.trades import Trades
from strategies.rounding import published, published_column, published_or_none

DIRECTIONS = {1: TradeDirection.LONG, -1: TradeDirection.SHORT}


def document_of(run: Run, *, generated_at: datetime) -> BacktestDocument:
    """Return the document of `run`."""
    strategy, held = run.result.strategy.metrics, run.result.benchmark.metrics
    backtest_id = run.inputs.id
    return BacktestDocument(
        id=backtest_id,
        generated_at=generated_at,
        parameters=run.inputs.parameters,
        custom=custom_document(run.inputs.parameters),
        period=Period(start=run.start, end=run.end, bars=len(run.result.traded)),
        data=run.inputs.data,
        unadjusted_splits=list(run.inputs.splits),
        summary=narrative.summary(run),
        notices=narrative.notices(run),
        metrics=metrics_of(strategy),
        benchmark=metrics_of(held),
        undefined=Undefined(metrics=_reasons(strategy), benchmark=_reasons(held)),
        trades=_trades(run),
        drawdowns=_drawdowns(run),
        comparison=_comparison(run),
        series=_series(run),
        calendar=calendar_returns(run.result),
        versions=BacktestVersions(engine=ENGINE_VERSION, numpy=library_version("numpy")),
        disclosure=narrative.disclosure(run),
        links=links_of(backtest_id),
    )


def custom_document(parameters: BacktestParameters) -> CustomRuleDocument | None:
    """Return the published form of a custom rule; None for a built-in one."""
    rule, bound = parameters.custom_rule, parameters.rule_parameters.custom
    if rule is None or bound is None:
        return None
    return CustomRuleDocument(
        language_version=LANGUAGE_VERSION,
        text=write_rule(rule),
        bound_text=write_rule(bound),
        tree={clause: as_data(condition) for clause, condition in rule.clauses()},
        reading=read_rule(bound, parameters.fill),
    )


def metrics_of(metrics: engine.Metrics) -> Metrics:
    """Return the published form of key figures."""
    figures: dict[str, engine.Figure] = {
        field.name: getattr(metrics, field.name) for field in fields(metrics)
    }
    exact = {name: value for name, value in figures.items() if isinstance(value, float)}
    rounded = dict(zip(exact, published_column(np.array(list(exact.values()))), strict=True))
    counts = {name: value for name, value in figures.items() if isinstance(value, int)}
    return Metrics.model_validate(dict.fromkeys(figures) | counts | rounded)


def _reasons(metrics: engine.Metrics) -> dict[str, str]:
    figures = {field.name: getattr(metrics, field.name) for field in fields(metrics)}
    return {name: value.reason for name, value in figures.items() if isinstance(value, engine.Undefined)}


def _trades(run: Run) -> list[Trade]:
    trades: Trades = run.result.strategy.simulation.trades
    dates = run.result.traded.dates
    columns = {
        "entry_date": dates[trades.entry_bar].tolist(),
        "exit_date": dates[trades.exit_bar].tolist(),
        "shares": published_column(trades.shares),
        "entry_price": published_column(trades.entry_price),
        "exit_price": published_column(trades.exit_price),
        "costs": published_column(trades.costs),
        "pnl": published_column(trades.pnl),
        "return": published_column(trades.fraction),
        "bars": trades.bars.tolist(),
        "max_adverse_excursion": published_column(trades.max_adverse),
        "max_favourable_excursion": published_column(trades.max_favourable),
        "direction": [DIRECTIONS[direction] for direction in trades.direction.tolist()],
        "exit_reason": trades.exit_reason,
        "exit_clause": _exit_clauses(run, trades),
        "open": trades.open.tolist(),
    }
    rows = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
    return [Trade.model_validate(row) for row in rows]


def _exit_clauses(run: Run, trades: Trades) -> list[str | None]:
    """Return what asked for each exit, known at the close before its fill or at that of its fill."""
    before = 1 if run.inputs.parameters.fill == Fill.NEXT_OPEN else 0
    asked = run.result.decisions.closing_clause
    exits = zip(trades.exit_bar.tolist(), trades.exit_reason, strict=True)
    return [
        asked(run.inputs.first + bar - before) if reason == ExitReason.SIGNAL else None
        for bar, reason in exits
    ]


def _drawdowns(run: Run) -> list[DrawdownPeriod]:
    days = run.result.traded.dates.tolist()
    return [
        DrawdownPeriod(
            peak=days[spell.peak],
            trough=days[spell.trough],
            recovery=None if spell.recovery is None else days[spell.recovery],
            depth=published(spell.depth),
            days=spell.days,
        )
        for spell in worst_drawdowns(run.result.strategy.curve)
    ]


def _comparison(run: Run) -> Comparison | None:
    compared = run.result.comparison
    if compared is None or run.inputs.compared_bars is None:
        return None
    return Comparison(
        symbol=run.inputs.compared_bars.symbol,
        metrics=metrics_of(compared.metrics),
        undefined=_reasons(compared.metrics),
        data=DataDocument.of(run.inputs.compared_bars),
    )


def _series(run: Run) -> Series:
    result = run.result
    traded, strategy, held, compared = result.traded, result.strategy, result.benchmark, result.comparison
    return Series(
        dates=traded.dates.tolist(),
        open=published_column(traded.open),
        high=published_column(traded.high),
        low=published_column(traded.low),
        close=published_column(traded.close),
        volume=run.inputs.bars.volume[run.inputs.first :].tolist(),
        indicators=[
            IndicatorLine(
                key=line.key,
                label=line.label,
                panel=line.panel,
                values=published_or_none(line.values[run.inputs.first :]),
            )
            for line in result.decisions.indicators
        ],
        equity=published_column(strategy.curve.equity),
        benchmark_equity=published_column(held.curve.equity),
        drawdown=published_column(strategy.curve.drawdown),
        benchmark_drawdown=published_column(held.curve.drawdown),
        position=published_column(strategy.simulation.position),
        rolling_sharpe=published_or_none(result.rolling.sharpe),
        rolling_beta=published_or_none(result.rolling.beta),
        comparison_equity=None if compared is None else published_column(compared.curve.equity),
    )
