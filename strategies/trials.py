"""The ledger of trials: every different strategy that was ever tried on a symbol.

A trial is an effective strategy: the parameters that change returns, whichever days, adjustment, amount of
money or objective it was tried with. Its key is a hash of those, so that a repeated trial counts once, and
keys are spread evenly: the trials with the smallest keys are a random sample of all, and the largest of these
keys tells how many there are (Bar-Yossef et al. 2002, Counting distinct elements in a data stream). So
a symbol needs a bounded number of rows, and counting reads no more, whatever was stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from math import isnan
from typing import Any

import numpy as np
import orjson
from django.db import connection
from numpy.typing import NDArray

from strategies.engine.enums import Rule
from strategies.engine.language.numbers import numbers_of
from strategies.engine.language.tree import Clause, CustomRule
from strategies.engine.language.write import write_rule
from strategies.engine.parameters import TUNABLE
from strategies.engine.prices import FloatArray
from strategies.engine.sweep.grid import Grid
from strategies.models import Trial, TrialTerms
from strategies.parameters import TradingParameters

type Keys = NDArray[np.int64]

MOST_KEPT = 8192
"""Trials kept of a symbol: their number is exact up to here, and within a percent or two beyond."""
MOST_TERMS = 32
"""Groups of earlier trials with the same terms that are tested again, the largest."""

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_OTHER_MULTIPLIER = np.uint64(0xBF58476D1CE4E5B9)
_SHIFT = np.uint64(29)
_KEYS = 2.0**64
_SMALLEST_KEY = float(np.iinfo(np.int64).min)

_NO_PART_OF_A_TRIAL = {"start", "end", "adjustment", "risk_free_rate"}
"""What says on which bars a strategy is tried, and how it is measured."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TriedGroup:
    """Earlier trials with the same terms. values: of each parameter that varies; shape (trials,)."""

    terms: Mapping[str, Any]
    values: Mapping[str, FloatArray]


@dataclass(frozen=True, eq=False, kw_only=True)
class Ledger:
    """What was tried on a symbol before.

    known: number of different trials ever, those of this sweep included.
    earlier: some or all of those that are not in this sweep: if not all, an even sample.
    """

    known: int
    earlier: tuple[TriedGroup, ...]


def trial_terms(parameters: TradingParameters) -> dict[str, Any]:
    """Return the parameters that change returns, but those that a sweep varies."""
    names = set(TradingParameters.model_fields) - _NO_PART_OF_A_TRIAL
    if parameters.rule != Rule.CUSTOM:
        names -= {*Clause}
    if parameters.fractional_shares and parameters.commission_fixed == 0:
        names.discard("initial_investment")
    if parameters.rule in {Rule.MACD, Rule.CUSTOM}:
        names.discard("average")
    return parameters.model_dump(mode="json", include=names)


def trial_keys(parameters: TradingParameters, grid: Grid) -> Keys:
    """Return the key of each cell; shape (cells,)."""
    if grid.custom is not None:
        return _custom_keys(parameters, grid, grid.custom)
    start = int.from_bytes(_digest(trial_terms(parameters))[:8], "little")
    keys = np.full(len(grid), start, dtype=np.uint64)
    for name in TUNABLE:
        if name in grid.axes:
            values = grid.axes[name].astype(np.float64).view(np.uint64)
            keys = _mixed(keys ^ values)
    return keys.view(np.int64)


def _custom_keys(parameters: TradingParameters, grid: Grid, rule: CustomRule) -> Keys:
    """Return the keys of cells by what their rule comes to: its form, and its numbers in their order.

    So a number and a parameter with its value are the same, whatever the parameter is called.
    """
    form, numbers = numbers_of(rule)
    terms = {name: value for name, value in trial_terms(parameters).items() if name not in {*Clause}}
    start = int.from_bytes(_digest({**terms, "form": write_rule(form)})[:8], "little")
    keys = np.full(len(grid), start, dtype=np.uint64)
    for number in numbers:
        column = grid.axes[number] if isinstance(number, str) else np.full(len(grid), number)
        keys = _mixed(keys ^ column.astype(np.float64).view(np.uint64))
    return keys.view(np.int64)


def read_ledger(symbol: str, keys: Keys, *, most: int) -> Ledger:
    """Return what was tried on a symbol before.

    keys: of the trials of this sweep. most: number of earlier trials wanted.
    """
    rows = list(
        Trial.objects.filter(symbol=symbol)
        .order_by("key")
        .values_list("key", "terms_id", "values")[:MOST_KEPT]
    )
    stored = np.array([row[0] for row in rows], dtype=np.int64)
    own = np.unique(keys)
    others = np.flatnonzero(~np.isin(stored, own, assume_unique=True))[:most]
    groups: dict[str, list[dict[str, float]]] = {}
    for place in others.tolist():
        groups.setdefault(rows[place][1], []).append(rows[place][2])
    largest = sorted(groups, key=lambda terms: len(groups[terms]), reverse=True)[:MOST_TERMS]
    terms = TrialTerms.objects.in_bulk(largest)
    return Ledger(
        known=_count(stored, own),
        earlier=tuple(
            TriedGroup(terms=terms[name].parameters, values=_columns(groups[name])) for name in largest
        ),
    )


def record_trials(
    symbol: str, parameters: TradingParameters, grid: Grid, *, sharpe: FloatArray, bars: int
) -> None:
    """Add trials to the ledger; those that are there already stay as they are.

    sharpe: of one bar, NaN where undefined; shape (cells,). bars: over which it was measured.
    """
    keys = trial_keys(parameters, grid)
    kept = np.argsort(keys)[:MOST_KEPT]
    axes = {name: values[kept].tolist() for name, values in grid.axes.items()}
    terms = trial_terms(parameters)
    given = {
        "symbol": symbol,
        "terms": _digest(terms).hex(),
        "parameters": orjson.dumps(terms).decode(),
        "keys": keys[kept].tolist(),
        "values": [
            orjson.dumps({name: column[place] for name, column in axes.items()}).decode()
            for place in range(len(kept))
        ],
        "sharpes": [None if isnan(value) else value for value in sharpe[kept].tolist()],
        "bars": bars,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, given)


def forget_surplus(symbol: str) -> None:
    """Delete the trials of a symbol beyond the number that is kept: those with the largest keys."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, {"symbol": symbol, "most": MOST_KEPT})


_RECORD = """
    WITH terms AS (
        INSERT INTO strategies_trialterms (id, parameters) VALUES (%(terms)s, %(parameters)s)
        ON CONFLICT (id) DO NOTHING
    )
    INSERT INTO strategies_trial (symbol, key, terms_id, "values", sharpe, bars)
    SELECT %(symbol)s, key, %(terms)s, "values"::jsonb, sharpe, %(bars)s
    FROM unnest(%(keys)s::bigint[], %(values)s::text[], %(sharpes)s::float8[])
        AS given (key, "values", sharpe)
    ORDER BY key
    ON CONFLICT (symbol, key) DO NOTHING
"""

_FORGET = """
    DELETE FROM strategies_trial
    WHERE symbol = %(symbol)s
    AND key >= (
        SELECT key FROM strategies_trial WHERE symbol = %(symbol)s ORDER BY key OFFSET %(most)s LIMIT 1
    )
"""


def _count(stored: Keys, own: Keys) -> int:
    """Return how many trials there are, given the smallest keys stored and all of this sweep."""
    together = np.union1d(stored, own)
    if len(stored) < MOST_KEPT:
        return len(together)
    # The k smallest of all keys are among these; k - 1 of them fall below the k-th.
    share = (float(together[MOST_KEPT - 1]) - _SMALLEST_KEY) / _KEYS
    return max(round((MOST_KEPT - 1) / share), len(together))


def _columns(cells: list[dict[str, float]]) -> dict[str, FloatArray]:
    return {name: np.array([cell[name] for cell in cells], dtype=np.float64) for name in cells[0]}


def _digest(terms: Mapping[str, Any]) -> bytes:
    return sha256(orjson.dumps(terms, option=orjson.OPT_SORT_KEYS)).digest()


def _mixed(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread every bit over all others, as the splitmix64 generator does."""
    keys = (keys ^ (keys >> _SHIFT)) * _MULTIPLIER
    keys = (keys ^ (keys >> _SHIFT)) * _OTHER_MULTIPLIER
    return keys ^ (keys >> _SHIFT)
