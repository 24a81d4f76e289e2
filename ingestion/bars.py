"""Daily bars as the rest of Hindcast sees them: arrays, adjusted on reading."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Adjustment(StrEnum):
    """Which corporate actions are taken out of the prices."""

    NONE = "none"
    SPLITS = "splits"
    SPLITS_AND_DIVIDENDS = "splits_and_dividends"


@dataclass(frozen=True, eq=False, kw_only=True)
class Bars:
    """Daily bars of one instrument, oldest first; every array has the shape (bars,).

    dates: datetime64[D], strictly increasing.
    open, high, low, close: float64, in `currency`, adjusted as `adjustment` says.
    volume: int64, in shares, adjusted for splits as the prices are.
    exchange: the exchange's ISO 10383 code, for its calendar (`XNYS`, `XNAS`).
    source: `sample` or `alpha_vantage`.
    fetched_at: when the newest of the bars was fetched.
    missing_sessions: sessions of the exchange between the first and last bar that have no bar.
    provisional: whether the last bar belongs to a session that had not closed when it was fetched.
    fingerprint: SHA-256 over symbol, adjustment, dates, prices and volume, in hexadecimal.
    """

    symbol: str
    name: str
    exchange: str
    currency: str
    adjustment: Adjustment
    dates: NDArray[np.datetime64]
    open: NDArray[np.float64]
    high: NDArray[np.float64]
    low: NDArray[np.float64]
    close: NDArray[np.float64]
    volume: NDArray[np.int64]
    source: str
    fetched_at: datetime
    missing_sessions: tuple[date, ...]
    provisional: bool
    fingerprint: str

    def __len__(self) -> int:
        """Return the number of bars."""
        return len(self.dates)
