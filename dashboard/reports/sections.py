"""The reports' contents: what stands in the documents, written out for the templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from core.formatting import (
    amount,
    count,
    counted,
    day,
    days,
    money,
    percent,
    price,
    ratio,
    shares,
    signed_percent,
)
from dashboard.labels import choice
from dashboard.metrics import METRICS, Group, Metric, MetricRow, metric_rows
from dashboard.reports import facts
from dashboard.reports.components import Chart, FactGroup, Table
from dashboard.reports.returns import Returns, returns
from dashboard.reports.scores import calibration_table, reliability_table, scores_table
from dashboard.reports.svg import charts
from forecasting.schemas import ForecastDocument, Point
from strategies.backtests.schemas import BacktestDocument, Trade

PRINTED_TRADES = 100
"""Rows dominate the time that a report takes, and the attached JSON has all trades."""

COMPARED = ("final_equity", "total_return", "cagr", "annual_volatility", "sharpe", "max_drawdown")
"""The figures beside a compared symbol."""

EXCURSIONS = (
    "Worst and best are the furthest moves of the price against and for the trade, from its entry price."
)


@dataclass(frozen=True, kw_only=True)
class BacktestSection:
    """A backtest, from the verdict to the method."""

    title: str
    subtitle: str
    subject: str
    document: BacktestDocument
    left: dict[Group, list[MetricRow]]
    right: dict[Group, list[MetricRow]]
    undefined: Sequence[str]
    equity: Chart
    comparison: Table | None
    returns: Returns
    rolling: Chart | None
    drawdowns: Table
    prices: Chart
    trades: Table
    method: Sequence[FactGroup]
    glossary: Sequence[Sequence[Metric]]
    attached: str


@dataclass(frozen=True, kw_only=True)
class ForecastSection:
    """A forecast, from the summary to the method."""

    title: str
    subtitle: str
    subject: str
    document: ForecastDocument
    fan: Chart
    points: Table
    scores: Table | None
    calibration: Table | None
    reliability: Table | None
    past: Chart | None
    method: Sequence[FactGroup]
    url: str
    attached: str


def backtest_section(document: BacktestDocument, *, site_address: str, attached: str) -> BacktestSection:
    """Return the contents of a backtest's report.

    site_address: the address that the document's links start from.
    attached: name of the attached JSON file.
    """
    period, data = document.period, document.data
    range_ = f"{day(period.start)} to {day(period.end)}"
    rule = facts.rule_in_short(document.parameters)
    groups = metric_rows(document)
    return BacktestSection(
        title=f"{data.name} ({data.symbol})",
        subtitle=f"{rule}. {range_}, {counted(period.bars, 'daily bar')}.",
        subject=f"{data.symbol} \N{MIDDLE DOT} backtest \N{MIDDLE DOT} {range_}",
        document=document,
        left={group: groups[group] for group in (Group.RETURN, Group.RISK)},
        right={group: groups[group] for group in (Group.TRADES, Group.BENCHMARK)},
        undefined=_undefined(groups),
        equity=_equity(document),
        comparison=_comparison(document),
        returns=returns(document.calendar),
        rolling=_rolling(document),
        drawdowns=_drawdowns(document),
        prices=_prices(document),
        trades=_trades(document, attached=attached, url=urljoin(site_address, document.links.trades_csv)),
        method=(
            FactGroup(title="What was traded", facts=facts.rule_facts(document.parameters, data.currency)),
            FactGroup(title="Data", facts=facts.data_facts(data)),
            FactGroup(title="This run", facts=facts.backtest_origin(document, site_address)),
        ),
        glossary=(METRICS[: len(METRICS) // 2], METRICS[len(METRICS) // 2 :]),
        attached=attached,
    )


def forecast_section(
    document: ForecastDocument, *, site_address: str, attached: str, look_back: bool = False
) -> ForecastSection:
    """Return the contents of a forecast's report; see `backtest_section`.

    look_back: it stands beside the newest forecast for the closes that came since, and leaves out what
        the two share: scorecard, method and disclosure.
    """
    data, issued = document.data, day(document.issued_on)
    kind = "look back" if look_back else "forecast"
    scored = bool(document.scorecard.horizons) and not look_back
    method = (
        FactGroup(title="Model", facts=facts.model_facts(document)),
        FactGroup(title="Data", facts=facts.data_facts(data)),
        FactGroup(title="This forecast", facts=facts.forecast_origin(document, site_address)),
    )
    return ForecastSection(
        title=f"{data.name} ({data.symbol})",
        subtitle=f"{kind.capitalize()} of {counted(len(document.points), 'session')}, issued on {issued} "
        f"at a close of {money(document.last_close, data.currency)}.",
        subject=f"{data.symbol} \N{MIDDLE DOT} {kind} \N{MIDDLE DOT} issued on {issued}",
        document=document,
        fan=_fan(document),
        points=_points(document),
        scores=scores_table(document) if scored else None,
        calibration=calibration_table(document) if scored and document.scorecard.calibration else None,
        reliability=reliability_table(document) if document.scorecard.reliability else None,
        past=_past(document) if scored and document.scorecard.past else None,
        method=() if look_back else method,
        url=urljoin(site_address, document.links.page),
        attached=attached,
    )


def _undefined(groups: dict[Group, list[MetricRow]]) -> list[str]:
    """Return each reason once, with the figures that it leaves undefined."""
    labels: dict[str, list[str]] = {}
    for row in (row for group in groups.values() for row in group):
        if row.strategy_reason:
            labels.setdefault(row.strategy_reason, []).append(row.metric.label)
        if row.benchmark_reason:
            labels.setdefault(row.benchmark_reason, []).append(f"{row.metric.label} of buy & hold")
    return [f"{', '.join(figures)}: {reason}" for reason, figures in labels.items()]


def _equity(document: BacktestDocument) -> Chart:
    currency = document.data.currency
    return Chart(
        url=charts.equity_chart(document),
        caption="Equity and drawdown, strategy and buy and hold",
        alternative=(
            f"Two lines on a logarithmic scale. The strategy ends at "
            f"{money(document.metrics.final_equity, currency)}, buy and hold at "
            f"{money(document.benchmark.final_equity, currency)}. Below, their falls from a former peak: "
            f"{percent(document.metrics.max_drawdown)} and {percent(document.benchmark.max_drawdown)}."
        ),
    )


def _comparison(document: BacktestDocument) -> Table | None:
    """Return the main figures beside those of the compared symbol; None where there is none."""
    if document.comparison is None:
        return None
    held = {
        "Strategy": document.metrics,
        f"{document.data.symbol}, bought and held": document.benchmark,
        f"{document.comparison.symbol}, bought and held": document.comparison.metrics,
    }
    shown = [metric for metric in METRICS if metric.key in COMPARED]
    return Table(
        caption=f"Beside {document.comparison.data.name} ({document.comparison.symbol})",
        headings=["", *(metric.label for metric in shown)],
        rows=[
            [name, *(metric.text(getattr(figures, metric.key), document.data.currency) for metric in shown)]
            for name, figures in held.items()
        ],
    )


def _rolling(document: BacktestDocument) -> Chart | None:
    sharpe = [value for value in document.series.rolling_sharpe if value is not None]
    beta = [value for value in document.series.rolling_beta if value is not None]
    if min(len(sharpe), len(beta)) < 2:  # noqa: PLR2004 - a line has two points
        return None
    above = sum(value > 0 for value in sharpe) / len(sharpe)
    return Chart(
        url=charts.rolling_chart(document),
        caption="Sharpe ratio and beta of the last half year, day by day",
        alternative=(
            f"The Sharpe ratio, a line from {ratio(min(sharpe))} to {ratio(max(sharpe))}, above zero on "
            f"{percent(above, 0)} of the days, at the end at {ratio(sharpe[-1])}; under it the beta to buy "
            f"and hold, from {ratio(min(beta))} to {ratio(max(beta))}, at the end at {ratio(beta[-1])}."
        ),
    )


def _drawdowns(document: BacktestDocument) -> Table:
    if not document.drawdowns:
        return Table(caption="The equity never fell from a peak", headings=[], rows=[])
    return Table(
        caption="Deepest drawdowns of the strategy",
        headings=["Depth", "Peak", "Trough", "Recovery", "Duration"],
        rows=[
            [
                percent(spell.depth),
                day(spell.peak),
                day(spell.trough),
                "not yet" if spell.recovery is None else day(spell.recovery),
                days(spell.days),
            ]
            for spell in document.drawdowns
        ],
    )


def _prices(document: BacktestDocument) -> Chart:
    return Chart(
        url=charts.price_chart(document),
        caption=f"Closes, {document.data.currency}, logarithmic scale; averages, entries and exits",
        alternative=(
            f"Daily closes of {document.data.symbol} with {_listed(document)}, and a "
            f"mark for each entry and exit of {count(document.metrics.trades)} trades."
        ),
    )


def _listed(document: BacktestDocument) -> str:
    labels = [line.label for line in document.series.indicators]
    return f"{', '.join(labels[:-1])} and {labels[-1]}" if len(labels) > 1 else "".join(labels)


def _trades(document: BacktestDocument, *, attached: str, url: str) -> Table:
    numbered = list(enumerate(document.trades, start=1))
    left_out = max(0, len(numbered) - PRINTED_TRADES)
    if not numbered:
        return Table(caption="There was no trade", headings=[], rows=[])
    which = f"The newest {PRINTED_TRADES} of {count(len(numbered))} trades" if left_out else "All trades"
    note = EXCURSIONS
    if left_out:
        note += (
            f" {counted(left_out, 'older trade')} left out here; all are in the attached {attached} "
            f"and at {url}"
        )
    return Table(
        caption=f"{which}; prices, costs and profit in {document.data.currency}",
        headings=[
            "No.", "Side", "Entry", "Exit", "Bars", "Shares", "Entry price", "Exit price", "Costs", "Profit",
            "Return", "Worst", "Best", "Ended by",
        ],
        rows=[_trade(number, trade) for number, trade in numbered[left_out:]],
        note=note,
    )  # fmt: skip


def _trade(number: int, trade: Trade) -> list[str]:
    return [
        count(number),
        choice(trade.direction),
        day(trade.entry_date),
        day(trade.exit_date),
        count(trade.bars),
        shares(trade.shares),
        price(trade.entry_price),
        price(trade.exit_price),
        amount(trade.costs),
        amount(trade.pnl),
        signed_percent(trade.return_),
        signed_percent(trade.max_adverse_excursion),
        signed_percent(trade.max_favourable_excursion),
        choice(trade.exit_reason),
    ]


def _fan(document: ForecastDocument) -> Chart:
    last, currency = document.points[-1], document.data.currency
    return Chart(
        url=charts.fan_chart(document),
        caption=f"Closes before the issue date, and the forecast, {currency}",
        alternative=(
            f"Bands that widen with time. On {day(last.date)} the median is {money(last.median, currency)}, "
            f"the 80 % band {price(last.low_80)} to {money(last.high_80, currency)}, "
            f"the 95 % band {price(last.low_95)} to {money(last.high_95, currency)}."
        ),
    )


def _past(document: ForecastDocument) -> Chart:
    past = document.scorecard.past
    return Chart(
        url=charts.past_forecasts_chart(past, currency=document.data.currency),
        caption=f"Predicted against actual, {past[0].horizon} sessions ahead, {document.data.currency}",
        alternative=(
            f"{count(len(past))} past forecasts with their bands at the day they were for, from "
            f"{day(past[0].date)} to {day(past[-1].date)}, and the close that came. The table above "
            "counts how many lay inside the bands."
        ),
    )


def _points(document: ForecastDocument) -> Table:
    known = any(point.actual is not None for point in document.points)
    headings = ["Session", "Low 95 %", "Low 80 %", "Median", "High 80 %", "High 95 %", "Above last close"]
    return Table(
        caption=f"Forecast closes, {document.data.currency}",
        headings=[*headings, "What came"] if known else headings,
        rows=[_point(point, known=known) for point in document.points],
    )


def _point(point: Point, *, known: bool) -> list[str]:
    prices = (point.low_95, point.low_80, point.median, point.high_80, point.high_95)
    cells = [
        day(point.date),
        *(price(value) for value in prices),
        percent(point.probability_above_last_close, 1),
    ]
    return [*cells, price(point.actual)] if known else cells
