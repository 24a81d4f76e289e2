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


@given(st.floats(-1e15, 1e15))
def test_rounding_gives_the_nearest_figure_that_has_so_many_digits(value: float) -> None:
    rounded = published(value)
    assert rounded == pytest.approx(value, rel=5.001e-10, abs=5.001e-23)
    assert published(rounded) == rounded
    assert float(f"{rounded:.10g}") == rounded


def test_nothing_is_minus_zero() -> None:
    assert json.dumps(published_column(np.array([-0.0, 0.0]))) == "[0.0, 0.0]"


def test_what_is_missing_is_none() -> None:
    assert published_or_none(np.array([np.nan, 1.5, np.nan])) == [None, 1.5, None]
