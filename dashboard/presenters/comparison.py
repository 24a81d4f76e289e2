"""Several runs side by side: their figures with differences, and what was asked differently."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import InvalidInput
from core.formatting import signed_percent
from dashboard.charts.comparison import MOST_RUNS, ComparedRun
from dashboard.metrics import METRICS, Group, Metric
from dashboard.presenters.parameters import parameters_in_words
from strategies.backtests.schemas import BacktestDocument
from strategies.backtests.service import BACKTESTS

LESS_IS_BETTER = {"annual_volatility", "max_drawdown_days", "ulcer_index", "total_costs", "turnover"}
NEITHER_IS_BETTER = {"trades", "open_trades", "exposure", "beta"}


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A figure of one run. difference: from the first run's, empty for it and where either is undefined."""

    text: str
    difference: str
    reason: str
    is_best: bool


@dataclass(frozen=True, kw_only=True)
class ComparedMetric:
    """A figure of every run, in their order."""

    metric: Metric
    cells: list[Cell]


@dataclass(frozen=True, kw_only=True)
class ComparedParameter:
    """What every run was asked for, in their order."""

    label: str
    values: list[str]

    @property
    def differs(self) -> bool:
        """Whether the runs were asked differently."""
        return len(set(self.values)) > 1


@dataclass(frozen=True, kw_only=True)
class ComparedYear:
    """The return of every run in a year, in their order; a dash where a run has no bar in it."""

    year: str
    returns: list[str]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Runs side by side, with their years, newest first, figures by group and what was asked."""

    runs: list[ComparedRun]
    years: list[ComparedYear]
    groups: dict[Group, list[ComparedMetric]]
    parameters: list[ComparedParameter]

    @property
    def differing(self) -> list[ComparedParameter]:
        """What was asked differently."""
        return [parameter for parameter in self.parameters if parameter.differs]

    @property
    def same(self) -> list[ComparedParameter]:
        """What all runs have in common."""
        return [parameter for parameter in self.parameters if not parameter.differs]

    @property
    def is_like_with_like(self) -> bool:
        """Whether all runs are over the same days of the same symbol."""
        periods = {
            (run.document.data.symbol, run.document.period.start, run.document.period.end)
            for run in self.runs
        }
        return len(periods) <= 1


def compare(identifiers: Sequence[str]) -> Comparison:
    """Return the runs with these identifiers side by side, each once.

    Raises InvalidInput for more than MOST_RUNS, NotFound where one is not stored.
    """
    wanted = list(dict.fromkeys(identifiers))
    if len(wanted) > MOST_RUNS:
        raise InvalidInput(f"{len(wanted)} runs are too many to tell apart. Compare up to {MOST_RUNS}.")
    documents = BACKTESTS.find_documents(wanted)
    runs = [
        ComparedRun(
            number=number, document=document, others=[other for other in wanted if other != document.id]
        )
        for number, document in enumerate(documents, start=1)
    ]
    return Comparison(
        runs=runs,
        years=_years(documents),
        groups={
            group: [_metric(metric, documents) for metric in METRICS if metric.group == group]
            for group in Group
        },
        parameters=_parameters(documents),
    )


def _years(documents: Sequence[BacktestDocument]) -> list[ComparedYear]:
    columns = [
        dict(zip(document.calendar.yearly.periods, document.calendar.yearly.strategy, strict=True))
        for document in documents
    ]
    years = sorted(set().union(*columns), reverse=True)
    return [
        ComparedYear(year=year, returns=[signed_percent(column.get(year)) for column in columns])
        for year in years
    ]


def _metric(metric: Metric, documents: Sequence[BacktestDocument]) -> ComparedMetric:
    values: list[float | None] = [getattr(document.metrics, metric.key) for document in documents]
    traded = [document.metrics.trades > 0 for document in documents]
    best = _best(metric, [value for value, has in zip(values, traded, strict=True) if has])
    cells = [
        Cell(
            text=metric.text(value, document.data.currency),
            difference=_difference(metric, value, values[0]) if position else "",
            reason=document.undefined.metrics.get(metric.key, ""),
            is_best=value is not None and value == best and traded[position],
        )
        for position, (document, value) in enumerate(zip(documents, values, strict=True))
    ]
    return ComparedMetric(metric=metric, cells=cells)


def _best(metric: Metric, values: Sequence[float | None]) -> float | None:
    """Return the value that most would prefer; None where there is no choice, or all are the same.

    values: of the runs that traded: doing nothing has no risk and no costs, and is no achievement.
    """
    defined = {value for value in values if value is not None}
    if metric.key in NEITHER_IS_BETTER or len(defined) < 2:  # noqa: PLR2004
        return None
    return min(defined) if metric.key in LESS_IS_BETTER else max(defined)


def _difference(metric: Metric, value: float | None, reference: float | None) -> str:
    if value is None or reference is None:
        return ""
    return metric.change(value - reference)


def _parameters(documents: Sequence[BacktestDocument]) -> list[ComparedParameter]:
    columns = [parameters_in_words(document.parameters) for document in documents]
    labels = list(columns[0]) if columns else []
    return [ComparedParameter(label=label, values=[column[label] for column in columns]) for label in labels]
