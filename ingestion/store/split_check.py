"""Tell from the prices themselves whether they are adjusted for a split, and whether one is unknown.

Raw prices step by the ratio of a split on its day; adjusted ones do not. So each known split is a test of
what the prices are, and a step by a plain ratio on a day without a known split is a split that is missing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray

from ingestion.store.adjustment import DatedValue

LEAST_RATIO = 1.25
"""Splits nearer to one cannot be told from an ordinary day."""

LONGEST_GAP = 15
"""Days between the bars around a split; farther apart, prices move too much to tell."""

PLAIN_RATIOS = (2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, 100, 1.5)
NEAR = 0.04
"""How far a step may lie from a plain ratio, as a fraction, to look like a split."""

NEAR_SMALL = 0.02
"""The same for 3:2, which lies within what a bad day can bring."""

LEAST_STEP, LEAST_CONFIRMED = 1.4, 1.3
"""Ratios of close to open, and of close to close, below which no step is looked at."""

_Floats = NDArray[np.float64]
_Days = NDArray[np.datetime64]


class SplitState(Enum):
    """What the prices around a split say."""

    RAW = auto()
    ADJUSTED = auto()
    UNCLEAR = auto()


def split_state(days: _Days, open_: _Floats, close: _Floats, split: DatedValue) -> SplitState:
    """Return whether the prices step at the split as raw ones do.

    days: datetime64[D], increasing; open_, close: shape (days,). The close before is compared with the open
    of the split's day, which half the ratio's logarithm on either side decides.
    """
    place = int(np.searchsorted(days, np.datetime64(split.date), side="left"))
    is_small = 1 / LEAST_RATIO < split.value < LEAST_RATIO
    if (
        is_small
        or not 0 < place < len(days)
        or (days[place] - days[place - 1]) > np.timedelta64(LONGEST_GAP, "D")
    ):
        return SplitState.UNCLEAR
    step = math.log(close[place - 1] / open_[place])
    expected = math.log(split.value)
    if abs(step) > 2 * abs(expected) or (step * expected < 0 and abs(step) > abs(expected) / 2):
        return SplitState.UNCLEAR
    return SplitState.RAW if abs(step - expected) < abs(step) else SplitState.ADJUSTED


@dataclass(frozen=True, kw_only=True)
class SplitStates:
    """The known splits by what the prices say of them."""

    raw: Sequence[DatedValue]
    adjusted: Sequence[DatedValue]
    unclear: Sequence[DatedValue]


def split_states(days: _Days, open_: _Floats, close: _Floats, splits: Sequence[DatedValue]) -> SplitStates:
    """Return the splits by what the prices say of each."""
    by_state: dict[SplitState, list[DatedValue]] = {state: [] for state in SplitState}
    for split in sorted(splits):
        by_state[split_state(days, open_, close, split)].append(split)
    return SplitStates(
        raw=by_state[SplitState.RAW],
        adjusted=by_state[SplitState.ADJUSTED],
        unclear=by_state[SplitState.UNCLEAR],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnexplainedStep:
    """A step of the price that looks like a split which nobody recorded.

    ratio: new shares for an old one, as a recorded split would have it: 10 where the price fell to a tenth.
    """

    day: date
    ratio: float

    @property
    def exact_ratio(self) -> str:
        """The ratio with the decimals that are stored of one."""
        return f"{self.ratio:.10f}".rstrip("0").rstrip(".")

    @property
    def in_words(self) -> str:
        """What happened to the price."""
        verb, ratio = ("fell to", self.ratio) if self.ratio > 1 else ("rose to", 1 / self.ratio)
        if self.ratio > 1:
            part = {
                2: "half",
                3: "a third",
                4: "a quarter",
                5: "a fifth",
                10: "a tenth",
                1.5: "two thirds",
            }.get(round(ratio, 4), f"one {ratio:g}th")
            return f"{verb} {part} on {self.day}"
        return f"{verb} {ratio:g} times its value on {self.day}"


def unexplained_steps(
    days: _Days, open_: _Floats, close: _Floats, splits: Sequence[DatedValue]
) -> list[UnexplainedStep]:
    """Return the steps by a plain ratio over night, on days without a known split, oldest first."""
    if len(days) < 2:  # noqa: PLR2004 - a step needs two bars
        return []
    steps = close[:-1] / open_[1:]
    # The close must stay there too: a misprinted open returns within the day.
    confirmed = close[:-1] / close[1:]
    suspicious = np.flatnonzero(
        (np.maximum(steps, 1 / steps) > LEAST_STEP) & (np.maximum(confirmed, 1 / confirmed) > LEAST_CONFIRMED)
    )
    known = {split.date for split in splits}
    found = []
    for place in suspicious:
        before, day = days[place].item(), days[place + 1].item()
        ratio = _plain_ratio(float(steps[place]))
        explained = any(before < known_day <= day for known_day in known)
        if ratio is not None and not explained and (day - before).days <= LONGEST_GAP:
            found.append(UnexplainedStep(day=day, ratio=ratio))
    return found


def _plain_ratio(step: float) -> float | None:
    """Return the plain ratio that the step is near to; None where it is near to none."""
    up = max(step, 1 / step)
    nearest = min(PLAIN_RATIOS, key=lambda ratio: abs(math.log(up / ratio)))
    limit = NEAR_SMALL if nearest == min(PLAIN_RATIOS) else NEAR
    if abs(up / nearest - 1) > limit:
        return None
    return float(nearest) if step > 1 else 1 / nearest
