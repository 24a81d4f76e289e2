"""Daily bars of one symbol as columns, ready to be compared and stored."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

SIGNIFICANT_DIGITS = 10
LEAST_DECIMALS = 6

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class BarTable:
    """Bars, oldest first, one a day; every array has the shape (bars,).

    days: datetime64[D]. prices: shape (4, bars): open, high, low, close, raw as traded. volume: in shares.
    """

    days: NDArray[np.datetime64]
    prices: Floats
    volume: Floats

    def __len__(self) -> int:
        """Return the number of bars."""
        return len(self.days)

    @property
    def open(self) -> Floats:
        """The first price of each day."""
        first: Floats = self.prices[0]
        return first

    @property
    def close(self) -> Floats:
        """The last price of each day."""
        last: Floats = self.prices[3]
        return last

    def in_words(self, place: int) -> str:
        """Return the values of one bar, for a person."""
        open_, high, low, close = (_written(price) for price in self.prices[:, place])
        return f"open {open_}, high {high}, low {low}, close {close}, volume {_written(self.volume[place])}"

    def where(self, chosen: NDArray[np.bool_]) -> Self:
        """Return the bars that are chosen; shape (bars,)."""
        return replace(
            self, days=self.days[chosen], prices=self.prices[:, chosen], volume=self.volume[chosen]
        )

    def scaled(self, factors: Floats) -> Self:
        """Return the bars with prices times, and volume divided by, the factors; shape (bars,)."""
        volume = self.volume / factors
        whole = np.all(self.volume == np.rint(self.volume))
        return replace(
            self, prices=rounded_prices(self.prices * factors), volume=np.rint(volume) if whole else volume
        )


def _written(number: float) -> str:
    return np.format_float_positional(number, trim="-")


def rounded_prices(prices: Floats) -> Floats:
    """Round to what is stored: six decimals, or ten significant digits below one.

    Sources that compute in binary fractions write 184.39999389648438 for 184.4; ten digits of a small price
    keep 0.00002345 as it is.
    """
    rounded = np.round(prices, LEAST_DECIMALS)
    small = np.flatnonzero(np.abs(prices.ravel()) < 1)
    flat = rounded.ravel()
    values = prices.ravel()
    for place in small:
        flat[place] = float(f"{values[place]:.{SIGNIFICANT_DIGITS}g}")
    return flat.reshape(prices.shape)
