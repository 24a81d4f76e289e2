"""From stored bars to what a forecast learns from: traded prices, and the market around them."""

import hashlib
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from forecasting.market import market_members
from forecasting.model.market import FEWEST_MEMBERS, market_features
from forecasting.model.prediction import UNKNOWN, Surroundings
from forecasting.model.price_moves import Prices
from ingestion.bars import Bars


@dataclass(frozen=True, eq=False, kw_only=True)
class ForecastInputs:
    """The arrays behind a forecast.

    traded: the bars on which the share was traded. market: the symbols of the market's shares; empty where
    too few others are stored, or their bars do not reach the last day.
    """

    traded: Bars
    surroundings: Surroundings = UNKNOWN
    market: tuple[str, ...] = ()

    @classmethod
    def of(cls, bars: Bars) -> Self:
        """Return the inputs from bars that end on the issue date."""
        traded = traded_bars(bars)
        if not is_share(bars):
            return cls(traded=traded, surroundings=Surroundings(drifts=False))
        members = market_members(bars.symbol, bars.currency)
        if len(members) < FEWEST_MEMBERS:
            return cls(traded=traded)
        features = market_features(list(members.values()), traded.dates)
        if np.isnan(features).all():
            return cls(traded=traded)
        known = bool(np.isfinite(features[-1]).all())
        return cls(
            traded=traded,
            surroundings=Surroundings(market=features),
            market=tuple(members) if known else (),
        )

    @property
    def prices(self) -> Prices:
        """The traded prices as the model takes them."""
        return prices_of(self.traded)

    @property
    def market_fingerprint(self) -> str | None:
        """SHA-256 over the market's features; None: there is no market."""
        market = self.surroundings.market
        return None if market is None else hashlib.sha256(market.tobytes()).hexdigest()


def is_share(bars: Bars) -> bool:
    """Whether the bars are of a share: those of currencies, metals and most indices know no volume."""
    return bool(bars.volume.any())


def traded_bars(bars: Bars) -> Bars:
    """Return `bars` without the days on which nothing was traded; the last bar always stays.

    A price carried over such a day is no observation: counted as one, it makes a share look calmer than it
    is. Without it the move over a halt is the move of one day, and the bands are wider. Bars that know no
    volume at all, as those of an index, stay as they are.
    """
    traded = bars.volume > 0
    if not traded.any() or traded.all():
        return bars
    traded[-1] = True
    return replace(
        bars,
        dates=bars.dates[traded],
        open=bars.open[traded],
        high=bars.high[traded],
        low=bars.low[traded],
        close=bars.close[traded],
        volume=bars.volume[traded],
    )


def prices_of(bars: Bars) -> Prices:
    """Return the prices of bars as the model takes them."""
    return Prices(open=bars.open, high=bars.high, low=bars.low, close=bars.close)


def untraded_at_end(bars: Bars) -> int:
    """Return for how many of the last sessions nothing was traded; zero where no volume is known."""
    if not bars.volume.any():
        return 0
    return int(np.argmax(bars.volume[::-1] > 0))
