import numpy as np
import pytest

from forecasting.model.diebold_mariano import diebold_mariano


def test_without_overlap_the_statistic_is_the_mean_in_standard_errors() -> None:
    chance = np.random.default_rng(1)
    first, second = chance.normal(1.0, 1, 400), chance.normal(1.2, 1, 400)
    difference = first - second
    compared = diebold_mariano(first, second, lag=0)
    assert compared.mean_difference == pytest.approx(difference.mean())
    assert compared.statistic == pytest.approx(difference.mean() / (difference.std() / 20))


def test_losses_that_overlap_give_a_smaller_statistic() -> None:
    chance = np.random.default_rng(2)
    overlapping = np.convolve(chance.normal(0.1, 1, 600), np.ones(6), mode="valid")
    naive, honest = (diebold_mariano(overlapping, np.zeros(595), lag=lag).statistic for lag in (0, 6))
    assert naive is not None
    assert honest is not None
    assert abs(honest) < 0.6 * abs(naive)


def test_equal_forecasts_differ_significantly_about_as_often_as_the_level_says() -> None:
    chance = np.random.default_rng(3)
    p_values = [
        diebold_mariano(chance.exponential(size=300), chance.exponential(size=300), lag=2).p_value
        for _ in range(400)
    ]
    below = np.mean([p_value is not None and p_value < 0.1 for p_value in p_values])
    assert 0.06 < below < 0.15


def test_losses_that_do_not_vary_have_no_statistic() -> None:
    compared = diebold_mariano(np.ones(10), np.ones(10), lag=3)
    assert (compared.mean_difference, compared.statistic, compared.p_value) == (0, None, None)
