"""The symbols that a file names, spelled as Hindcast does, and which of its rows a request is about."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import InvalidInput

_SHOWN = 5


def symbol_in_file(text: str) -> str:
    """Return a symbol in capitals without the marks of Stooq, TradingView and data vendors.

    `AAPL.US` and `NASDAQ:AAPL` become `AAPL`, `BTC/USD` becomes `BTC-USD`, `BRK B` becomes `BRK.B`.
    """
    symbol = text.strip().strip("\"'").upper().rpartition(":")[2].removesuffix(".US")
    return symbol.replace("/", "-").replace(" ", ".")


def _base(symbol: str) -> str:
    """Return a symbol without its suffix and separators, for telling whether two spellings mean the same."""
    return symbol.removesuffix("=X").partition(".")[0].replace("-", "").replace("_", "")


def is_same_symbol(one: str, other: str) -> bool:
    """Whether two spellings mean the same share: `RELIANCE` and `RELIANCE.NS`, `BRK-B` and `BRK.B`."""
    if one.replace("-", ".") == other.replace("-", "."):
        return True
    has_suffix = "." in one and "." in other
    return not has_suffix and _base(one) == _base(other)


@dataclass(frozen=True, kw_only=True)
class RequestedRows:
    """Which symbols of a file's column are wanted, and under which name; None: that one is not.

    names: for each distinct symbol of the file; empty where the file has no such column.
    others: the symbols that are not wanted.
    """

    names: Sequence[str | None]
    others: Sequence[str]
    requested: str | None

    def wanted(self, codes: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Return which rows are wanted; codes: the place of each row's symbol in `names`."""
        if not self.names:
            return np.ones(len(codes), dtype=np.bool_)
        chosen = np.array([name is not None for name in self.names])
        return np.asarray(chosen[codes])

    def notices(self, ticker: str | None, requested: str | None) -> list[str]:
        """Return what the user must know about symbols that differ from the one asked for."""
        if ticker is not None and requested is not None and not is_same_symbol(ticker.upper(), requested):
            return [f"The file's header names {ticker}. Its bars are stored as {requested}."]
        if self.others:
            named = ", ".join(self.others[:_SHOWN]) + (" and others" if len(self.others) > _SHOWN else "")
            return [f"The file has rows of other symbols too, which were left out: {named}."]
        return []


def requested_rows(
    symbols: Sequence[str], requested: str | None, *, may_be_names: bool = False
) -> RequestedRows:
    """Return which of a file's symbols a request is about: the one it names, or all.

    may_be_names: the column may hold a company's name or a number in place of a symbol, so that a single
    value in it does not contradict the symbol of the request.
    Raises InvalidInput where the file has rows of other symbols alone.
    """
    if not symbols or requested is None:
        return RequestedRows(names=list(symbols), others=[], requested=requested)
    if may_be_names and len(symbols) == 1:
        return RequestedRows(names=[requested], others=[], requested=requested)
    same = [is_same_symbol(symbol, requested) for symbol in symbols]
    if not any(same):
        named = ", ".join(symbols[:_SHOWN]) + (" and others" if len(symbols) > _SHOWN else "")
        raise InvalidInput(
            f"The file's rows are of {named}, not of {requested}. Import them under that symbol, or remove "
            f"the column "
            "with the symbols. Nothing was stored.",
            field="symbol",
        )
    return RequestedRows(
        names=[requested if wanted else None for wanted in same],
        others=[symbol for symbol, wanted in zip(symbols, same, strict=True) if not wanted],
        requested=requested,
    )
