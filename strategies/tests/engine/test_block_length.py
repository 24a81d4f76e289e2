"""The length of the bootstrap's blocks, against the arch package."""

import numpy as np
import pytest
from arch.bootstrap import optimal_block_length

from strategies.engine.prices import FloatArray
from strategies.engine.statistics.block_length import common_block_length, politis_white


def autoregressive(bars: int, rho: float, *, seed: int) -> FloatArray:
    series = np.random.default_rng(seed).normal(size=bars)
    for bar in range(1, bars):
        series[bar] += rho * series[bar - 1]
    return series


@pytest.mark.parametrize("bars", [64, 100, 750, 1250])
@pytest.mark.parametrize("rho", [-0.2, 0.0, 0.1, 0.3, 0.9])
def test_the_length_is_that_of_the_arch_package(bars: int, rho: float) -> None:
    for seed in range(4):
        series = autoregressive(bars, rho, seed=seed)
        expected = float(optimal_block_length(series)["stationary"].iloc[0])
        assert politis_white(series) == pytest.approx(max(expected, 1.0))


def test_returns_that_repeat_each_other_need_longer_blocks() -> None:
    lengths = [
        np.median([politis_white(autoregressive(1250, rho, seed=seed)) for seed in range(20)])
        for rho in (0.0, 0.1, 0.3)
    ]
    assert lengths == sorted(lengths)
    assert lengths[0] < 3 < lengths[-1]


def test_a_series_that_never_moves_needs_no_block() -> None:
    assert politis_white(np.ones(100)) == 1
    assert common_block_length([]) == 1


def test_one_unusual_series_does_not_decide_for_all() -> None:
    ordinary = [autoregressive(500, 0.0, seed=seed) for seed in range(8)]
    assert common_block_length([*ordinary, autoregressive(500, 0.9, seed=9)]) <= 4
