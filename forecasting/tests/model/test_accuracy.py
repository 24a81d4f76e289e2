"""What the shipped model is worth on shares that it was not trained on, from days after its training."""

from datetime import date
from functools import cache

import bokeh_sampledata.stocks as sample
import numpy as np
import pytest

from forecasting.model.evaluation import Evaluation, evaluate, quantile_loss, random_walk_deviation
from forecasting.model.features import daily_features
from forecasting.model.price_moves import Prices
from forecasting.model.training import TrainingPool, fit_pooled_model
from forecasting.tests.factories import fitted_through, random_closes
from forecasting.training.pool import POOL_FILE, shipped_pool

HELD_OUT = ("AAPL", "IBM", "MSFT")
SPLITS = {"AAPL": ("2000-06-21", "2005-02-28"), "MSFT": ("2003-02-18",)}


@cache
def _closes(symbol: str) -> tuple[np.ndarray, np.ndarray]:
    columns = getattr(sample, symbol)
    dates = np.array(columns["date"], dtype="datetime64[D]")
    closes = np.array(columns["close"], dtype=np.float64)
    for day in SPLITS.get(symbol, ()):
        closes[dates < np.datetime64(day)] /= 2
    return dates, closes


@cache
def _evaluation(symbol: str) -> Evaluation:
    dates, closes = _closes(symbol)
    first = int(np.searchsorted(dates, np.datetime64("2005-01-01")))
    days = np.arange(first, len(closes) - 30, 5)
    return evaluate(fitted_through(2004), Prices.of_closes(closes), days, horizon=30)


def test_the_bands_hold_about_as_often_as_they_say_on_unseen_shares() -> None:
    inside_80 = np.stack([_evaluation(symbol).inside_80.mean() for symbol in HELD_OUT])
    inside_95 = np.stack([_evaluation(symbol).inside_95.mean() for symbol in HELD_OUT])
    assert 0.74 <= inside_80.mean() <= 0.86
    assert 0.92 <= inside_95.mean() <= 0.98
    by_horizon = np.mean([_evaluation(symbol).inside_80.mean(axis=0) for symbol in HELD_OUT], axis=0)
    assert ((by_horizon >= 0.72) & (by_horizon <= 0.88)).all()


def test_the_spread_beats_a_random_walk_with_gaussian_bands_on_each_unseen_share() -> None:
    for symbol in HELD_OUT:
        evaluation = _evaluation(symbol)
        assert 0.9 < evaluation.crps.mean() / evaluation.random_walk_crps.mean() < 1


def test_the_median_stays_close_to_the_random_walk() -> None:
    for symbol in HELD_OUT:
        evaluation = _evaluation(symbol)
        assert evaluation.absolute_error.mean() == pytest.approx(
            evaluation.random_walk_error.mean(), rel=0.05
        )


def _shuffled(closes: np.ndarray) -> np.ndarray:
    """Return the same moves in another order, in units that are alike for every share."""
    moves = np.random.default_rng(7).permutation(np.diff(np.log(closes)))
    return np.asarray(100 * np.exp(np.concatenate([[0], np.cumsum(0.02 * moves / moves.std())])))


def test_where_volatility_comes_by_chance_the_model_learns_that_it_cannot_be_foreseen() -> None:
    pool = shipped_pool().pool.through(date(2004, 12, 31))
    shuffled = {symbol: _shuffled(closes) for symbol, closes in pool.closes.items()}
    by_chance = fit_pooled_model(TrainingPool(dates=pool.dates, closes=shuffled))
    features = daily_features(Prices.of_closes(_closes("IBM")[1]))[252:]
    learned, noise = (
        np.log(model.alone.expected_move(features)[:, 20]).std()
        for model in (fitted_through(2004), by_chance)
    )
    assert noise < learned / 2


def test_the_scale_of_the_random_walk_is_its_standard_deviation_over_a_thousand_days() -> None:
    closes = random_closes(1500)
    squares = np.diff(np.log(closes)) ** 2
    expected = np.sqrt(squares[399:1399].mean() * 9)
    assert random_walk_deviation(closes, np.array([1399]), 9)[0, 8] == pytest.approx(expected)


def test_the_quantile_loss_is_least_at_the_quantile() -> None:
    actual = np.random.default_rng(1).normal(size=20_000)
    losses = {
        guess: quantile_loss(np.full(20_000, guess), actual, 0.9).mean() for guess in (1.0, 1.2816, 1.6)
    }
    assert min(losses, key=losses.__getitem__) == 1.2816


def test_the_shipped_pool_is_the_one_that_its_description_names() -> None:
    description = (POOL_FILE.parent / "README.md").read_text()
    shipped = shipped_pool()
    assert shipped.sha256 in description
    assert " ".join(shipped.pool.closes) in description
    assert str(shipped.pool.dates[0]) in description
    assert str(shipped.pool.dates[-1]) in description
    assert all((closes > 0).all() for closes in shipped.pool.closes.values())
