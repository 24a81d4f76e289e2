"""Adjustment of raw prices for splits and dividends: arrays in, factors out.

A factor multiplies the raw prices of every bar before the action, so that the last bar keeps the price
it traded at. Only actions up to the last bar count: prices as of a day are those that a person saw on
that day, and a later split changes nothing about them.
"""

import math
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Dates = NDArray[np.datetime64]
Factors = NDArray[np.float64]


class DatedValue(NamedTuple):
    """A split ratio (new shares for an old one) or a dividend a share, effective before the open."""

    date: date
    value: float


def split_factors(dates: Dates, splits: Sequence[DatedValue]) -> Factors:
    """Return what to multiply raw prices by, and to divide raw volume by; shape (bars,).

    dates: datetime64[D], strictly increasing.
    splits: in any order; ratios positive, fractional ones (spin-offs) and those below one included.
    """
    return _carried_back(dates, [(split.date, 1 / split.value) for split in splits])


def dividend_factors(
    dates: Dates, close: Factors, dividends: Sequence[DatedValue], splits: Sequence[DatedValue]
) -> Factors:
    """Return what to multiply raw prices by so that returns include dividends; shape (bars,).

    The factor of a dividend D is 1 - D / P with P the last raw close before the ex-date: the proportional
    method of most vendors' adjusted closes. Where a split falls between that close and the ex-date, P is
    first brought to the shares of the ex-date, for which the dividend is paid.

    close: raw, shape (bars,).
    Raises ValueError for a dividend that is not below P: no price can be adjusted for it.
    """
    steps = []
    for dividend in dividends:
        before = int(np.searchsorted(dates, np.datetime64(dividend.date), side="left")) - 1
        if before < 0 or np.datetime64(dividend.date) > dates[-1]:
            continue
        previous: date = dates[before].item()
        ratio = math.prod(split.value for split in splits if previous < split.date <= dividend.date)
        previous_close = close[before] / ratio
        if dividend.value >= previous_close:
            raise ValueError(
                f"the dividend of {dividend.value:g} on {dividend.date} is not below the close before "
                f"it, {previous_close:g}"
            )
        steps.append((dividend.date, 1 - dividend.value / previous_close))
    return _carried_back(dates, steps)


def _carried_back(dates: Dates, steps: Sequence[tuple[date, float]]) -> Factors:
    """Return for each bar the product of the steps after its day and up to the last bar's."""
    # steps_before[i] holds the product of the steps that lie between bar i - 1 and bar i.
    steps_before = np.ones(len(dates) + 1)
    for day, factor in steps:
        steps_before[np.searchsorted(dates, np.datetime64(day), side="left")] *= factor
    within = steps_before[1 : len(dates)]
    factors = np.ones(len(dates))
    factors[:-1] = np.cumprod(within[::-1])[::-1]
    return factors
