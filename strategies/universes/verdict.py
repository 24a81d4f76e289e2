"""What the sweeps of many symbols say together: the ranking, its distribution, and the verdict."""

from collections.abc import Sequence
from math import floor, sqrt

import numpy as np

from core.formatting import counted
from strategies.engine.metrics import BARS_IN_A_YEAR, Undefined
from strategies.engine.statistics.multiple_testing import holm
from strategies.engine.statistics.sharpe import ReturnShape, deflated_sharpe
from strategies.engine.statistics.spa import DRAWS
from strategies.models import UniverseMember, UniverseSweep
from strategies.rounding import published
from strategies.sweeps.narrative import SIGNIFICANT, likelihood
from strategies.universes.schemas import (
    Distribution,
    UniverseDocument,
    UniverseFailure,
    UniverseParameters,
    UniverseRow,
    UniverseVerdict,
    page_of_universe,
)

MOST_TESTABLE = floor(SIGNIFICANT * (DRAWS + 1))
"""Symbols among which one can be significant: the smallest p-value is one over the draws and one."""


def document_of(universe: UniverseSweep, members: Sequence[UniverseMember]) -> UniverseDocument:
    """Return the document of a universe as far as its members have come."""
    rows = _ranked([UniverseRow.model_validate(member.row) for member in members if member.row is not None])
    is_complete = len(members) == len(universe.symbols)
    return UniverseDocument(
        id=universe.pk,
        created_at=universe.created_at,
        parameters=UniverseParameters.model_validate(universe.parameters),
        symbols=len(universe.symbols),
        done=len(members),
        is_complete=is_complete,
        rows=rows,
        failures=[
            UniverseFailure(symbol=member.symbol, error=member.error) for member in members if member.error
        ],
        distribution=_distribution(rows),
        verdict=_verdict(rows, members) if is_complete else None,
        page=page_of_universe(universe.pk),
    )


def _ranked(rows: list[UniverseRow]) -> list[UniverseRow]:
    """Return the rows, best first, with p-values adjusted for their number."""
    # Where no combination traded, staying out of a falling market is no lead that was earned.
    tested = [row for row in rows if row.spa_p_value is not None and row.total_return is not None]
    adjusted = holm(np.array([row.spa_p_value for row in tested], dtype=np.float64))
    by_symbol = {row.symbol: published(float(value)) for row, value in zip(tested, adjusted, strict=True)}
    complete = [row.model_copy(update={"adjusted_p_value": by_symbol.get(row.symbol)}) for row in rows]
    return sorted(complete, key=lambda row: -np.inf if row.objective is None else row.objective, reverse=True)


def _distribution(rows: Sequence[UniverseRow]) -> Distribution | None:
    leads = np.array(
        [row.total_return - row.benchmark_total_return for row in rows if row.total_return is not None]
    )
    if not len(leads):
        return None
    lowest, low, median, high, highest = (
        published(float(value)) for value in np.quantile(leads, (0, 0.25, 0.5, 0.75, 1))
    )
    return Distribution(
        lowest=lowest,
        low=low,
        median=median,
        high=high,
        highest=highest,
        ahead=published(float((leads > 0).mean())),
    )


def _verdict(rows: Sequence[UniverseRow], members: Sequence[UniverseMember]) -> UniverseVerdict:
    trials = sum(member.trials for member in members)
    significant = sum(row.adjusted_p_value is not None and row.adjusted_p_value < SIGNIFICANT for row in rows)
    deflated = _deflated(rows, members, trials)
    return UniverseVerdict(
        trials=trials,
        significant=significant,
        deflated_sharpe=deflated,
        sentence=_sentence(rows, trials, significant, deflated),
    )


def _deflated(rows: Sequence[UniverseRow], members: Sequence[UniverseMember], trials: int) -> float | None:
    """Return the deflated Sharpe ratio of the highest of all, counting the trials of all symbols."""
    known = [row for row in rows if row.sharpe is not None and row.skewness is not None]
    if not known:
        return None
    best = max(known, key=lambda row: row.sharpe or 0.0)
    shape = ReturnShape(
        bars=best.bars,
        sharpe=(best.sharpe or 0.0) / sqrt(BARS_IN_A_YEAR),
        skewness=best.skewness or 0.0,
        kurtosis=best.kurtosis or 0.0,
    )
    found = deflated_sharpe(shape, trials=trials, deviation=_deviation(members))
    return None if isinstance(found, Undefined) else published(found)


def _deviation(members: Sequence[UniverseMember]) -> float:
    """Return the standard deviation (n - 1) of the Sharpe ratios of all trials on all symbols."""
    count = sum(member.sharpe_count for member in members)
    total = sum(member.sharpe_sum for member in members)
    squares = sum(member.sharpe_square_sum for member in members)
    return sqrt(max(squares - total**2 / count, 0.0) / (count - 1)) if count > 1 else 0.0


def _sentence(rows: Sequence[UniverseRow], trials: int, significant: int, deflated: float | None) -> str:
    tried = f"{counted(trials, 'combination')} on {counted(len(rows), 'symbol')}"
    if significant:
        found = f"Of {tried}, {counted(significant, 'symbol')} beat buy and hold even when all are counted."
    else:
        found = f"Of {tried}, none beat buy and hold by more than so many tries explain."
        if sum(row.spa_p_value is not None for row in rows) > MOST_TESTABLE:
            found += (
                f" Among more than {MOST_TESTABLE} symbols no lead can be told from luck by the {DRAWS:,d} "
                "draws of the test."
            )
    if deflated is None:
        return found
    return (
        f"{found} That the highest Sharpe ratio among the best of each symbol is more than luck is "
        f"{likelihood(deflated)} likely."
    )
