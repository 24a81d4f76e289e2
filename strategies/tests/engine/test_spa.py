"""The test for superior predictive ability and StepM, against the papers and the arch package."""

import numpy as np
import pytest
from arch.bootstrap import SPA, StepM

from strategies.engine.metrics import Undefined
from strategies.engine.prices import FloatArray, IndexArray
from strategies.engine.statistics import spa as spa_module
from strategies.engine.statistics.spa import Batch, SpaResult, spa_tests
from strategies.engine.statistics.stationary_bootstrap import SEED, draw_counts, resampled_bars


def noise(bars: int, trials: int, *, mean: float = 0.0003, seed: int = 7) -> FloatArray:
    return np.random.default_rng(seed).normal(mean, 0.01, (bars, trials))


BLOCK = 3


def spa(benchmark: FloatArray, *returns: FloatArray, exposure: float = 1.0) -> SpaResult:
    """Return the test of trials, each array of the shape (trials, bars), against a share of the benchmark."""
    batches = [Batch(returns=part, exposures={"it": np.full(len(part), exposure)}) for part in returns]
    found = spa_tests(benchmark, batches, block_length=BLOCK)
    assert not isinstance(found, Undefined)
    return found["it"]


def transcribed_p_value(differences: FloatArray, samples: list[IndexArray]) -> float:
    """Hansen (2005), sections 2 and 3, word by word; differences have the shape (bars, trials)."""
    bars = len(differences)
    means = differences.mean(axis=0)
    drawn = np.array([differences[sample].mean(axis=0) for sample in samples])
    omega = np.sqrt(((np.sqrt(bars) * (drawn - means)) ** 2).mean(axis=0))
    statistic = max(0.0, (np.sqrt(bars) * means / omega).max())
    threshold = -omega / np.sqrt(bars) * np.sqrt(2 * np.log(np.log(bars)))
    consistent = np.where(means >= threshold, means, 0.0)
    centred = np.sqrt(bars) * (drawn - consistent) / omega
    reached = np.maximum(centred.max(axis=1), 0) >= statistic
    return float((reached.sum() + 1) / (len(samples) + 1))


@pytest.mark.parametrize("seed", range(6))
def test_the_test_of_superiority_is_that_of_the_paper(seed: int) -> None:
    bars, trials = 400, 12
    benchmark = noise(bars, 1, seed=100 + seed)[:, 0]
    returns = noise(bars, trials, mean=0.0009, seed=seed).T
    returns[0] -= 0.01
    samples = list(resampled_bars(bars, spa_module.DRAWS, block_length=BLOCK))
    expected = transcribed_p_value((returns - benchmark).T, samples)
    assert spa(benchmark, returns[:7], returns[7:]).p_value == pytest.approx(expected, abs=2e-3)


def test_the_test_of_superiority_agrees_with_the_arch_package() -> None:
    """With differences scaled to the same deviation, studentised and plain statistics are one test."""
    bars, trials = 400, 20
    benchmark = noise(bars, 1, seed=1)[:, 0]
    differences = noise(bars, trials, mean=0.0001, seed=2)
    counts = draw_counts(bars, spa_module.DRAWS, BLOCK)
    drawn = counts @ (differences - differences.mean(axis=0))
    differences *= 0.01 / np.sqrt((drawn**2).mean(axis=0) / bars)
    returns = (benchmark[:, np.newaxis] + differences).T
    theirs = SPA(-benchmark, -returns.T, block_size=BLOCK, reps=1000, seed=SEED)
    theirs.compute()
    ours = spa(benchmark, returns[:7], returns[7:])
    assert 0.02 < ours.p_value < 0.98
    assert ours.p_value == pytest.approx(theirs.pvalues["consistent"], abs=0.003)


def test_stepm_rejects_what_the_arch_package_rejects() -> None:
    bars, trials = 500, 15
    benchmark = noise(bars, 1, seed=1)[:, 0]
    returns = noise(bars, trials, seed=3).T
    returns[[2, 5, 9]] += np.array([[0.0040], [0.0022], [0.0017]])
    theirs = StepM(-benchmark, -returns.T, size=0.05, block_size=BLOCK, reps=1000, studentize=True, seed=SEED)
    theirs.compute()
    survivors = np.flatnonzero(spa(benchmark, returns).adjusted < 0.05)
    assert survivors.tolist() == [int(str(name).rsplit(".", 1)[-1]) for name in theirs.superior_models]
    assert 2 in survivors


def test_a_step_of_stepm_finds_what_the_first_one_misses() -> None:
    """Once the strongest is taken out, the next is compared with the largest of the others alone."""
    drawn = np.array([[3.0, 1.0], [0.0, 0.5], [0.0, 0.5], [0.0, 0.5]], dtype=np.float32)
    leads = np.array([4.0, 2.0])
    stepped = spa_module.step_down(leads, drawn, drawn.max(axis=1))
    at_once = spa_module.step_down(leads, None, drawn.max(axis=1))
    assert stepped.tolist() == [1 / 5, 1 / 5]
    assert at_once.tolist() == [1 / 5, 2 / 5]


def test_adjusted_p_values_begin_with_that_of_the_best_and_never_fall() -> None:
    found = spa(noise(500, 1, seed=4)[:, 0], noise(500, 30, mean=0.001, seed=5).T)
    order = np.argsort(-found.leads)
    assert found.adjusted[order[0]] == found.p_value
    assert (np.diff(found.adjusted[order]) >= 0).all()


def test_batches_do_not_change_the_test_of_superiority() -> None:
    benchmark, returns = noise(500, 1, seed=4)[:, 0], noise(500, 30, seed=5).T
    whole = spa(benchmark, returns)
    assert spa(benchmark, *np.array_split(returns, 7)).p_value == whole.p_value


def test_a_trial_far_better_than_the_benchmark_is_found_superior() -> None:
    benchmark, returns = noise(500, 1, seed=4)[:, 0], noise(500, 10, seed=5).T
    returns[3] += 0.01
    assert spa(benchmark, returns).p_value == 1 / (spa_module.DRAWS + 1)


def test_trials_that_are_the_benchmark_itself_are_not_superior() -> None:
    benchmark = noise(500, 1)[:, 0]
    assert spa(benchmark, np.stack([benchmark, benchmark])).p_value == 1
    assert spa(benchmark, np.stack([benchmark / 2, benchmark / 2]), exposure=0.5).p_value == 1


def test_being_out_of_a_falling_market_is_no_skill_at_the_same_exposure() -> None:
    """A trial in the market at random beats holding it while it falls, and not its own exposure."""
    random = np.random.default_rng(8)
    market = random.normal(-0.002, 0.01, 1000)
    trial = np.where(random.random(1000) < 0.3, market, 0.0)[np.newaxis]
    assert spa(market, trial).p_value < 0.01
    assert spa(market, trial, exposure=0.3).p_value > 0.2
