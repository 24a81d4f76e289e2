"""How kernels are compiled; importing this module loads numba, which takes a fifth of a second."""

from collections.abc import Callable
from typing import Any

from numba import njit

type Array = Any
"""A NumPy array; numba finds the exact type at the call."""

kernel = njit(cache=True, nogil=True, error_model="numpy")
"""Compile at the first call, or read what was compiled from numba's cache on disk.

Threads run kernels at the same time. A division by zero gives what NumPy gives: to look for one before
every division, as Python does, keeps the processor from working ahead and triples the time.
"""


def bare_kernel[Function: Callable[..., Any]](function: Function) -> Function:
    """Compile what makes no array of its own, and so need not count who holds those it is given.

    Counting is an atomic operation for each array that one function hands to another: a third of the time
    where functions are small and called for each trade. numba's stubs do not tell of its option.
    """
    compiled: Function = njit(**_BARE)(function)
    return compiled


def summing_kernel[Function: Callable[..., Any]](function: Function) -> Function:
    """Compile a bare kernel whose additions may be done in any order, and so many at a time."""
    compiled: Function = njit(**_BARE, fastmath={"reassoc"})(function)
    return compiled


_BARE: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}


@bare_kernel
def lower(one: float, other: float) -> float:
    """Return min() of two non-NaN numbers; it compiles to one instruction."""
    return min(other, one)


@bare_kernel
def higher(one: float, other: float) -> float:
    """Return the higher of two numbers, neither NaN, as `lower` does."""
    return max(other, one)
