"""From a computed sweep to its document. Nothing is calculated here but the rounding."""

from datetime import date, datetime
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.documents import library_version
from strategies.backtests import narrative as backtest_narrative
from strategies.backtests.schemas import BacktestVersions, Period
from strategies.backtests.serializer import metrics_of
from strategies.engine import ENGINE_VERSION
from strategies.engine.metrics import BARS_IN_A_YEAR, Undefined
from strategies.engine.parameters import TUNABLE
from strategies.engine.prices import FloatArray
from strategies.engine.statistics.bootstrap import BootstrapIntervals
from strategies.engine.statistics.overfitting import Overfitting
from strategies.engine.statistics.sharpe import ReturnShape
from strategies.engine.statistics.spa import SpaResult
from strategies.engine.sweep.overfitting_null import OverfittingNull
from strategies.engine.sweep.walk_forward import WalkForward, WalkForwardWindow
from strategies.rounding import published, published_column, published_or_none
from strategies.sweeps import narrative, verdict
from strategies.sweeps.computation import EvaluatedCells, SweepRun
from strategies.sweeps.preview import SweepPreview
from strategies.sweeps.schemas import (
    Band,
    BandSeries,
    BootstrapDocument,
    Cell,
    Cells,
    ParameterStability,
    SweepDocument,
    Verdict,
    WalkForwardDocument,
    WalkForwardSeries,
    WalkForwardStretch,
    links_of,
)

SHOWN_BEST = 20
FIGURES = (
    "total_return",
    "cagr",
    "sharpe",
    "sortino",
    "calmar",
    "max_drawdown",
    "exposure",
    "win_rate",
)


def document_of(run: SweepRun, *, generated_at: datetime) -> SweepDocument:
    """Return the document of `run`."""
    return SweepDocument(
        **vars(preview_of(run)),
        generated_at=generated_at,
        summary=narrative.summary(run),
        notices=backtest_narrative.notices(run.run),
        benchmark=metrics_of(run.run.result.benchmark.metrics),
        verdict=_verdict(run),
        walk_forward=None
        if isinstance(run.walk_forward, Undefined)
        else _walk_forward(run, run.walk_forward),
        bootstrap=None if isinstance(run.bands, Undefined) else _bootstrap(run, run.bands),
        undefined=_reasons(run),
        versions=BacktestVersions(engine=ENGINE_VERSION, numpy=library_version("numpy")),
        disclosure=backtest_narrative.disclosure(run.run),
        links=links_of(run.inputs.sweep_id),
    )


def preview_of(run: EvaluatedCells) -> SweepPreview:
    """Return what a document says of the combinations."""
    inputs, cells = run.inputs, _cells(run)
    return SweepPreview(
        id=inputs.sweep_id,
        parameters=inputs.parameters,
        period=Period(start=inputs.start, end=inputs.end, bars=run.sweep.bars),
        data=inputs.data,
        varied=list(inputs.parameters.varied()),
        skipped=inputs.grid.skipped,
        cells=cells,
        best=None if run.best is None else _cell(cells, run.best),
        top=[_cell(cells, index) for index in _best_first(run.score)[:SHOWN_BEST]],
    )


def _cells(run: EvaluatedCells) -> Cells:
    return Cells.model_validate(
        {
            **_columns_of(run),
            **{name: published_or_none(getattr(run.figures, name)) for name in FIGURES},
            "trades": run.figures.trades.tolist(),
            "neighbourhood": published_or_none(run.neighbourhood),
        }
    )


def _columns_of(run: EvaluatedCells) -> dict[str, Any]:
    """Return the columns of the parameters that vary; those of a custom rule by name."""
    axes = {name: column.tolist() for name, column in run.inputs.grid.axes.items()}
    nothing = dict.fromkeys(TUNABLE)
    return {**nothing, "values": axes} if run.inputs.grid.custom is not None else {**nothing, **axes}


def _cell(cells: Cells, index: int) -> Cell:
    columns = {name: getattr(cells, name) for name in Cells.model_fields if name != "values"}
    values = cells.values
    return Cell.model_validate(
        {
            "index": index,
            **{name: None if column is None else column[index] for name, column in columns.items()},
            "values": None if values is None else {name: column[index] for name, column in values.items()},
        }
    )


def _best_first(score: FloatArray) -> list[int]:
    order = np.argsort(-score, kind="stable")
    places: list[int] = order[~np.isnan(score[order])].tolist()
    return places


def _verdict(run: SweepRun) -> Verdict:
    found, best = run.significance, verdict.best_p_value(run)
    return Verdict.model_validate(
        {
            "trials": found.trials,
            "trials_ever": found.trials_ever,
            "independent_trials": found.independent_trials,
            **_of_the_returns(found.shape),
            "probabilistic_sharpe": _figure(found.probabilistic),
            "deflated_sharpe": _figure(found.deflated),
            "deflated_sharpe_ever": _figure(found.deflated_ever),
            "deflated_sharpe_independent": _figure(found.deflated_independent),
            "chance_sharpe": published(found.luck * sqrt(BARS_IN_A_YEAR)),
            "minimum_track_record_years": _years(found.track_record),
            **_of_the_choice(found.overfitting),
            **_of_chance(found.overfitting_null),
            **_against_buy_and_hold(found.buy_and_hold),
            "spa_p_value_exposure_matched": _p_value(found.same_exposure),
            "best_p_value_exposure_matched": _nullable(best),
            "survivors": verdict.survivors(run),
            "headline": verdict.headline(run),
            "tests": [vars(test) for test in verdict.tests(run)],
            "sentence": verdict.sentence(run),
            "caveats": narrative.caveats(run),
        }
    )


def _of_the_returns(shape: ReturnShape | Undefined) -> dict[str, float | None]:
    names = ("skewness", "kurtosis", "autocorrelation")
    if isinstance(shape, Undefined):
        return dict.fromkeys(names)
    return {name: published(getattr(shape, name)) for name in names}


def _of_the_choice(found: Overfitting | Undefined) -> dict[str, float | None]:
    if isinstance(found, Undefined):
        return {"probability_of_overfitting": None, "probability_of_loss": None, "splits": 0}
    return {
        "probability_of_overfitting": published(found.probability),
        "probability_of_loss": published(found.probability_of_loss),
        "splits": found.splits,
    }


def _of_chance(found: OverfittingNull | Undefined) -> dict[str, float | None]:
    if isinstance(found, Undefined):
        return {}
    return {
        "overfitting_by_chance": published(found.median),
        "overfitting_p_value": published(found.p_value),
    }


def _against_buy_and_hold(found: SpaResult | Undefined) -> dict[str, float | None]:
    if isinstance(found, Undefined):
        return {"spa_p_value": None, "draws": 0}
    return {
        "spa_p_value": published(found.p_value),
        "draws": found.draws,
        "block_length": found.block_length,
    }


def _p_value(found: SpaResult | Undefined) -> float | None:
    return None if isinstance(found, Undefined) else published(found.p_value)


def _years(bars: float | Undefined) -> float | None:
    return None if isinstance(bars, Undefined) else published(bars / BARS_IN_A_YEAR)


def _reasons(run: SweepRun) -> dict[str, str]:
    found = run.significance
    parts = {
        "probabilistic_sharpe": found.probabilistic,
        "deflated_sharpe": found.deflated,
        "deflated_sharpe_ever": found.deflated_ever,
        "deflated_sharpe_independent": found.deflated_independent,
        "minimum_track_record_years": found.track_record,
        "probability_of_overfitting": found.overfitting,
        "probability_of_loss": found.overfitting,
        "overfitting_by_chance": found.overfitting_null,
        "overfitting_p_value": found.overfitting_null,
        "spa_p_value": found.buy_and_hold,
        "spa_p_value_exposure_matched": found.same_exposure,
        "best_p_value_exposure_matched": found.same_exposure,
        "walk_forward": run.walk_forward,
        "bootstrap": run.bands,
    }
    return {name: part.reason for name, part in parts.items() if isinstance(part, Undefined)}


def _walk_forward(run: SweepRun, found: WalkForward) -> WalkForwardDocument:
    plan = run.inputs.parameters.walk_forward
    hindsight = found.hindsight_curve
    return WalkForwardDocument(
        scheme=plan.scheme,
        train_bars=plan.train_bars,
        test_bars=plan.test_bars,
        stretches=[_stretch(run, stretch) for stretch in found.stretches],
        metrics=metrics_of(found.metrics),
        hindsight=None if found.hindsight is None else metrics_of(found.hindsight),
        benchmark=metrics_of(found.benchmark),
        efficiency=_nullable(found.efficiency),
        choices=len({stretch.cell for stretch in found.stretches} - {None}),
        stability=_stability(run, found),
        sentence=narrative.walk_forward_in_words(found),
        series=WalkForwardSeries(
            dates=found.curve.dates.tolist(),
            equity=published_column(found.curve.equity),
            hindsight_equity=None if hindsight is None else published_column(hindsight.equity),
            benchmark_equity=published_column(found.benchmark_curve.equity),
        ),
    )


def _stretch(run: SweepRun, stretch: WalkForwardWindow) -> WalkForwardStretch:
    days: NDArray[np.datetime64] = run.inputs.bars.dates
    chosen = {} if stretch.cell is None else run.inputs.values(stretch.cell)
    is_custom = run.inputs.grid.custom is not None
    return WalkForwardStretch.model_validate(
        {
            **{name: None if is_custom else chosen.get(name) for name in TUNABLE},
            "values": chosen if is_custom and chosen else None,
            "train_start": _day(days, stretch.train_first),
            "start": _day(days, stretch.test_first),
            "end": _day(days, stretch.test_end - 1),
            "chosen_by": _nullable(stretch.score),
            "in_sample_return": _nullable(stretch.in_sample_return),
            "in_sample_sharpe": _nullable(stretch.in_sample_sharpe),
            "total_return": published(stretch.total_return),
            "sharpe": _nullable(stretch.sharpe),
        }
    )


def _stability(run: SweepRun, found: WalkForward) -> list[ParameterStability]:
    cells = [stretch.cell for stretch in found.stretches if stretch.cell is not None]
    axes = run.inputs.grid.axes if cells else {}
    return [
        ParameterStability(
            parameter=name,
            lowest=float(chosen.min()),
            highest=float(chosen.max()),
            mean=published(float(chosen.mean())),
            deviation=published(float(chosen.std())),
        )
        for name, chosen in ((name, values[cells].astype(np.float64)) for name, values in axes.items())
    ]


def _bootstrap(run: SweepRun, bands: BootstrapIntervals) -> BootstrapDocument:
    best, curve = run.run.result.strategy.metrics, run.run.result.strategy.curve
    levels = ("low_90", "low_50", "median", "high_50", "high_90")

    def band(quantiles: FloatArray, observed: float | Undefined) -> Band:
        values = dict(zip(levels, published_column(quantiles), strict=True))
        return Band(**values, observed=_figure(observed))

    equity = dict(zip(levels, map(published_column, bands.equity), strict=True))
    return BootstrapDocument(
        draws=bands.draws,
        block_length=bands.block_length,
        final_equity=band(bands.final_equity, best.final_equity),
        max_drawdown=band(bands.max_drawdown, best.max_drawdown),
        sharpe=band(bands.sharpe, best.sharpe),
        probability_of_loss=published(bands.probability_of_loss),
        series=BandSeries(
            dates=curve.dates[bands.bars].tolist(),
            equity=published_column(curve.equity[bands.bars]),
            **equity,
        ),
    )


def _day(days: NDArray[np.datetime64], bar: int) -> date:
    day: date = days[bar].item()
    return day


def _figure(value: float | Undefined) -> float | None:
    return None if isinstance(value, Undefined) else published(value)


def _nullable(value: float) -> float | None:
    return None if np.isnan(value) else published(value)
