"""Run backtests: load the bars, compute, store once, and find again."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from django.contrib.auth.base_user import AbstractBaseUser

from core.results import ResultKind, require_room
from core.stored_result import StoredResult
from ingestion.provenance import matching_bars
from strategies.backtests.inputs import BacktestInputs
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.run import compute
from strategies.backtests.schemas import BacktestDocument
from strategies.backtests.serializer import document_of
from strategies.backtests.trials import record_backtest
from strategies.inputs import split_days
from strategies.models import Backtest
from strategies.results import ResultStore

BACKTESTS = ResultStore(
    rows=Backtest.objects, document=BacktestDocument, kind=ResultKind.BACKTEST, page="Backtest"
)


@dataclass(frozen=True, kw_only=True)
class BacktestSummary:
    """What lists show of a stored backtest; returns are fractions over its whole period."""

    id: str
    symbol: str
    created_at: datetime
    parameters: BacktestParameters
    summary: str
    total_return: float
    benchmark_total_return: float


def run_backtest(
    parameters: BacktestParameters, *, owner: AbstractBaseUser | None = None, listed: bool = True
) -> BacktestDocument:
    """Return the backtest of `parameters` on the bars stored now.

    A request that was computed on the same bars is not computed again.
    Raises InvalidInput when bars for it are missing or too few, naming the field, and
    HindcastError when the result does not add up and so is not shown.
    """
    return run(parameters, owner=owner, listed=listed).document


def run(
    parameters: BacktestParameters, *, owner: AbstractBaseUser | None = None, listed: bool = True
) -> StoredResult[BacktestDocument]:
    """Return what `run_backtest` does, and whether it was computed just now.

    owner: who asks. listed: whether it is a result of its own, and no part of a larger one.
    """
    inputs = BacktestInputs.load(parameters)
    result = BACKTESTS.get_lazily(inputs.id) or _computed(inputs, owner)
    return BACKTESTS.announce(result, owner) if listed else result


def find_backtest(backtest_id: str) -> BacktestDocument:
    """Return the stored document with this id; raises NotFound."""
    return BACKTESTS.find(backtest_id).document


def data_changed_since(document: BacktestDocument) -> bool:
    """Whether what `document` says of its bars and splits is no longer so.

    Bars added after its last one do not count, nor does fetching the same bars again.
    """
    data, comparison = document.data, document.comparison
    if comparison is not None and matching_bars(comparison.data, end=document.parameters.end) is None:
        return True
    bars = matching_bars(data, end=data.last)
    if bars is None:
        return True
    first = int(np.searchsorted(bars.dates, np.datetime64(document.period.start)))
    return list(split_days(bars, first)) != document.unadjusted_splits


def recent_backtests(limit: int = 10) -> list[BacktestSummary]:
    """Return the backtests stored last, newest first, without reading their documents."""
    columns = (
        "id",
        "symbol",
        "created_at",
        "parameters",
        "summary",
        "total_return",
        "benchmark_total_return",
    )
    return [
        BacktestSummary(**{**row, "parameters": BacktestParameters.model_validate(row["parameters"])})
        for row in Backtest.objects.values(*columns)[:limit]
    ]


def _computed(inputs: BacktestInputs, owner: AbstractBaseUser | None) -> StoredResult[BacktestDocument]:
    require_room(owner)
    document = document_of(compute(inputs), generated_at=datetime.now(UTC))
    stored = BACKTESTS.store(
        document,
        owner=owner,
        total_return=document.metrics.total_return,
        benchmark_total_return=document.benchmark.total_return,
    )
    if stored.is_new:
        record_backtest(document.parameters, sharpe=document.metrics.sharpe, bars=document.period.bars)
    return stored
