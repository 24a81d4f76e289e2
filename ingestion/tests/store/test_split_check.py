"""Prices tell whether they are adjusted for a split, and whether one is missing."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.store.adjustment import DatedValue
from ingestion.store.split_check import SplitState, split_state, unexplained_steps

DAY = date(2024, 6, 10)


def prices(*closes: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return days around DAY, the third of which is DAY, with opens at the closes."""
    days = np.array([DAY + timedelta(days=place - 2) for place in range(len(closes))], dtype="datetime64[D]")
    close = np.array(closes, dtype=np.float64)
    return days, close.copy(), close


@given(
    ratio=st.sampled_from([1.5, 2.0, 3.0, 4.0, 10.0, 20.0, 0.5, 0.1, 0.05]),
    move=st.floats(-0.12, 0.12),
    adjusted=st.booleans(),
)
def test_raw_and_adjusted_prices_are_told_apart(ratio: float, move: float, *, adjusted: bool) -> None:
    after = 100 * (1 + move) / (1 if adjusted else ratio)
    days, open_, close = prices(99.0, 100.0, after, after)
    expected = SplitState.ADJUSTED if adjusted else SplitState.RAW
    assert split_state(days, open_, close, DatedValue(DAY, ratio)) == expected


def test_small_far_and_contradicting_splits_are_unclear() -> None:
    days, open_, close = prices(100, 100, 100, 100)
    assert split_state(days, open_, close, DatedValue(DAY, 1.046)) == SplitState.UNCLEAR
    assert split_state(days, open_, close, DatedValue(DAY + timedelta(days=9), 2)) == SplitState.UNCLEAR
    assert split_state(days, open_, close, DatedValue(DAY - timedelta(days=9), 2)) == SplitState.UNCLEAR
    days, open_, close = prices(100, 100, 300, 300)
    assert split_state(days, open_, close, DatedValue(DAY, 2)) == SplitState.UNCLEAR
    far = days.copy()
    far[2:] += np.timedelta64(60, "D")
    assert split_state(far, open_, close, DatedValue(far[2].item(), 2)) == SplitState.UNCLEAR


@pytest.mark.parametrize(
    ("after", "ratio", "words"),
    [
        (99.5, 10, "fell to a tenth on 2024-06-10"),
        (501, 2, "fell to half on 2024-06-10"),
        (334, 3, "fell to a third on 2024-06-10"),
        (252, 4, "fell to a quarter on 2024-06-10"),
        (666, 1.5, "fell to two thirds on 2024-06-10"),
        (10_020, 0.1, "rose to 10 times its value on 2024-06-10"),
    ],
)
def test_a_step_by_a_plain_ratio_is_reported(after: float, ratio: float, words: str) -> None:
    days, open_, close = prices(1000, 1000, after, after)
    (step,) = unexplained_steps(days, open_, close, [])
    assert (step.day, step.in_words) == (DAY, words)
    assert step.ratio == pytest.approx(ratio)
    assert not unexplained_steps(days, open_, close, [DatedValue(DAY, ratio)])


@pytest.mark.parametrize("after", [1000, 900, 750, 560, 430, 1300])
def test_an_ordinary_fall_is_no_split(after: float) -> None:
    days, open_, close = prices(1000, 1000, after, after)
    assert not unexplained_steps(days, open_, close, [])


def test_a_misprinted_open_is_no_split() -> None:
    days, open_, close = prices(1000, 1000, 1000, 1000)
    open_[2] = 100
    assert not unexplained_steps(days, open_, close, [])
