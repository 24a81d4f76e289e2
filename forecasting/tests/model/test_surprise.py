import numpy as np

from forecasting.model.surprise import SURPRISE_WINDOW, surprise_factor

ROWS = np.arange(1200)


def _errors(ratio: float) -> np.ndarray:
    """Return absolute errors of mean one, `ratio` times as large from row 1,000 on."""
    errors = np.abs(np.random.default_rng(2).normal(0, 1.2533, 1200))
    errors[1000:] *= ratio
    return errors


def test_bands_widen_within_ten_sessions_of_a_break_in_volatility() -> None:
    factor = surprise_factor(_errors(2.5), ROWS)
    assert factor[1000 + SURPRISE_WINDOW] > 1.15
    assert factor[999] < 1.1


def test_steady_errors_hardly_ever_widen_the_bands() -> None:
    factor = surprise_factor(_errors(1.0), ROWS)[500:]
    assert (factor > 1).mean() < 0.12
    assert factor.mean() < 1.02


def test_a_single_crash_widens_nothing() -> None:
    errors = np.ones(600)
    errors[590] = 20
    assert (surprise_factor(errors, np.arange(600))[500:] == 1).all()


def test_errors_after_a_day_do_not_count_for_it() -> None:
    errors = _errors(2.5)
    known = surprise_factor(errors[:1010], ROWS[:1010])
    np.testing.assert_array_equal(surprise_factor(errors, ROWS)[:1010], known)
