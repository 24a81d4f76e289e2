"""What the page of a sweep shows: everything of it stands in its document."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode

from core.formatting import percent, ratio, rounded_money
from dashboard.charts.columns import ChartColumns
from dashboard.charts.heatmap import HeatmapColumns, heatmap_columns
from dashboard.charts.sweep import band_columns, walk_forward_columns
from dashboard.forms.backtest import BacktestForm
from dashboard.forms.custom_rule import VALUE
from dashboard.metrics import METRICS_BY_KEY, Kind, Metric
from dashboard.presenters.titles import sweep_title
from strategies.engine.enums import Rule
from strategies.engine.language.tree import Clause
from strategies.engine.parameters import TUNABLE
from strategies.parameters import values_in_words
from strategies.sweeps.headline import VerdictTestName
from strategies.sweeps.preview import SweepPreview
from strategies.sweeps.schemas import (
    Band,
    Cell,
    SweepDocument,
    VerdictTestDocument,
    WalkForwardDocument,
    WalkForwardStretch,
)

COLUMNS = ("total_return", "cagr", "sharpe", "max_drawdown", "trades", "win_rate")
"""Figures of the table of the best, beside the objective."""

COMPARED = ("total_return", "cagr", "sharpe", "max_drawdown", "trades")
"""Figures of walk-forward beside hindsight and buy and hold."""


@dataclass(frozen=True, kw_only=True)
class VerdictRow:
    """A test of the verdict: its name, figure and meaning, and where its explanation stands on the page."""

    name: str
    figure: str
    meaning: str
    anchor: str


@dataclass(frozen=True, kw_only=True)
class BestRow:
    """A combination in the table of the best. is_choice: a person came from it."""

    parameters: str
    url: str
    objective: str
    neighbourhood: str
    figures: list[str]
    is_best: bool
    is_choice: bool


@dataclass(frozen=True, kw_only=True)
class ComparedRow:
    """A figure of walk-forward beside hindsight and buy and hold."""

    label: str
    chosen: str
    hindsight: str
    benchmark: str


@dataclass(frozen=True, kw_only=True)
class StretchRow:
    """A choice of walk-forward and what came of it."""

    start: object
    end: object
    parameters: str
    in_sample: str
    total_return: float
    out_of_sample: str


@dataclass(frozen=True, kw_only=True)
class BandRow:
    """A figure's quantiles over the draws of the bootstrap, written."""

    label: str
    values: list[str]
    observed: str


@dataclass(frozen=True, kw_only=True)
class SweepCells:
    """The combinations of a sweep as the page shows them, with or without their verdict."""

    document: SweepDocument | SweepPreview
    heatmap: HeatmapColumns
    objective: str
    low: str
    high: str
    columns: list[Metric]
    best: list[BestRow]

    @property
    def title(self) -> str:
        """The title of the page."""
        return sweep_title(self.document)


@dataclass(frozen=True, kw_only=True)
class SweepResult(SweepCells):
    """A sweep's document and the forms in which the page shows it."""

    document: SweepDocument
    tests: list[VerdictRow]
    walk_forward: ChartColumns | None
    compared: list[ComparedRow]
    stretches: list[StretchRow]
    bands: ChartColumns | None
    band_rows: list[BandRow]

    @property
    def computed_by(self) -> str:
        """What computed the document."""
        versions = self.document.versions
        return f"Hindcast's engine {versions.engine}, NumPy {versions.numpy}"


def sweep_result(document: SweepDocument, *, choice: int | None = None, linked: bool = True) -> SweepResult:
    """Return what page and report show of `document`.

    choice: the combination that a person came from.
    linked: whether combinations lead to their backtests, whose form asks the database.
    """
    found, bands = document.walk_forward, document.bootstrap
    return SweepResult(
        **vars(sweep_cells(document, choice=choice, linked=linked)),
        tests=_tests(document),
        walk_forward=walk_forward_columns(found.series) if found else None,
        compared=_compared(found) if found else [],
        stretches=_stretches(document, found) if found else [],
        bands=band_columns(bands.series) if bands else None,
        band_rows=_band_rows(document),
    )


def sweep_cells(
    document: SweepDocument | SweepPreview, *, choice: int | None = None, linked: bool = True
) -> SweepCells:
    """Return what the page shows of the combinations; the parameters are those of `sweep_result`."""
    metric = METRICS_BY_KEY[document.parameters.objective]
    url = backtest_address(document) if linked else ""
    heatmap = heatmap_columns(document, choice=choice, url=url)
    return SweepCells(
        document=document,
        heatmap=heatmap,
        objective=metric.label,
        low=metric.text(heatmap.low, document.data.currency),
        high=metric.text(heatmap.high, document.data.currency),
        columns=[METRICS_BY_KEY[key] for key in _columns(document)],
        best=[_best_row(document, cell, url, choice) for cell in document.top],
    )


def backtest_address(document: SweepDocument | SweepPreview) -> str:
    """Return where a backtest with the sweep's shared parameters is asked for; tuning is to be added."""
    first = {name: document.cells.of_parameter(name)[0] for name in document.varied}
    asked = BacktestForm.showing(document.parameters.backtest(first)).initial
    rule_parameters = {known.field for known in TUNABLE.values()}
    if document.parameters.rule != Rule.CUSTOM:
        rule_parameters |= {str(clause) for clause in Clause}
    shared = {
        name: value for name, value in asked.items() if name not in rule_parameters and name in _FORM_FIELDS
    }
    return f"{reverse('backtests')}?{urlencode(shared)}"


_FORM_FIELDS = set(BacktestForm.base_fields)


def cell_address(document: SweepDocument | SweepPreview, url: str, parameters: Mapping[str, float]) -> str:
    """Return where the backtest of one combination is asked for."""
    if document.parameters.rule == Rule.CUSTOM:
        return f"{url}&{urlencode({f'{VALUE}{name}': f'{value:.12g}' for name, value in parameters.items()})}"
    rule_parameters = {
        TUNABLE[name].field: f"{TUNABLE[name].field_value(value):.10g}" for name, value in parameters.items()
    }
    return f"{url}&{urlencode(rule_parameters)}"


def _parameters(document: SweepDocument | SweepPreview, cell: Cell) -> dict[str, float]:
    return {name: cell.of_parameter(name) for name in document.varied}


def _best_row(document: SweepDocument | SweepPreview, cell: Cell, url: str, choice: int | None) -> BestRow:
    currency, objective = document.data.currency, document.parameters.objective
    parameters = _parameters(document, cell)
    metric = METRICS_BY_KEY[objective]
    return BestRow(
        parameters=values_in_words(parameters),
        url=cell_address(document, url, parameters),
        objective=metric.text(getattr(cell, objective), currency),
        neighbourhood=metric.text(cell.neighbourhood, currency),
        figures=[METRICS_BY_KEY[key].text(getattr(cell, key), currency) for key in _columns(document)],
        is_best=document.best is not None and cell.index == document.best.index,
        is_choice=cell.index == choice,
    )


def _columns(document: SweepDocument | SweepPreview) -> list[str]:
    """Return the figures beside the objective, which has a column of its own."""
    return [key for key in COLUMNS if key != document.parameters.objective]


def _tests(document: SweepDocument) -> list[VerdictRow]:
    """Return the tests that were made, and those that could not be made with the reason."""
    made = {test.name: test for test in document.verdict.tests} or _earlier_tests(document)
    rows = []
    for name, (anchor, field) in _TESTS.items():
        test, reason = made.get(name), document.undefined.get(field)
        if test is not None:
            rows.append(VerdictRow(name=name, figure=test.figure, meaning=test.meaning, anchor=anchor))
        elif reason:
            rows.append(VerdictRow(name=name, figure=percent(None), meaning=reason, anchor=anchor))
    return rows


_TESTS = {
    VerdictTestName.SAME_EXPOSURE: ("how-superiority", "spa_p_value_exposure_matched"),
    VerdictTestName.SURVIVORS: ("how-superiority", ""),
    VerdictTestName.DEFLATED: ("how-deflated", "deflated_sharpe_ever"),
    VerdictTestName.OVERFITTING: ("how-overfitting", "probability_of_overfitting"),
    VerdictTestName.TRACK_RECORD: ("how-deflated", "minimum_track_record_years"),
    VerdictTestName.BUY_AND_HOLD: ("how-superiority", "spa_p_value"),
    VerdictTestName.PROBABILISTIC: ("how-deflated", "probabilistic_sharpe"),
}
"""Where the explanation of each test stands, and the field that its reason is given for."""


def _earlier_tests(document: SweepDocument) -> dict[str, VerdictTestDocument]:
    """Return the tests of a document that was stored before they were part of it."""
    verdict = document.verdict
    figures = (
        (
            VerdictTestName.BUY_AND_HOLD,
            None if verdict.spa_p_value is None else p_value_text(verdict.spa_p_value),
            "Share of draws with so large a lead over buy and hold if no combination were better.",
        ),
        (
            VerdictTestName.OVERFITTING,
            None
            if verdict.probability_of_overfitting is None
            else percent(verdict.probability_of_overfitting, 0),
            "How often the best of one half of the days was below the middle in the other half.",
        ),
        (
            VerdictTestName.DEFLATED,
            None if verdict.deflated_sharpe is None else percent(verdict.deflated_sharpe, 1),
            "After allowing for the combinations of this sweep; above 95 % is clear of chance.",
        ),
        (
            VerdictTestName.PROBABILISTIC,
            None if verdict.probabilistic_sharpe is None else percent(verdict.probabilistic_sharpe, 1),
            "As if the best had been the only one tried; above 95 % is clear of zero.",
        ),
    )
    return {
        name: VerdictTestDocument(name=name, figure=figure, meaning=meaning)
        for name, figure, meaning in figures
        if figure is not None
    }


def p_value_text(value: float | None) -> str:
    """Return a p-value to the hundredth."""
    if value is None:
        return percent(None)
    return f"p = {value:.2f}" if value >= 0.01 else "p < 0.01"  # noqa: PLR2004 - two digits are written


def _compared(found: WalkForwardDocument) -> list[ComparedRow]:
    rows = []
    for key in COMPARED:
        metric = METRICS_BY_KEY[key]
        hindsight = None if found.hindsight is None else getattr(found.hindsight, key)
        rows.append(
            ComparedRow(
                label=metric.label,
                chosen=metric.text(getattr(found.metrics, key), ""),
                hindsight=metric.text(hindsight, ""),
                benchmark=metric.text(getattr(found.benchmark, key), ""),
            )
        )
    return rows


def _stretch_in_words(document: SweepDocument, stretch: WalkForwardStretch) -> str:
    """Return the parameters that were chosen; a stretch without a choice trades nothing."""
    if stretch.values is not None:
        return values_in_words(stretch.values)
    if stretch.slow is None:
        return "None"
    return values_in_words({name: getattr(stretch, name) for name in document.varied})


def _stretches(document: SweepDocument, found: WalkForwardDocument) -> list[StretchRow]:
    metric = METRICS_BY_KEY[document.parameters.objective]
    return [
        StretchRow(
            start=stretch.start,
            end=stretch.end,
            parameters=_stretch_in_words(document, stretch),
            in_sample=metric.text(stretch.score, document.data.currency),
            total_return=stretch.total_return,
            out_of_sample=ratio(stretch.sharpe),
        )
        for stretch in found.stretches
    ]


def _band_rows(document: SweepDocument) -> list[BandRow]:
    bands = document.bootstrap
    if bands is None:
        return []
    rows = (
        ("final_equity", bands.final_equity),
        ("max_drawdown", bands.max_drawdown),
        ("sharpe", bands.sharpe),
    )
    return [_band_row(METRICS_BY_KEY[key], band, document.data.currency) for key, band in rows]


def _band_row(metric: Metric, band: Band, currency: str) -> BandRow:
    quantiles = (band.low_90, band.low_50, band.median, band.high_50, band.high_90)
    return BandRow(
        label=metric.label,
        values=[_short(metric, value, currency) for value in quantiles],
        observed=_short(metric, band.observed, currency),
    )


def _short(metric: Metric, value: float | None, currency: str) -> str:
    """Return a figure without cents, where they do not matter."""
    if metric.kind == Kind.MONEY and value is not None:
        return rounded_money(value, currency)
    return metric.text(value, currency)
