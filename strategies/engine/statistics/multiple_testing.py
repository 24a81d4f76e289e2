"""Many tests at once: which p-values are small even for so many of them."""

import numpy as np

from strategies.engine.prices import FloatArray


def holm(p_values: FloatArray) -> FloatArray:
    """Return the p-values adjusted by Holm's step-down procedure, in the same order; shape (tests,).

    The smallest is multiplied by the number of tests, the next by one less, and so on; none is smaller
    than the one before it, nor above 1. An adjusted value below 5 % keeps the chance of even one false
    discovery below 5 %, however the tests depend on each other (Holm 1979).
    """
    order = np.argsort(p_values, kind="stable")
    factors = len(p_values) - np.arange(len(p_values))
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.maximum.accumulate(p_values[order] * factors), 1.0)
    return adjusted
