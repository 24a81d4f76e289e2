"""The report of a sweep: every combination, what the best of them is worth, and how that was found."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.formatting import count, counted, day, percent, signed_percent
from dashboard.presenters.sweep import SweepResult, sweep_result
from dashboard.reports import facts
from dashboard.reports.components import Chart, FactGroup, Table
from dashboard.reports.svg import sweep_charts
from strategies.engine.rules import RULES
from strategies.sweeps.schemas import SweepDocument

PRINTED_BEST = 8
"""Of the best combinations; the attached document has all."""


@dataclass(frozen=True, kw_only=True)
class SweepSection:
    """A sweep, from the verdict to the method."""

    title: str
    subtitle: str
    subject: str
    document: SweepDocument
    verdict: Table
    heatmap: Chart
    best: Table
    walk_forward: Chart | None
    compared: Table | None
    stretches: Table | None
    bands: Chart | None
    quantiles: Table | None
    method: Sequence[FactGroup]
    attached: str


def sweep_section(document: SweepDocument, *, site_address: str, attached: str) -> SweepSection:
    """Return the contents of a sweep's report.

    site_address: the address that the document's links start from.
    attached: name of the attached JSON file.
    """
    shown = sweep_result(document, linked=False)
    data, period = document.data, document.period
    range_ = f"{day(period.start)} to {day(period.end)}"
    tried = counted(document.verdict.trials, "combination")
    return SweepSection(
        title=f"{data.name} ({data.symbol})",
        subtitle=f"{RULES[document.parameters.rule].title}: {tried}. {range_}, "
        f"{counted(period.bars, 'daily bar')}.",
        subject=f"{data.symbol} \N{MIDDLE DOT} sweep \N{MIDDLE DOT} {range_}",
        document=document,
        verdict=_verdict(shown),
        heatmap=_heatmap(shown),
        best=_best(shown),
        walk_forward=_walk_forward(document),
        compared=_compared(shown),
        stretches=_stretches(shown),
        bands=_bands(document),
        quantiles=_quantiles(shown),
        method=(
            FactGroup(title="What was swept", facts=facts.sweep_facts(document)),
            FactGroup(title="Data", facts=facts.data_facts(data)),
            FactGroup(title="This sweep", facts=facts.backtest_origin(document, site_address)),
        ),
        attached=attached,
    )


def _verdict(shown: SweepResult) -> Table:
    return Table(
        caption="What the best combination is worth",
        headings=["What was tested", "Figure", "What it means"],
        rows=[[test.name, test.figure, test.meaning] for test in shown.tests],
    )


def _heatmap(shown: SweepResult) -> Chart:
    document, best = shown.document, shown.best[:1]
    marked = f" The best, marked, is {best[0].parameters} with {best[0].objective}." if best else ""
    across, upward = shown.heatmap.x_axis, shown.heatmap.y_axis
    axes = f"{across.label.lower()} across" + (f", {upward.label.lower()} upward" if upward.label else "")
    return Chart(
        url=sweep_charts.heatmap_chart(
            shown.heatmap, low=shown.low, high=shown.high, objective=shown.objective
        ),
        caption=f"{shown.objective} of every combination",
        alternative=(
            f"A field for each of {counted(document.verdict.trials, 'combination')}, {axes}; darker is more, "
            f"from {shown.low} to {shown.high}.{marked}"
        ),
    )


def _best(shown: SweepResult) -> Table:
    if not shown.best:
        return Table(caption="No combination qualifies", headings=[], rows=[])
    rows = shown.best[:PRINTED_BEST]
    return Table(
        caption=f"The best {count(len(rows))} by {shown.objective}",
        headings=["Parameters", shown.objective, "Around it", *(metric.label for metric in shown.columns)],
        rows=[[row.parameters, row.objective, row.neighbourhood, *row.figures] for row in rows],
        note="Around it: the mean over the combination and its neighbours. A lone peak is often chance.",
    )


def _walk_forward(document: SweepDocument) -> Chart | None:
    found = document.walk_forward
    if found is None:
        return None
    return Chart(
        url=sweep_charts.walk_forward_chart(found.series, currency=document.data.currency),
        caption="Walk-forward",
        alternative=(
            f"Lines of equity from {day(found.series.dates[0])} to {day(found.series.dates[-1])}. "
            f"Choosing by the past made {signed_percent(found.metrics.total_return)}, buy and hold "
            f"{signed_percent(found.benchmark.total_return)}."
        ),
    )


def _compared(shown: SweepResult) -> Table | None:
    if not shown.compared:
        return None
    return Table(
        caption="Out of sample",
        headings=["Figure", "Chosen by the past", "Best in hindsight", "Buy & hold"],
        rows=[[row.label, row.chosen, row.hindsight, row.benchmark] for row in shown.compared],
    )


def _stretches(shown: SweepResult) -> Table | None:
    if not shown.stretches:
        return None
    return Table(
        caption="The choices",
        headings=["From", "To", "Chosen", f"{shown.objective} before", "Return after", "Sharpe after"],
        rows=[
            [
                str(row.start),
                str(row.end),
                row.parameters,
                row.in_sample,
                signed_percent(row.total_return),
                row.out_of_sample,
            ]
            for row in shown.stretches
        ],
    )


def _bands(document: SweepDocument) -> Chart | None:
    drawn = document.bootstrap
    if drawn is None:
        return None
    return Chart(
        url=sweep_charts.bands_chart(drawn.series, currency=document.data.currency),
        caption="Bootstrap",
        alternative=(
            f"Bands of {count(drawn.draws)} draws that widen with time, and the equity as it came. "
            f"{percent(drawn.probability_of_loss, 1)} of the draws end below the start."
        ),
    )


def _quantiles(shown: SweepResult) -> Table | None:
    if not shown.band_rows:
        return None
    return Table(
        caption="How else it could have come out",
        headings=["Figure", "5 %", "25 %", "Median", "75 %", "95 %", "As it came"],
        rows=[[row.label, *row.values, row.observed] for row in shown.band_rows],
    )
