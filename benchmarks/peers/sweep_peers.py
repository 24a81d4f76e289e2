"""Time vectorbt and ffn on the work of `sweep_speed.py`; run by it with the peers' own interpreter.

    python sweep_peers.py input.npz output.npz work

public    vectorbt's documented interface, from closes on
raw       its compiled kernels, called directly with no object or table of pandas around them
averages  the documented interface, its averages replaced by those given: for what it finds, not its time
stops     the documented interface with stop-loss and take-profit, filled at the close of the signal
universe  the documented interface on the closes of many symbols at once
overfitting  ffn: the probability of overfitting

input: open, high, low, close, shape (bars,), or (bars, symbols) for `universe`; fast and slow, shape
(pairs,); averages, shape (largest window + 1, bars); returns, shape (bars, trials), for ffn.
output: seconds of one core, and the figures of each pair; of each symbol's pairs, symbol after symbol.
"""

import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import vectorbt as vbt
from vectorbt.generic import nb as generic
from vectorbt.portfolio import nb as portfolios
from vectorbt.portfolio.enums import Direction
from vectorbt.records import nb as records
from vectorbt.returns import nb as ratios

AT_ONCE, RAW_AT_ONCE = 1000, 100
"""Columns at once; each way is fastest, and within memory, at about so many."""
FEES = 0.001
CASH = 10_000.0
YEAR = 252
STOPS = {"sl_stop": 0.05 * (1 - 1e-10), "tp_stop": 0.2 * (1 - 1e-10)}
"""A hair nearer than asked: a high of cents that is the target itself would miss it by a rounding."""
WARMING = 3
"""Pairs of the first run, which compiles."""

type Given = dict[str, np.ndarray]
type Figures = dict[str, np.ndarray]


def seconds(work: Callable[[Given], Figures], given: Given) -> tuple[float, Figures]:
    """Return the processor time of `work`, compiled before on its first pairs, and its result."""
    work(given | {"fast": given["fast"][:WARMING], "slow": given["slow"][:WARMING]})
    begin = time.process_time()
    result = work(given)
    return time.process_time() - begin, result


def public_interface(given: Given) -> Figures:
    """Sweep as the documentation shows it."""
    closes = pd.Series(given["close"], index=pd.DatetimeIndex(given["dates"]))
    opens = pd.Series(given["open"], index=closes.index)
    return _joined(
        _of_portfolio(_crossing(closes, opens, fast, slow)) for fast, slow in _chunks(given, AT_ONCE)
    )


def _crossing(closes: Any, opens: Any, fast: np.ndarray, slow: np.ndarray, **product: Any) -> Any:
    fast_average = vbt.MA.run(closes, fast.tolist(), short_name="fast")
    slow_average = vbt.MA.run(closes, slow.tolist(), short_name="slow")
    entries = fast_average.ma_crossed_above(slow_average).vbt.signals.fshift(1)
    exits = fast_average.ma_crossed_below(slow_average).vbt.signals.fshift(1)
    return vbt.Portfolio.from_signals(closes, entries, exits, price=opens, fees=FEES, init_cash=CASH)


def universe(given: Given) -> Figures:
    """Sweep many symbols, as many at once as make a chunk."""
    parts: list[Figures] = []
    symbols = given["close"].shape[1]
    at_once = max(AT_ONCE // len(given["fast"]), 1)
    for begin in range(0, symbols, at_once):
        chosen = slice(begin, begin + at_once)
        closes = pd.DataFrame(given["close"][:, chosen], index=pd.DatetimeIndex(given["dates"]))
        opens = np.tile(given["open"][:, chosen], len(given["fast"]))
        found = _of_portfolio(_crossing(closes, opens, given["fast"], given["slow"]))
        # Its columns go through the symbols for each pair.
        parts.append({name: values.reshape(-1, closes.shape[1]).T.ravel() for name, values in found.items()})
    return _joined(iter(parts))


def given_averages(given: Given) -> Figures:
    """Sweep by averages that are given, so that nothing differs but what is done with them."""
    closes = pd.Series(given["close"])
    return _joined(
        _of_portfolio(
            vbt.Portfolio.from_signals(
                closes,
                *(pd.DataFrame(signals).vbt.signals.fshift(1) for signals in _signals(given, fast, slow)),
                price=pd.Series(given["open"]),
                fees=FEES,
                init_cash=CASH,
            )
        )
        for fast, slow in _chunks(given, AT_ONCE)
    )


def stops(given: Given) -> Figures:
    """Sweep by averages that are given, with stops inside the bar, filled at the close of the signal."""
    return _joined(
        _of_portfolio(
            vbt.Portfolio.from_signals(
                pd.Series(given["close"]),
                *(pd.DataFrame(signals) for signals in _signals(given, fast, slow)),
                open=pd.Series(given["open"]),
                high=pd.Series(given["high"]),
                low=pd.Series(given["low"]),
                fees=FEES,
                init_cash=CASH,
                **STOPS,
            )
        )
        for fast, slow in _chunks(given, AT_ONCE)
    )


def _signals(given: Given, fast: np.ndarray, slow: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    fast_average, slow_average = given["averages"][fast].T, given["averages"][slow].T
    return (
        generic.crossed_above_nb(fast_average, slow_average),
        generic.crossed_above_nb(slow_average, fast_average),
    )


def raw_kernels(given: Given) -> Figures:
    """Sweep by the compiled functions that the public interface ends in, on columns in memory's order."""
    close = given["close"]
    windows = np.unique(np.concatenate((given["fast"], given["slow"])))
    averages = {window: generic.rolling_mean_1d_nb(close, window) for window in windows.tolist()}
    return _joined(
        _raw(given, *(np.stack([averages[window] for window in of.tolist()]).T for of in (fast, slow)))
        for fast, slow in _chunks(given, RAW_AT_ONCE)
    )


def _raw(given: Given, fast: np.ndarray, slow: np.ndarray) -> Figures:
    shape = fast.shape
    columns = shape[1]
    cash = np.full(columns, CASH)
    close = np.asfortranarray(np.broadcast_to(given["close"][:, np.newaxis], shape))
    orders, _ = portfolios.simulate_from_signals_nb(
        shape,
        np.ones(columns, dtype=np.int64),
        cash,
        portfolios.build_call_seq(shape, np.ones(columns, dtype=np.int64)),
        entries=generic.fshift_nb(generic.crossed_above_nb(fast, slow), 1, fill_value=False),
        exits=generic.fshift_nb(generic.crossed_above_nb(slow, fast), 1, fill_value=False),
        price=given["open"][:, np.newaxis],
        fees=np.asarray(FEES),
        close=close,
        use_stops=False,
    )
    places = records.col_map_nb(orders["col"], columns)
    held = portfolios.assets_nb(portfolios.asset_flow_nb(shape, orders, places, Direction.LongOnly))
    money = portfolios.cash_nb(portfolios.cash_flow_nb(shape, orders, places, False), cash)  # noqa: FBT003 - taken by place
    value = portfolios.value_nb(money, portfolios.asset_value_nb(close, held))
    returns = ratios.returns_nb(value, cash)
    trades = portfolios.get_exit_trades_nb(orders, close, places)
    count = np.bincount(trades["col"], minlength=columns)
    wins = np.bincount(trades["col"], weights=trades["pnl"] > 0, minlength=columns)
    return {
        "total_return": value[-1] / CASH - 1,
        "cagr": ratios.annualized_return_nb(returns, YEAR),
        "sharpe": ratios.sharpe_ratio_nb(returns, YEAR),
        "sortino": ratios.sortino_ratio_nb(returns, YEAR),
        "calmar": ratios.calmar_ratio_nb(returns, YEAR),
        "max_drawdown": ratios.max_drawdown_nb(returns),
        "trades": count,
        "exposure": (held != 0).mean(axis=0),
        "win_rate": np.divide(wins, count, out=np.full(columns, np.nan), where=count > 0),
    }


def _of_portfolio(portfolio: Any) -> Figures:
    trades = portfolio.trades
    found = {
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
    return {name: np.asarray(values, dtype=np.float64) for name, values in found.items()}


def _chunks(given: Given, at_once: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for begin in range(0, len(given["fast"]), at_once):
        chosen = slice(begin, begin + at_once)
        yield given["fast"][chosen], given["slow"][chosen]


def _joined(parts: Iterator[Figures]) -> Figures:
    columns: dict[str, list[np.ndarray]] = {}
    for part in parts:
        for name, values in part.items():
            columns.setdefault(name, []).append(values)
    return {name: np.concatenate(values) for name, values in columns.items()}


def overfitting(returns: np.ndarray) -> float:
    """Return ffn's probability of overfitting."""
    import ffn

    return float(ffn.core.calc_prob_backtest_overfitting(pd.DataFrame(returns), n_blocks=16))


WORK = {
    "public": public_interface,
    "raw": raw_kernels,
    "averages": given_averages,
    "stops": stops,
    "universe": universe,
}


def main() -> None:
    """Do the work named and write what came of it."""
    source, target, name = sys.argv[1:]
    given = dict(np.load(source))
    if name == "overfitting":
        begin = time.process_time()
        probability = overfitting(given["returns"])
        np.savez(target, seconds=time.process_time() - begin, probability=probability)
        return
    vbt.settings.array_wrapper["freq"] = "1D"
    vbt.settings.returns["year_freq"] = f"{YEAR} days"
    taken, figures = seconds(WORK[name], given)
    np.savez(target, seconds=taken, **figures)


if __name__ == "__main__":
    main()
