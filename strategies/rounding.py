"""Figures as the document publishes them: ten significant digits.

More digits than that are noise of floating-point arithmetic, and would make the document larger and
different on machines that add in another order.
"""

import numpy as np

from strategies.engine.prices import FloatArray

DIGITS = 10
DECIMALS = 22
"""At most: no higher power of ten is exact in floating point. It costs digits below 1e-13 alone."""

POWERS_OF_TEN = 10.0 ** np.arange(309)


def published(value: float) -> float:
    """Return `value` to ten significant digits."""
    return published_column(np.array([value]))[0]


def published_column(values: FloatArray) -> list[float]:
    """Return `values` to ten significant digits; they must be finite."""
    magnitude = np.floor(np.log10(np.abs(values), out=np.zeros_like(values), where=values != 0))
    decimals = np.minimum(DIGITS - 1 - magnitude, DECIMALS).astype(np.intp)
    # Negative powers of ten are not exact either, so scale by division.
    shrink, grow = POWERS_OF_TEN[np.maximum(-decimals, 0)], POWERS_OF_TEN[np.maximum(decimals, 0)]
    rounded = np.rint(values / shrink * grow) / grow * shrink
    # Minus zero would be another document than zero.
    column: list[float] = (rounded + 0.0).tolist()
    return column


def published_or_none(values: FloatArray) -> list[float | None]:
    """Return `values` to ten significant digits, None for NaN."""
    undefined = np.isnan(values)
    column: list[float | None] = [*published_column(np.where(undefined, 0.0, values))]
    for index in np.flatnonzero(undefined).tolist():
        column[index] = None
    return column
