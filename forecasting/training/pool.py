"""The training pool that ships with Hindcast; `data/README.md` says where it comes from."""

import hashlib
import lzma
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from forecasting.model.training import TrainingPool

POOL_FILE = Path(__file__).parents[1] / "data" / "training_pool.csv.xz"


@dataclass(frozen=True, kw_only=True)
class ShippedPool:
    """The pool with the SHA-256 of its CSV text, in hexadecimal."""

    pool: TrainingPool
    sha256: str


@cache
def shipped_pool() -> ShippedPool:
    """Return the closes of 14 large US stocks, 1990 to 2022; about 3 MB, read once."""
    content = lzma.decompress(POOL_FILE.read_bytes())
    header, *lines = content.decode().splitlines()
    symbols = header.split(",")[1:]
    dates = np.array([line.split(",", 1)[0] for line in lines], dtype="datetime64[D]")
    closes = np.loadtxt(lines, delimiter=",", usecols=range(1, len(symbols) + 1))
    columns = {symbol: np.ascontiguousarray(closes[:, index]) for index, symbol in enumerate(symbols)}
    return ShippedPool(
        pool=TrainingPool(dates=dates, closes=columns), sha256=hashlib.sha256(content).hexdigest()
    )
