"""Statistics of overfitting against published values, other libraries and obvious implementations."""

from dataclasses import replace
from itertools import combinations
from math import isclose, sqrt
from statistics import NormalDist

import numpy as np
import pytest
from arch.bootstrap import StationaryBootstrap

from strategies.engine.metrics import Undefined, bar_rate
from strategies.engine.prices import FloatArray
from strategies.engine.statistics.bootstrap import DRAWS, LEVELS, bootstrap_bands
from strategies.engine.statistics.overfitting import BlockSums, probability_of_overfitting
from strategies.engine.statistics.sharpe import (
    ReturnShape,
    Revision,
    deflated_sharpe,
    deviation_of,
    expected_maximum,
    minimum_track_record,
    probabilistic_sharpe,
)
from strategies.engine.statistics.stationary_bootstrap import (
    SEED,
    draw_counts,
    resampled_bars,
    root_block_length,
)

PAPER = ReturnShape(bars=1250, sharpe=2.5 / sqrt(250), skewness=-3, kurtosis=10)
"""The example of Bailey & López de Prado 2014: five years of days, 2.5 a year."""
PAPER_DEVIATION = sqrt(0.5 / 250)


def noise(bars: int, trials: int, *, mean: float = 0.0003, seed: int = 7) -> FloatArray:
    return np.random.default_rng(seed).normal(mean, 0.01, (bars, trials))


def test_the_expected_maximum_is_that_of_the_paper() -> None:
    assert expected_maximum(trials=100, deviation=PAPER_DEVIATION) == pytest.approx(0.1132, abs=5e-5)


@pytest.mark.parametrize(("trials", "published"), [(100, 0.9004), (46, 0.9505)])
def test_the_deflated_sharpe_ratio_is_that_of_the_paper(trials: int, published: float) -> None:
    found = deflated_sharpe(PAPER, trials=trials, deviation=PAPER_DEVIATION, revision=Revision.OF_2012)
    assert found == pytest.approx(published, abs=2e-3 if trials == 46 else 5e-5)


MONTHS = ReturnShape(bars=24, sharpe=1.585 / sqrt(12), skewness=-2.448, kurtosis=10.164)
"""The example of Bailey & López de Prado 2012: two years of months."""
REVISED = ReturnShape(bars=24, sharpe=0.036 / 0.079, skewness=-2.448, kurtosis=10.164)
"""That of López de Prado, Lipton & Zoonekynd 2025."""


def test_the_probabilistic_sharpe_ratio_is_that_of_both_papers() -> None:
    assert probabilistic_sharpe(MONTHS, revision=Revision.OF_2012) == pytest.approx(
        0.91323430688486, abs=1e-9
    )
    assert probabilistic_sharpe(REVISED) == pytest.approx(0.987, abs=5e-4)
    assert probabilistic_sharpe(REVISED, above=0.1) == pytest.approx(0.939, abs=5e-4)


@pytest.mark.parametrize(("bars_in_a_year", "years"), [(252, 2.7312), (52, 2.8288)])
def test_a_record_of_minimum_length_has_a_ratio_of_95_percent(bars_in_a_year: int, years: float) -> None:
    """Figure 8 of the paper of 2012: a Sharpe ratio of 2 a year above 1, of normal returns."""
    shape = ReturnShape(
        bars=round(years * bars_in_a_year), sharpe=2 / sqrt(bars_in_a_year), skewness=0, kurtosis=3
    )
    found = probabilistic_sharpe(shape, above=1 / sqrt(bars_in_a_year), revision=Revision.OF_2012)
    assert found == pytest.approx(0.95, abs=1e-3)


def test_the_minimum_record_is_where_the_revised_ratio_reaches_95_percent() -> None:
    needed = minimum_track_record(REVISED)
    assert isinstance(needed, float)
    assert probabilistic_sharpe(
        replace(REVISED, bars=round(1000 * needed), sharpe=REVISED.sharpe / sqrt(1000))
    ) == (pytest.approx(0.95, abs=1e-3))


def test_counting_tries_lengthens_the_minimum_record() -> None:
    alone, counted = minimum_track_record(PAPER), minimum_track_record(PAPER, luck=0.1132)
    assert isinstance(alone, float)
    assert isinstance(counted, float)
    assert alone < PAPER.bars < counted
    found = deflated_sharpe(PAPER, trials=100, deviation=PAPER_DEVIATION)
    assert isinstance(found, float)
    assert found < 0.95
    assert isinstance(minimum_track_record(replace(PAPER, sharpe=-0.01)), Undefined)


def test_autocorrelation_makes_a_ratio_less_certain() -> None:
    """Returns that repeat each other are fewer than they seem: the variance grows by (1 + r) / (1 - r)."""
    plain = ReturnShape(bars=400, sharpe=0.1, skewness=0, kurtosis=3)
    repeating = replace(plain, autocorrelation=0.2)
    factor = sqrt((1 + 0.2) / (1 - 0.2))
    assert probabilistic_sharpe(repeating) == pytest.approx(NormalDist().cdf(0.1 * 20 / factor))
    assert probabilistic_sharpe(plain) == pytest.approx(NormalDist().cdf(0.1 * 20))


def test_autocorrelation_is_estimated() -> None:
    random = np.random.default_rng(3)
    returns = random.normal(0, 0.01, 4000)
    for bar in range(1, len(returns)):
        returns[bar] += 0.3 * returns[bar - 1]
    shape = ReturnShape.of(returns)
    assert isinstance(shape, ReturnShape)
    assert shape.autocorrelation == pytest.approx(0.3, abs=0.04)


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


def test_draws_are_repeatable_and_take_as_many_bars_as_there_are() -> None:
    first, second = list(resampled_bars(100, 3, block_length=5)), list(resampled_bars(100, 3, block_length=5))
    assert all((one == other).all() for one, other in zip(first, second, strict=True))
    assert (draw_counts(100, 3, 5).sum(axis=1) == 100).all()


def test_draws_are_those_of_the_arch_package() -> None:
    bars = 173
    sampler = StationaryBootstrap(3, np.arange(bars), seed=SEED)
    expected = [sample for (sample, *_), _ in sampler.bootstrap(20)]
    np.testing.assert_array_equal(list(resampled_bars(bars, 20, block_length=3)), expected)


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


def test_the_bands_are_quantiles_over_the_draws() -> None:
    returns, rate = noise(300, 1)[:, 0], 0.03
    samples = np.array(list(resampled_bars(300, DRAWS, block_length=root_block_length(300))))
    drawn = returns[samples]
    growth = np.cumprod(1 + drawn, axis=1)
    falls = growth / np.maximum(np.maximum.accumulate(growth, axis=1), 1) - 1
    sharpe = (drawn - bar_rate(rate)).mean(axis=1) / drawn.std(axis=1, ddof=1) * sqrt(252)
    bands = bootstrap_bands(returns, initial_cash=10, risk_free_rate=rate)
    assert not isinstance(bands, Undefined)
    np.testing.assert_allclose(bands.equity, 10 * np.quantile(growth[:, bands.bars], LEVELS, axis=0))
    np.testing.assert_allclose(bands.max_drawdown, np.quantile(falls.min(axis=1), LEVELS))
    np.testing.assert_allclose(bands.sharpe, np.quantile(sharpe, LEVELS))
    assert bands.probability_of_loss == (growth[:, -1] < 1).mean()


def test_sums_of_blocks_are_those_of_their_excess_returns() -> None:
    returns = noise(107, 3).T
    sums = BlockSums.of(returns, risk_free=0.0002, blocks=8)
    parts = np.split(returns - 0.0002, np.cumsum(sums.bars)[:-1], axis=1)
    np.testing.assert_allclose(
        sums.returns, np.stack([part.sum(axis=1) for part in parts], axis=1), atol=1e-15
    )
    np.testing.assert_allclose(sums.squares, np.stack([(part**2).sum(axis=1) for part in parts], axis=1))


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
