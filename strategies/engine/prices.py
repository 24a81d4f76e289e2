"""What the engine is given of the market."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

type FloatArray = NDArray[np.float64]
type IndexArray = NDArray[np.intp]

ROUNDING = 1e-12
"""Share of a price or an amount below which a difference is rounding."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Prices:
    """Daily bars, oldest first; every array has the shape (bars,), prices are positive.

    dates: datetime64[D], strictly increasing.
    open, high, low, close: float64, in one currency.
    volume: shares traded, float64; None where nobody asks for it.
    """

    dates: NDArray[np.datetime64]
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray | None = None

    def __len__(self) -> int:
        """Return the number of bars."""
        return len(self.dates)

    def since(self, first: int) -> Self:
        """Return the bars from the index `first` on."""
        return type(self)(
            dates=self.dates[first:],
            open=self.open[first:],
            high=self.high[first:],
            low=self.low[first:],
            close=self.close[first:],
            volume=None if self.volume is None else self.volume[first:],
        )

    def until(self, end: int) -> Self:
        """Return the bars before the index `end`."""
        return type(self)(
            dates=self.dates[:end],
            open=self.open[:end],
            high=self.high[:end],
            low=self.low[:end],
            close=self.close[:end],
            volume=None if self.volume is None else self.volume[:end],
        )
