import numpy as np
import pytest

from forecasting.model.diebold_mariano import diebold_mariano, two_sided_p_value


def test_the_statistic_is_the_mean_over_a_deviation_at_low_frequencies() -> None:
    chance = np.random.default_rng(1)
    first, second = chance.normal(1.0, 1, 4000), chance.normal(1.2, 1, 4000)
    difference = first - second
    compared = diebold_mariano(first, second, lag=0)
    assert compared.mean_difference == pytest.approx(difference.mean())
    assert compared.statistic == pytest.approx(difference.mean() / (difference.std() / 4000**0.5), rel=0.25)


def test_losses_that_overlap_give_a_smaller_statistic() -> None:
    chance = np.random.default_rng(2)
    overlapping = np.convolve(chance.normal(0.1, 1, 605), np.ones(6), mode="valid")
    naive = overlapping.mean() / (overlapping.std() / 600**0.5)
    honest = diebold_mariano(overlapping, np.zeros(600), lag=5).statistic
    assert honest is not None
    assert abs(honest) < 0.6 * abs(naive)


@pytest.mark.parametrize("count", [40, 100, 400])
def test_equal_forecasts_that_overlap_differ_as_often_as_the_level_says(count: int) -> None:
    chance = np.random.default_rng(3)
    losses = [np.convolve(chance.normal(size=count + 5), np.ones(6), mode="valid") for _ in range(800)]
    p_values = [diebold_mariano(each, np.zeros(count), lag=5).p_value for each in losses]
    assert 0.03 < np.mean([p_value is not None and p_value < 0.05 for p_value in p_values]) < 0.085


@pytest.mark.parametrize(
    ("degrees", "statistic", "expected"),
    [
        (1, 12.706, 0.05),
        (4, 2.776, 0.05),
        (9, 3.250, 0.01),
        (30, 2.042, 0.05),
        (2, 0.0, 1.0),
    ],
)
def test_p_values_are_those_of_the_tables_of_student(degrees: int, statistic: float, expected: float) -> None:
    assert two_sided_p_value(statistic, degrees) == pytest.approx(expected, abs=2e-4)
    assert two_sided_p_value(-statistic, degrees) == two_sided_p_value(statistic, degrees)


def test_losses_that_do_not_vary_have_no_statistic() -> None:
    compared = diebold_mariano(np.ones(10), np.ones(10), lag=3)
    assert (compared.mean_difference, compared.statistic, compared.p_value) == (0, None, None)
