"""The history of backtests: every stored run, found again by what it was about."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.paginator import Page, Paginator
from django.db.models import OuterRef, Q, Subquery

from dashboard.models import SavedRun
from strategies.backtests.parameters import BacktestParameters
from strategies.models import Backtest

RUNS_ON_A_PAGE = 25
COLUMNS = ("id", "symbol", "created_at", "parameters", "total_return", "benchmark_total_return", "note")
SEARCHED = ("rule", "average", "direction", "start", "end")
WINDOWS = ("fast", "slow", "middle", "signal")


@dataclass(frozen=True, kw_only=True)
class PastRun:
    """A stored backtest as lists show it. note: what the reader wrote when saving it; None: not saved."""

    id: str
    symbol: str
    created_at: datetime
    parameters: BacktestParameters
    total_return: float
    benchmark_total_return: float
    note: str | None


@dataclass(frozen=True, kw_only=True)
class FoundRuns:
    """A page of the history. position: which page it is, of how many, over how many runs."""

    runs: list[PastRun]
    position: Page[dict[str, Any]]


def past_runs(
    user: AbstractBaseUser, *, search: str = "", saved_only: bool = False, page: int | str = 1
) -> FoundRuns:
    """Return a page of the runs that match every word of `search`, newest first.

    A word is part of a symbol, of the names of rule, average or direction, of a date or a note, or it
    is a window. Notes are the user's own: nobody finds or sees those of others.
    """
    own = SavedRun.objects.filter(user_id=user.pk, backtest=OuterRef("pk"))
    found = Backtest.objects.annotate(note=Subquery(own.values("note")[:1]))
    if saved_only:
        found = found.filter(note__isnull=False)
    for word in search.split():
        found = found.filter(_matching(word))
    position = Paginator(found.values(*COLUMNS), RUNS_ON_A_PAGE).get_page(page)
    return FoundRuns(runs=[past_run(row) for row in position], position=position)


def saved_runs(user: AbstractBaseUser) -> list[PastRun]:
    """Return every run that the user saved, those run last first."""
    saved = SavedRun.objects.filter(user_id=user.pk).order_by("-backtest__created_at")
    columns = [name if name == "note" else f"backtest__{name}" for name in COLUMNS]
    rows = (dict(zip(COLUMNS, row, strict=True)) for row in saved.values_list(*columns))
    return [past_run(row) for row in rows]


def past_run(row: dict[str, Any]) -> PastRun:
    """Return the run of a row with `COLUMNS`."""
    return PastRun(**{**row, "parameters": BacktestParameters.model_validate(row["parameters"])})


def _matching(word: str) -> Q:
    """Return the condition that a run has to do with `word`."""
    text = word.strip("/,;")
    condition = Q(symbol__icontains=text) | Q(note__icontains=text)
    for name in SEARCHED:
        condition |= Q(**{f"parameters__{name}__icontains": text})
    if text.isdecimal() and len(text) < 6:  # noqa: PLR2004 - no window has so many digits
        for name in WINDOWS:
            condition |= Q(**{f"parameters__{name}": int(text)})
    return condition
