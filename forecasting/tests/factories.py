"""What several tests make: closes, models fitted once, and instruments with bars of their own."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache

import numpy as np
from numpy.typing import NDArray

from forecasting.model.price_moves import Prices
from forecasting.model.regression import FittedModel
from forecasting.model.training import TrainingPool, fit_pooled_model
from forecasting.training.pool import shipped_pool
from ingestion.exchange_calendar import sessions_between
from ingestion.models import Source
from ingestion.store.batch import Action, BarBatch
from ingestion.store.validation import BarText, validated_bars
from ingestion.store.writer import store

FloatArray = NDArray[np.float64]

SAMPLE_ISSUE = date(2013, 3, 1)
"""The last bar of every share of the sample."""


@cache
def fitted_through(year: int) -> FittedModel:
    """Return the pooled model that knows the shipped pool through the end of `year`."""
    return fit_pooled_model(shipped_pool().pool.through(date(year, 12, 31)))


def random_closes(days: int, *, seed: int = 1, volatility: float = 0.02) -> FloatArray:
    """Return a random walk from 100, shape (days,)."""
    moves = np.random.default_rng(seed).normal(0, volatility, days)
    return np.asarray(100 * np.exp(np.cumsum(moves) - moves[0]))


def random_prices(days: int, *, seed: int = 1, volatility: float = 0.02) -> Prices:
    """Return a random walk with opens between the closes and ranges around both."""
    closes = random_closes(days, seed=seed, volatility=volatility)
    chance = np.random.default_rng(seed + 1)
    opens = np.concatenate([closes[:1], closes[:-1]]) * np.exp(chance.normal(0, volatility / 3, days))
    reach = np.exp(np.abs(chance.normal(0, volatility / 2, (2, days))))
    return Prices(
        open=opens,
        high=np.maximum(opens, closes) * reach[0],
        low=np.minimum(opens, closes) / reach[1],
        close=closes,
    )


def random_pool(days: int, *, seed: int = 1) -> TrainingPool:
    """Return a pool of two random walks from 1990 on."""
    dates = np.datetime64("1990-01-01") + np.arange(days)
    closes = {"AAA": random_closes(days, seed=seed), "BBB": random_closes(days, seed=seed + 1)}
    return TrainingPool(dates=dates, closes=closes)


def store_closes(
    symbol: str,
    closes: Sequence[float] | FloatArray,
    *,
    last: date,
    volume: int = 1000,
    actions: Sequence[Action] = (),
) -> None:
    """Store bars of `symbol` whose last session is `last`, as if a provider had delivered them."""
    sessions = sessions_between("XNYS", date(1995, 1, 1), last)[-len(closes) :]
    rows = [_bar_text(str(day), f"{close:.6f}", volume) for day, close in zip(sessions, closes, strict=True)]
    store(
        BarBatch(
            symbol=symbol,
            source=Source.ALPHA_VANTAGE,
            bars=validated_bars(rows),
            actions=actions,
            fetched_at=datetime.now(UTC),
        )
    )


def _bar_text(day: str, close: str, volume: int) -> BarText:
    return BarText(place=day, date=day, open=close, high=close, low=close, close=close, volume=str(volume))
