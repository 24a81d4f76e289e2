"""Time vectorbt and ffn on the work of `sweep_speed.py`; run by it with the peers' own interpreter.

    python sweep_peers.py input.npz output.npz work

input: open and close, shape (bars,); windows; returns, shape (bars, trials), for ffn.
output: seconds of one core, and the figures of each pair in the order fast < slow of combinations.
"""

import sys
import time
from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

CHUNK = 1000
"""Pairs at once; vectorbt is fastest, and within memory, at about so many."""
FEES = 0.001
CASH = 10_000
STOPS = {"sl_stop": 0.05, "tp_stop": 0.2}


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the processor time of the second run of `work`, and its result: the first one compiles."""
    work()
    begin = time.process_time()
    result = work()
    return time.process_time() - begin, result


def public_interface(prices: pd.DataFrame, windows: np.ndarray, **stops: float) -> dict[str, np.ndarray]:
    """Sweep through vectorbt's documented interface, in chunks of pairs."""
    import vectorbt as vbt

    vbt.settings.array_wrapper["freq"] = "1D"
    vbt.settings.returns["year_freq"] = "252 days"
    pairs = list(combinations(windows.tolist(), 2))
    columns: dict[str, list[np.ndarray]] = {}
    for begin in range(0, len(pairs), CHUNK):
        fast, slow = zip(*pairs[begin : begin + CHUNK], strict=True)
        fast_average = vbt.MA.run(prices["close"], list(fast), short_name="fast")
        slow_average = vbt.MA.run(prices["close"], list(slow), short_name="slow")
        entries = fast_average.ma_crossed_above(slow_average).vbt.signals.fshift(1)
        exits = fast_average.ma_crossed_below(slow_average).vbt.signals.fshift(1)
        portfolio = vbt.Portfolio.from_signals(
            prices["close"], entries, exits, price=prices["open"], fees=FEES, init_cash=CASH, **stops
        )
        for name, values in _figures(portfolio).items():
            columns.setdefault(name, []).append(np.asarray(values, dtype=np.float64))
    return {name: np.concatenate(parts) for name, parts in columns.items()}


def _figures(portfolio: Any) -> dict[str, Any]:
    trades = portfolio.trades
    return {
        "total_return": portfolio.total_return(),
        "cagr": portfolio.annualized_return(),
        "sharpe": portfolio.sharpe_ratio(),
        "sortino": portfolio.sortino_ratio(),
        "calmar": portfolio.calmar_ratio(),
        "max_drawdown": portfolio.max_drawdown(),
        "trades": trades.count(),
        "exposure": portfolio.position_coverage(),
        "win_rate": trades.win_rate(),
    }


def overfitting(returns: np.ndarray) -> float:
    """Return ffn's probability of overfitting."""
    import ffn

    return float(ffn.core.calc_prob_backtest_overfitting(pd.DataFrame(returns), n_blocks=16))


def main() -> None:
    """Do the work named and write what came of it."""
    source, target, name = sys.argv[1:]
    given = np.load(source)
    if name == "overfitting":
        begin = time.process_time()
        probability = overfitting(given["returns"])
        np.savez(target, seconds=time.process_time() - begin, probability=probability)
        return
    prices = pd.DataFrame(
        {"open": given["open"], "close": given["close"]}, index=pd.DatetimeIndex(given["dates"])
    )
    work = {
        "public": lambda: public_interface(prices, given["windows"]),
        "stops": lambda: public_interface(prices, given["windows"], **STOPS),
    }[name]
    taken, figures = seconds(work)
    np.savez(target, seconds=taken, **figures)


if __name__ == "__main__":
    main()
