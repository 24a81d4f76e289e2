"""What the sweeps of many symbols say together: the ranking, its distribution, and the verdict."""

from collections.abc import Mapping, Sequence
from math import sqrt

import numpy as np

from core.formatting import counted
from strategies.engine.metrics import BARS_IN_A_YEAR, Undefined
from strategies.engine.statistics.multiple_testing import holm
from strategies.engine.statistics.sharpe import ReturnShape, deflated_sharpe
from strategies.engine.statistics.spa import step_down
from strategies.models import UniverseMember, UniverseSweep
from strategies.rounding import published
from strategies.sweeps.headline import CONFIDENT, SIGNIFICANT
from strategies.sweeps.verdict import score
from strategies.universes.schemas import (
    Distribution,
    UniverseDocument,
    UniverseFailure,
    UniverseParameters,
    UniverseRow,
    UniverseVerdict,
    page_of_universe,
)


def document_of(universe: UniverseSweep, members: Sequence[UniverseMember]) -> UniverseDocument:
    """Return the document of a universe as far as its members have come."""
    is_complete = len(members) == len(universe.symbols)
    rows = [UniverseRow.model_validate(member.row) for member in members if member.row is not None]
    rows = _ranked(rows, _adjusted(rows, members) if is_complete else {})
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


def _ranked(rows: list[UniverseRow], adjusted: Mapping[str, float]) -> list[UniverseRow]:
    """Return the rows, best first, with p-values adjusted for their number."""
    complete = [row.model_copy(update={"adjusted_p_value": adjusted.get(row.symbol)}) for row in rows]
    return sorted(complete, key=lambda row: -np.inf if row.objective is None else row.objective, reverse=True)


def _adjusted(rows: Sequence[UniverseRow], members: Sequence[UniverseMember]) -> dict[str, float]:
    """Return the p-value of each symbol that was tested, adjusted for all of them."""
    tested = [member for member in members if member.lead is not None and member.largest is not None]
    if not tested:
        return _adjusted_by_holm(rows)
    leads = np.array([member.lead for member in tested], dtype=np.float64)
    drawn = np.stack([np.frombuffer(bytes(member.largest or b""), dtype="<f2") for member in tested], axis=1)
    drawn = drawn.astype(np.float32)
    found = step_down(leads, drawn, drawn.max(axis=1))
    return {member.symbol: published(float(value)) for member, value in zip(tested, found, strict=True)}


def _adjusted_by_holm(rows: Sequence[UniverseRow]) -> dict[str, float]:
    """Return the p-values against buy and hold, adjusted: sweeps of earlier versions kept no draws."""
    tested = [row for row in rows if row.spa_p_value is not None]
    found = holm(np.array([row.spa_p_value for row in tested], dtype=np.float64))
    return {row.symbol: published(float(value)) for row, value in zip(tested, found, strict=True)}


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
        verb = "has" if significant == 1 else "have"
        found = (
            f"Of {tried}, {counted(significant, 'symbol')} {verb} a combination that beats buy and hold "
            "at the same exposure, counting all symbols."
        )
    else:
        found = (
            f"Of {tried}, none beats buy and hold at the same exposure by more than so many tries explain."
        )
    if deflated is None:
        return found
    above = "is clearly above" if deflated > CONFIDENT else "is not clearly above"
    return (
        f"{found} The highest Sharpe ratio among the best of each symbol {above} what so many tries reach by "
        f"chance (deflated Sharpe ratio {score(deflated)})."
    )
