"""A second engine, slow and obvious: one bar at a time, plain Python, no code shared with the first.

It exists to be compared with. Averages are added up anew at each bar; prices must be exact in
floating point (quarters, say), so that its ties are ties.
"""

import math
import statistics
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from strategies.engine.account import Account

YEAR = 252


@dataclass(kw_only=True)
class ReferenceTrade:
    entry_bar: int
    shares: float
    entry_price: float
    paid: float
    costs: float
    exit_bar: int = -1
    exit_price: float = math.nan
    pnl: float = math.nan
    bars: int = 0
    lowest: float = math.inf
    highest: float = -math.inf
    traded: float = 0.0
    open: bool = True


@dataclass(kw_only=True)
class ReferenceRun:
    equity: list[float] = field(default_factory=list)
    cash: list[float] = field(default_factory=list)
    position: list[float] = field(default_factory=list)
    trades: list[ReferenceTrade] = field(default_factory=list)
    unfilled: int = 0
    cash_now: float
    trade: ReferenceTrade | None = None


@dataclass(frozen=True, kw_only=True)
class Bar:
    day: date
    open: float
    high: float
    low: float
    close: float


def simple_average(closes: list[float], window: int) -> float | None:
    return sum(closes[-window:]) / window if len(closes) >= window else None


def exponential_average(closes: list[float], window: int) -> float | None:
    if len(closes) < window:
        return None
    average = sum(closes[:window]) / window
    for close in closes[window:]:
        average = average + 2 / (window + 1) * (close - average)
    return average


AVERAGES = {"simple": simple_average, "exponential": exponential_average}


def sides(bars: list[Bar], *, average: str, fast: int, slow: int) -> list[int]:
    """Where the fast average stands at each close: above (1), below (-1), unknown yet (0)."""
    found = []
    side = 0
    for bar in range(len(bars)):
        closes = [b.close for b in bars[: bar + 1]]
        quick, steady = AVERAGES[average](closes, fast), AVERAGES[average](closes, slow)
        if quick is not None and steady is not None and quick != steady:
            side = 1 if quick > steady else -1
        found.append(side)
    return found


def nearest_miss(bars: list[Bar], *, average: str, fast: int, slow: int) -> float:
    """The smallest distance of two averages that are not equal, as a share of the price."""
    nearest = math.inf
    for bar in range(len(bars)):
        closes = [b.close for b in bars[: bar + 1]]
        quick, steady = AVERAGES[average](closes, fast), AVERAGES[average](closes, slow)
        if quick is not None and steady is not None and quick != steady:
            nearest = min(nearest, abs(quick / steady - 1))
    return nearest


def run_strategy(
    bars: list[Bar], *, first: int, entry: str, fill: str, account: Account, rule: dict[str, Any]
) -> ReferenceRun:
    """Go through the traded bars, deciding at each close what happens at the next fill."""
    side = sides(bars, **rule)
    wanted = []
    was_known = False
    for bar in range(first, len(bars)):
        before = side[bar - 1] if bar else 0
        buy = before == -1 and side[bar] == 1
        if entry == "on_state" and side[bar] == 1 and not was_known:
            buy = True
        was_known = was_known or side[bar] != 0
        sell = before == 1 and side[bar] == -1
        wanted.append("buy" if buy else "sell" if sell else "")
    return _carry_out(bars[first:], wanted, fill=fill, account=account)


def hold(bars: list[Bar], *, first: int, fill: str, account: Account) -> ReferenceRun:
    traded = bars[first:]
    if fill == "same_close":
        return _carry_out(traded, ["buy"] + [""] * (len(traded) - 1), fill=fill, account=account)
    return _carry_out(traded, [""] * len(traded), fill=fill, account=account, at_first_open="buy")


def _carry_out(
    bars: list[Bar], wanted: list[str], *, fill: str, account: Account, at_first_open: str = ""
) -> ReferenceRun:
    run = ReferenceRun(cash_now=account.initial_cash)
    for index, bar in enumerate(bars):
        if fill == "same_close":
            if run.trade is not None:
                _see(run.trade, bar)
            _order(run, wanted[index], index, bar.close, account)
        else:
            _order(run, wanted[index - 1] if index else at_first_open, index, bar.open, account)
            if run.trade is not None:
                _see(run.trade, bar)
        _write_down(run, bar.close)
    if run.trade is not None:
        run.trade.exit_bar, run.trade.exit_price = len(bars) - 1, bars[-1].close
        run.trade.pnl = _profit(run.trade.shares * bars[-1].close, run.trade.paid)
    return run


def _order(run: ReferenceRun, order: str, index: int, market: float, account: Account) -> None:
    if order == "buy" and run.trade is None:
        run.trade = _buy(account, run.cash_now, index, market)
        if run.trade is None:
            run.unfilled += 1
        else:
            run.cash_now = max(run.cash_now - run.trade.paid, 0.0)
            run.trades.append(run.trade)
    elif order == "sell" and run.trade is not None:
        run.cash_now += _sell(account, run.cash_now, run.trade, index, market)
        run.trade = None


def _write_down(run: ReferenceRun, close: float) -> None:
    held = run.trade.shares if run.trade else 0.0
    if run.trade is not None:
        run.trade.bars += 1
    run.cash.append(run.cash_now)
    run.position.append(held)
    run.equity.append(run.cash_now + held * close)


def _see(trade: ReferenceTrade, bar: Bar) -> None:
    trade.lowest, trade.highest = min(trade.lowest, bar.low), max(trade.highest, bar.high)


def _buy(account: Account, cash: float, index: int, market: float) -> ReferenceTrade | None:
    price = market * (1 + account.slippage)
    to_spend = cash * account.position_size - account.commission_fixed
    if to_spend <= 1e-12 * account.initial_cash:
        return None
    shares = to_spend / (price * (1 + account.commission_rate))
    if not account.fractional_shares:
        shares = round(shares) if math.isclose(shares, round(shares), rel_tol=1e-13) else math.floor(shares)
    if shares == 0:
        return None
    commission = shares * price * account.commission_rate + account.commission_fixed
    return ReferenceTrade(
        entry_bar=index,
        shares=shares,
        entry_price=price,
        paid=shares * price + commission,
        costs=commission + shares * market * account.slippage,
        traded=shares * price,
    )


def _sell(account: Account, cash: float, trade: ReferenceTrade, index: int, market: float) -> float:
    price = market * (1 - account.slippage)
    worth = trade.shares * price
    commission = min(worth * account.commission_rate + account.commission_fixed, worth + cash)
    trade.exit_bar, trade.exit_price, trade.open = index, price, False
    trade.pnl = _profit(worth - commission, trade.paid)
    trade.costs += commission + trade.shares * market * account.slippage
    trade.traded += worth
    return worth - commission


def _profit(got: float, paid: float) -> float:
    return 0.0 if math.isclose(got, paid, rel_tol=1e-12) else got - paid


def key_figures(
    run: ReferenceRun, benchmark: ReferenceRun, *, days: list[date], cash: float, yearly_rate: float
) -> dict[str, float | None]:
    """Every figure by the book; None where it does not exist."""
    rate = (1 + yearly_rate) ** (1 / YEAR) - 1
    n = len(run.equity)
    final = run.equity[-1]
    excess = [r - rate for r in _returns(run.equity, cash)]
    held = [r - rate for r in _returns(benchmark.equity, cash)]
    drawdowns = _drawdowns(run.equity, cash)
    growth = _or_none(lambda: (final / cash) ** (YEAR / n) - 1)
    growth = None if growth is not None and growth > math.exp(300) else growth
    deviation = statistics.stdev(excess) if n > 1 else None
    mean = statistics.fmean(excess)
    ratio = mean / deviation if deviation is not None and deviation > 1e-12 else None
    downside = math.sqrt(sum(min(r, 0) ** 2 for r in excess) / n)
    pnl = [t.pnl for t in run.trades]
    losses = -sum(p for p in pnl if p < 0)
    beta = _beta(excess, held)
    tail = sorted(_returns(run.equity, cash))
    quantile = _quantile(tail) if n >= 20 else None
    return {
        "final_equity": final,
        "total_return": final / cash - 1,
        "cagr": growth,
        "annual_volatility": deviation * math.sqrt(YEAR) if deviation is not None else None,
        "sharpe": None if ratio is None else ratio * math.sqrt(YEAR),
        "sortino": mean / downside * math.sqrt(YEAR) if downside > 1e-12 else None,
        "calmar": growth / -min(drawdowns) if growth is not None and min(drawdowns) < 0 else None,
        "max_drawdown": min(drawdowns),
        "max_drawdown_days": _longest_under_water(run.equity, days, cash),
        "ulcer_index": math.sqrt(sum(d * d for d in drawdowns) / n),
        "value_at_risk_95": quantile,
        "expected_shortfall_95": None
        if quantile is None
        else statistics.fmean(tail[: math.floor(0.05 * (n - 1)) + 1]),
        "trades": len(pnl),
        "open_trades": sum(t.open for t in run.trades),
        "win_rate": sum(p > 0 for p in pnl) / len(pnl) if pnl else None,
        "profit_factor": sum(p for p in pnl if p > 0) / losses if losses else None,
        "expectancy": statistics.fmean(pnl) if pnl else None,
        "sqn": _quality(pnl),
        "exposure": sum(p > 0 for p in run.position) / n,
        "turnover": sum(t.traded for t in run.trades) / statistics.fmean(run.equity) * YEAR / n
        if any(run.equity)
        else None,
        "total_costs": sum(t.costs for t in run.trades),
        "beta": beta,
        "alpha": None if beta is None else YEAR * (mean - beta * statistics.fmean(held)),
        "probabilistic_sharpe": None if ratio is None else _probability(excess, ratio),
    }


def _or_none(compute: Any) -> float | None:
    try:
        return float(compute())
    except OverflowError:
        return None


def _returns(equity: list[float], cash: float) -> list[float]:
    before = [cash, *equity[:-1]]
    return [now / then - 1 if then > 0 else 0.0 for now, then in zip(equity, before, strict=True)]


def _drawdowns(equity: list[float], cash: float) -> list[float]:
    found, peak = [], cash
    for value in equity:
        peak = max(peak, value)
        found.append(value / peak - 1)
    return found


def _longest_under_water(equity: list[float], days: list[date], cash: float) -> int:
    longest, peak, peak_day, under = 0, cash, days[0], False
    for value, day in zip(equity, days, strict=True):
        if under or value < peak:
            longest = max(longest, (day - peak_day).days)
        under = value < peak
        if not under:
            peak, peak_day = value, day
    return longest


def _quantile(ordered: list[float]) -> float:
    rank = 0.05 * (len(ordered) - 1)
    low = math.floor(rank)
    return ordered[low] * (1 - (rank - low)) + ordered[low + 1] * (rank - low)


def _quality(pnl: list[float]) -> float | None:
    if len(pnl) < 2:
        return None
    deviation = statistics.stdev(pnl)
    mean = statistics.fmean(pnl)
    return math.sqrt(len(pnl)) * mean / deviation if deviation > 1e-12 * abs(mean) else None


def _beta(returns: list[float], held: list[float]) -> float | None:
    if len(held) < 2 or statistics.stdev(held) < 1e-12:
        return None
    return statistics.covariance(returns, held) / statistics.variance(held)


def _probability(excess: list[float], ratio: float) -> float | None:
    n, mean = len(excess), statistics.fmean(excess)
    second, third, fourth = (statistics.fmean([(r - mean) ** k for r in excess]) for k in (2, 3, 4))
    spread = 1 - third / second**1.5 * ratio + (fourth / second**2 - 1) / 4 * ratio**2
    if spread <= 0:
        return None
    return statistics.NormalDist().cdf(ratio * math.sqrt(n - 1) / math.sqrt(spread))
