"""From a computed backtest to its document. Nothing is calculated here but the rounding."""

from dataclasses import fields
from datetime import datetime
from importlib.metadata import version as package_version

from ingestion.documents import DataDocument
from strategies import describing
from strategies.describing import Run
from strategies.documents import (
    BacktestDocument,
    ExitReason,
    Links,
    Metrics,
    Period,
    Series,
    Trade,
    Undefined,
    Versions,
)
from strategies.engine import ENGINE_VERSION
from strategies.engine import metrics as engine
from strategies.engine.simulation import Trades
from strategies.rounding import published, published_column, published_or_none


def document_of(run: Run, *, backtest_id: str, generated_at: datetime) -> BacktestDocument:
    """Return the document of `run`."""
    from strategies.calendar_returns import calendar_returns

    strategy, held = run.result.strategy.metrics, run.result.benchmark.metrics
    return BacktestDocument(
        id=backtest_id,
        generated_at=generated_at,
        parameters=run.parameters,
        period=Period(start=run.start, end=run.end, bars=len(run.result.traded)),
        data=DataDocument.of(run.bars),
        unadjusted_splits=list(run.splits),
        summary=describing.summary(run),
        notices=describing.notices(run),
        metrics=_metrics(strategy),
        benchmark=_metrics(held),
        undefined=Undefined(metrics=_reasons(strategy), benchmark=_reasons(held)),
        trades=_trades(run),
        series=_series(run),
        calendar=calendar_returns(run.result),
        versions=Versions(
            engine=ENGINE_VERSION, numpy=package_version("numpy"), pandas=package_version("pandas")
        ),
        disclosure=describing.disclosure(run),
        links=_links(backtest_id),
    )


def _metrics(metrics: engine.Metrics) -> Metrics:
    return Metrics.model_validate(
        {field.name: _figure(getattr(metrics, field.name)) for field in fields(metrics)}
    )


def _figure(value: engine.Figure) -> float | None:
    if isinstance(value, engine.Undefined):
        return None
    return value if isinstance(value, int) else published(value)


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
        "open": trades.open.tolist(),
    }
    rows = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
    return [
        Trade.model_validate({**row, "direction": "long", "exit_reason": _exit(row["open"])}) for row in rows
    ]


def _exit(is_open: object) -> ExitReason:
    return ExitReason.END_OF_DATA if is_open else ExitReason.SIGNAL


def _series(run: Run) -> Series:
    result = run.result
    traded, strategy, held = result.traded, result.strategy, result.benchmark
    return Series(
        dates=traded.dates.tolist(),
        open=published_column(traded.open),
        high=published_column(traded.high),
        low=published_column(traded.low),
        close=published_column(traded.close),
        volume=run.bars.volume[run.first :].tolist(),
        fast_average=published_or_none(result.fast_average),
        slow_average=published_or_none(result.slow_average),
        equity=published_column(strategy.curve.equity),
        benchmark_equity=published_column(held.curve.equity),
        drawdown=published_column(strategy.curve.drawdown),
        benchmark_drawdown=published_column(held.curve.drawdown),
        position=published_column(strategy.simulation.position),
    )


def _links(backtest_id: str) -> Links:
    address = f"/backtests/{backtest_id}"
    return Links(
        page=f"{address}/", json_=f"{address}.json", pdf=f"{address}.pdf", trades_csv=f"{address}.csv"
    )
