"""Encode and decode daily bars in PostgreSQL's binary COPY format, whole arrays at a time."""

import numpy as np
from numpy.typing import NDArray

from ingestion.store.bar_table import BarTable

EPOCH = np.datetime64("2000-01-01", "D")
"""Day 0 of PostgreSQL's dates."""

_SIGNATURE = b"PGCOPY\n\xff\r\n\0"
_HEADER = _SIGNATURE + b"\0\0\0\0\0\0\0\0"
_TRAILER = b"\xff\xff"
_NUMBERS = ("open", "high", "low", "close", "volume")
_FIELDS = len(_NUMBERS) + 2

ROW = np.dtype(
    [
        ("fields", ">i2"),
        ("date_length", ">i4"),
        ("date", ">i4"),
        *[part for name in _NUMBERS for part in ((f"{name}_length", ">i4"), (name, ">f8"))],
        ("provisional_length", ">i4"),
        ("provisional", "u1"),
    ]
)
"""A row of date, open, high, low, close, volume and provisional, none of them null."""


def encode_bars(table: BarTable, provisional: NDArray[np.bool_]) -> bytes:
    """Return the bars as the content of a binary COPY; provisional: shape (bars,)."""
    rows = np.zeros(len(table), dtype=ROW)
    rows["fields"] = _FIELDS
    rows["date_length"] = 4
    rows["date"] = (table.days - EPOCH).astype(np.int64)
    for name, values in zip(_NUMBERS, (*table.prices, table.volume), strict=True):
        rows[f"{name}_length"] = 8
        rows[name] = values
    rows["provisional_length"] = 1
    rows["provisional"] = provisional
    return _HEADER + rows.tobytes() + _TRAILER


def decode_bars(content: bytes) -> tuple[BarTable, NDArray[np.bool_]]:
    """Return the bars of a binary COPY in the same columns, oldest first if they came so."""
    rows = np.frombuffer(content, dtype=ROW, offset=len(_HEADER), count=_count(content))
    table = BarTable(
        days=EPOCH + rows["date"].astype(np.int64).astype("timedelta64[D]"),
        prices=np.array([rows[name] for name in _NUMBERS[:-1]], dtype=np.float64),
        volume=rows["volume"].astype(np.float64),
    )
    return table, rows["provisional"].astype(np.bool_)


def _count(content: bytes) -> int:
    if not content.startswith(_SIGNATURE):
        raise ValueError("this is no binary COPY")
    return (len(content) - len(_HEADER) - len(_TRAILER)) // ROW.itemsize
