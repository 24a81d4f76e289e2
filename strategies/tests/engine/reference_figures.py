"""Key figures by the book, in plain Python: the second opinion on `strategies.engine.metrics`."""

import itertools
import math
import statistics
from datetime import date
from typing import Any

from strategies.tests.engine.reference_engine import ReferenceRun

YEAR = 252

type Spell = tuple[date, date, date | None, int, float]
"""Peak, trough, recovery, calendar days, depth."""


def key_figures(
    run: ReferenceRun, benchmark: ReferenceRun, *, days: list[date], cash: float, yearly_rate: float
) -> dict[str, float | None]:
    """Every figure by the book; None where it does not exist."""
    rate = (1 + yearly_rate) ** (1 / YEAR) - 1
    n = len(run.equity)
    final = run.equity[-1]
    excess = [r - rate for r in returns_of(run.equity, cash)]
    held = [r - rate for r in returns_of(benchmark.equity, cash)]
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
    tail = sorted(returns_of(run.equity, cash))
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
        "exposure": sum(p != 0 for p in run.position) / n,
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


def returns_of(equity: list[float], cash: float) -> list[float]:
    before = [cash, *equity[:-1]]
    return [now / then - 1 if then > 0 else 0.0 for now, then in zip(equity, before, strict=True)]


def rolling_sharpe(returns: list[float], yearly_rate: float) -> list[float | None]:
    """The Sharpe ratio of the last 126 returns at each bar."""
    rate = (1 + yearly_rate) ** (1 / YEAR) - 1
    return [_sharpe([r - rate for r in last]) for last in _windows(returns)]


def rolling_beta(returns: list[float], held: list[float]) -> list[float | None]:
    """Beta of the last 126 returns at each bar."""
    return [_beta(own, other) for own, other in zip(_windows(returns), _windows(held), strict=True)]


def _windows(returns: list[float]) -> list[list[float]]:
    """The last 126 values at each bar; none where there are fewer yet."""
    return [returns[bar - 125 : bar + 1] if bar >= 125 else [] for bar in range(len(returns))]


def _sharpe(excess: list[float]) -> float | None:
    if len(set(excess)) < 2 or statistics.stdev(excess) < 1e-12:
        return None
    return statistics.fmean(excess) / statistics.stdev(excess) * math.sqrt(YEAR)


def spells_under_water(equity: list[float], days: list[date], cash: float) -> list[Spell]:
    """The ten deepest, deepest first."""
    found: list[Spell] = []
    peak, peak_day, trough, trough_day = cash, days[0], cash, days[0]
    for value, day in zip(equity, days, strict=True):
        if value >= peak:
            if trough < peak:
                found.append((peak_day, trough_day, day, (day - peak_day).days, trough / peak - 1))
            peak = trough = value
            peak_day = trough_day = day
        elif value < trough:
            trough, trough_day = value, day
    if trough < peak:
        found.append((peak_day, trough_day, None, (days[-1] - peak_day).days, trough / peak - 1))
    return sorted(found, key=lambda spell: spell[4])[:10]


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


def _probability(excess: list[float], ratio: float) -> float:
    n, mean = len(excess), statistics.fmean(excess)
    total = sum((r - mean) ** 2 for r in excess)
    rho = sum((now - mean) * (then - mean) for now, then in itertools.pairwise(excess)) / total
    rho = min(max(rho, -0.9), 0.9)
    return statistics.NormalDist().cdf(ratio * math.sqrt(n * (1 - rho) / (1 + rho)))
