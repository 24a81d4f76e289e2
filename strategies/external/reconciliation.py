"""Compare fills of another tool with the stored bars of their days."""

import numpy as np
import pandas as pd

from ingestion.bars import Adjustment, Bars, load_bars
from strategies.external.columns import Role
from strategies.external.schemas import Reconciliation

ROUNDING = 0.0005
"""Share of the price by which a fill may miss the range: tools round prices and add slippage."""

PRICES = {Adjustment.SPLITS: "split-adjusted", Adjustment.NONE: "as traded"}


def reconcile(symbol: str, trades: pd.DataFrame) -> tuple[Reconciliation | None, Bars]:
    """Return how the fills lie in the stored bars, and the bars whose prices fit better."""
    tried = [(load_bars(symbol, adjustment=adjustment), words) for adjustment, words in PRICES.items()]
    fills = _fills(trades)
    if fills.empty:
        return None, tried[0][0]
    counted = [(*_outside(fills, bars), bars, words) for bars, words in tried]
    outside, without, bars, words = min(counted, key=lambda each: each[0])
    return _described(len(fills), outside, without, words), bars


def _fills(trades: pd.DataFrame) -> pd.DataFrame:
    pairs = ((Role.ENTRY_DATE, Role.ENTRY_PRICE), (Role.EXIT_DATE, Role.EXIT_PRICE))
    parts = [
        trades[[day, price]].set_axis(["day", "price"], axis=1)
        for day, price in pairs
        if price in trades.columns
    ]
    return pd.concat(parts) if parts else pd.DataFrame(columns=["day", "price"])


def _outside(fills: pd.DataFrame, bars: Bars) -> tuple[int, int]:
    """Return the number of fills outside their day's range, and of those on a day without a bar."""
    days = fills["day"].to_numpy().astype("datetime64[D]")
    places = np.minimum(np.searchsorted(bars.dates, days), len(bars.dates) - 1)
    known = bars.dates[places] == days
    prices = fills["price"].to_numpy(dtype="float64")
    below = prices < bars.low[places] * (1 - ROUNDING)
    above = prices > bars.high[places] * (1 + ROUNDING)
    return int(((below | above) & known).sum()), int((~known).sum())


def _described(fills: int, outside: int, without: int, words: str) -> Reconciliation:
    sentence = f"{outside} of {fills} fills lie outside the day's range of the stored prices, {words}"
    sentence += f"; {without} lie on a day without a bar." if without else "."
    return Reconciliation(fills=fills, outside=outside, without_bar=without, prices=words, sentence=sentence)
