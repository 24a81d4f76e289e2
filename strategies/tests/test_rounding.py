"""Ten significant digits, everywhere the same."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies.rounding import published, published_column, published_or_none


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, 0.0),
        (1 / 3, 0.3333333333),
        (-2 / 3, -0.6666666667),
        (48_389.06922880466, 48_389.06923),
        (123_456_789_012_345.0, 123_456_789_000_000.0),
        (1.23456789012345e-7, 1.234567890e-7),
        (1e12, 1e12),
        (9.99999999999, 10.0),
    ],
)
def test_a_figure_keeps_ten_significant_digits(value: float, expected: float) -> None:
    assert published(value) == expected


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_rounding_moves_nothing_by_more_than_half_a_digit_and_is_final(value: float) -> None:
    if 0 < abs(value) < 1e-100:
        return
    rounded = published(value)
    assert rounded == pytest.approx(value, rel=5.001e-10)
    assert published(rounded) == rounded
    assert len(f"{abs(rounded):.17g}".strip("0")) == 0 or float(f"{rounded:.10g}") == rounded


def test_nothing_is_minus_zero() -> None:
    assert json.dumps(published_column(np.array([-0.0, 0.0]))) == "[0.0, 0.0]"


def test_what_is_missing_is_none() -> None:
    assert published_or_none(np.array([np.nan, 1.5, np.nan])) == [None, 1.5, None]
