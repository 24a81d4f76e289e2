"""The statistics of evidence against published values, other libraries and obvious implementations."""

from itertools import combinations
from math import isclose, sqrt

import numpy as np
import pytest
from arch.bootstrap import SPA, StationaryBootstrap

from strategies.engine.metrics import Undefined
from strategies.engine.prices import FloatArray
from strategies.engine.statistics import spa
from strategies.engine.statistics.bootstrap import LEVELS, bootstrap_bands
from strategies.engine.statistics.overfitting import BlockSums, probability_of_overfitting
from strategies.engine.statistics.sharpe import (
    ReturnShape,
    deflated_sharpe,
    deviation_of,
    expected_maximum,
    probabilistic_sharpe,
)
from strategies.engine.statistics.spa import spa_test
from strategies.engine.statistics.stationary_bootstrap import SEED, block_length, draw_counts, resampled_bars

PAPER = ReturnShape(bars=1250, sharpe=2.5 / sqrt(250), skewness=-3, kurtosis=10)
"""The example of Bailey & López de Prado 2014: five years of days, 2.5 a year."""
PAPER_DEVIATION = sqrt(0.5 / 250)


def noise(bars: int, trials: int, *, mean: float = 0.0003, seed: int = 7) -> FloatArray:
    return np.random.default_rng(seed).normal(mean, 0.01, (bars, trials))


def test_the_expected_maximum_is_that_of_the_paper() -> None:
    assert expected_maximum(trials=100, deviation=PAPER_DEVIATION) == pytest.approx(0.1132, abs=5e-5)


@pytest.mark.parametrize(("trials", "published"), [(100, 0.9004), (46, 0.9505)])
def test_the_deflated_sharpe_ratio_is_that_of_the_paper(trials: int, published: float) -> None:
    found = deflated_sharpe(PAPER, trials=trials, deviation=PAPER_DEVIATION)
    assert found == pytest.approx(published, abs=2e-3 if trials == 46 else 5e-5)


def test_a_single_trial_is_not_deflated() -> None:
    assert deflated_sharpe(PAPER, trials=1, deviation=PAPER_DEVIATION) == probabilistic_sharpe(PAPER)


def test_more_trials_make_the_same_ratio_less_convincing() -> None:
    trials = (1, 10, 100, 1000)
    found = [deflated_sharpe(PAPER, trials=count, deviation=PAPER_DEVIATION) for count in trials]
    floats = [value for value in found if isinstance(value, float)]
    assert len(floats) == len(trials)
    assert floats == sorted(floats, reverse=True)


def test_the_shape_of_returns_is_that_of_their_moments() -> None:
    returns = np.random.default_rng(3).standard_t(5, 400) / 100
    shape = ReturnShape.of(returns)
    assert isinstance(shape, ReturnShape)
    deviations = returns - returns.mean()
    assert isclose(shape.sharpe, returns.mean() / returns.std(ddof=1))
    assert isclose(shape.skewness, (deviations**3).mean() / (deviations**2).mean() ** 1.5)
    assert isclose(shape.kurtosis, (deviations**4).mean() / (deviations**2).mean() ** 2)


def test_returns_without_deviation_have_no_shape() -> None:
    assert isinstance(ReturnShape.of(np.full(50, 0.001)), Undefined)
    assert isinstance(ReturnShape.of(np.array([0.1])), Undefined)


def test_ratios_that_do_not_exist_do_not_count_in_the_deviation() -> None:
    assert deviation_of(np.array([1.0, np.nan, 3.0])) == pytest.approx(sqrt(2))
    assert deviation_of(np.array([1.0, np.nan])) == 0


def slow_probability(returns: FloatArray, blocks: int) -> float:
    """The definition, split by split and bar by bar."""
    parts = np.array_split(returns, blocks)
    lower = total = 0
    for chosen in combinations(range(blocks), blocks // 2):
        past = np.concatenate([parts[block] for block in chosen])
        future = np.concatenate([parts[block] for block in range(blocks) if block not in chosen])
        best = (past.mean(axis=0) / past.std(axis=0, ddof=1)).argmax()
        reached = future.mean(axis=0) / future.std(axis=0, ddof=1)
        rank = (reached < reached[best]).sum() + 1
        relative = rank / (returns.shape[1] + 1)
        lower += np.log(relative / (1 - relative)) <= 1e-12
        total += 1
    return lower / total


@pytest.mark.parametrize("trials", [2, 9, 10])
def test_the_probability_of_overfitting_follows_its_definition(trials: int) -> None:
    returns = noise(160, trials, seed=trials)
    found = probability_of_overfitting(BlockSums.of(returns.T, blocks=8))
    assert not isinstance(found, Undefined)
    assert found.splits == 70
    assert found.probability == slow_probability(returns, 8)


def test_a_trial_better_everywhere_is_not_overfitted() -> None:
    returns = noise(640, 12)
    returns[:, 4] += 0.02
    found = probability_of_overfitting(BlockSums.of(returns.T))
    assert not isinstance(found, Undefined)
    assert (found.probability, found.probability_of_loss) == (0, 0)


def test_gains_that_turn_into_losses_are_overfitted() -> None:
    """Each trial is good in one block of its own and bad in all others."""
    returns = noise(1600, 16, mean=-0.001)
    for trial in range(16):
        returns[trial * 100 : (trial + 1) * 100, trial] += 0.02
    found = probability_of_overfitting(BlockSums.of(returns.T))
    assert not isinstance(found, Undefined)
    assert found.probability > 0.9


def test_fewer_splits_are_looked_at_when_asked() -> None:
    found = probability_of_overfitting(BlockSums.of(noise(640, 5).T), most_splits=100)
    assert not isinstance(found, Undefined)
    assert found.splits == 100


def test_too_few_bars_or_trials_have_no_probability_of_overfitting() -> None:
    assert isinstance(probability_of_overfitting(BlockSums.of(noise(40, 5).T)), Undefined)
    assert isinstance(probability_of_overfitting(BlockSums.of(noise(640, 1).T)), Undefined)


def test_the_test_of_superiority_agrees_with_the_arch_package() -> None:
    """With differences scaled to the same deviation, studentised and plain statistics are one test."""
    bars, trials = 400, 20
    benchmark = noise(bars, 1, seed=1)[:, 0]
    differences = noise(bars, trials, mean=0.0001, seed=2)
    weights = spa._covariance_weights(bars)
    centred = (differences - differences.mean(axis=0)).T
    differences *= 0.01 / np.sqrt(spa._variances(centred, weights))
    returns = (benchmark[:, np.newaxis] + differences).T
    theirs = SPA(-benchmark, -returns.T, block_size=block_length(bars), reps=1000, seed=SEED)
    theirs.compute()
    ours = spa_test(benchmark, [returns[:7], returns[7:]])
    assert not isinstance(ours, Undefined)
    assert 0.02 < ours.p_value < 0.98
    assert ours.p_value == pytest.approx(theirs.pvalues["consistent"], abs=0.002)


def test_the_variances_are_those_of_the_arch_package() -> None:
    returns = noise(300, 6)
    theirs = SPA(np.zeros(300), -returns, block_size=block_length(300), reps=1)
    theirs._compute_variance()
    centred = (returns - returns.mean(axis=0)).T
    ours = spa._variances(centred, spa._covariance_weights(300))
    np.testing.assert_allclose(ours, theirs._loss_diff_var, rtol=1e-9)


def test_batches_do_not_change_the_test_of_superiority() -> None:
    benchmark, returns = noise(500, 1, seed=4)[:, 0], noise(500, 30, seed=5).T
    whole = spa_test(benchmark, [returns])
    assert spa_test(benchmark, np.array_split(returns, 7)) == whole


def test_a_trial_far_better_than_the_benchmark_is_found_superior() -> None:
    benchmark, returns = noise(500, 1, seed=4)[:, 0], noise(500, 10, seed=5).T
    returns[3] += 0.01
    found = spa_test(benchmark, [returns])
    assert not isinstance(found, Undefined)
    assert found.p_value == 1 / (spa.DRAWS + 1)


def test_trials_that_are_the_benchmark_itself_are_not_superior() -> None:
    benchmark = noise(500, 1)[:, 0]
    found = spa_test(benchmark, [np.stack([benchmark, benchmark])])
    assert not isinstance(found, Undefined)
    assert found.p_value == 1


def test_draws_are_repeatable_and_take_as_many_bars_as_there_are() -> None:
    first, second = list(resampled_bars(100, 3)), list(resampled_bars(100, 3))
    assert all((one == other).all() for one, other in zip(first, second, strict=True))
    assert (draw_counts(100, 3).sum(axis=1) == 100).all()


def test_draws_are_those_of_the_arch_package() -> None:
    bars = 173
    sampler = StationaryBootstrap(block_length(bars), np.arange(bars), seed=SEED)
    expected = [sample for (sample, *_), _ in sampler.bootstrap(20)]
    np.testing.assert_array_equal(list(resampled_bars(bars, 20)), expected)


def test_the_bands_hold_what_came_and_are_in_order() -> None:
    returns = noise(1000, 1)[:, 0]
    bands = bootstrap_bands(returns, initial_cash=1000, risk_free_rate=0.0)
    assert not isinstance(bands, Undefined)
    for column in (bands.final_equity, bands.max_drawdown, bands.sharpe):
        assert len(column) == len(LEVELS)
        assert (np.diff(column) >= 0).all()
    assert bands.final_equity[0] < 1000 * np.prod(1 + returns) < bands.final_equity[-1]
    np.testing.assert_allclose(bands.equity[:, -1], bands.final_equity)
    assert bands.sharpe[0] < returns.mean() / returns.std(ddof=1) * sqrt(252) < bands.sharpe[-1]


def test_the_band_of_the_sharpe_ratio_is_as_wide_as_theory_says() -> None:
    """Of independent normal returns the ratio's standard error is √((1 + SR²/2) / n) (Lo 2002)."""
    returns = noise(2000, 1)[:, 0]
    bands = bootstrap_bands(returns, initial_cash=1, risk_free_rate=0.0)
    assert not isinstance(bands, Undefined)
    width = (bands.sharpe[-1] - bands.sharpe[0]) / (2 * 1.645)
    assert width == pytest.approx(sqrt(252 / 2000), rel=0.25)


def test_an_equity_that_never_moved_has_no_bands() -> None:
    assert isinstance(bootstrap_bands(np.zeros(500), initial_cash=1, risk_free_rate=0.0), Undefined)
    assert isinstance(bootstrap_bands(noise(20, 1)[:, 0], initial_cash=1, risk_free_rate=0.0), Undefined)
