"""Key figures of an equity curve and its trades.

E, r and n are the equity, the returns and the number of the traded bars, as `curve` defines them.
A year has 252 bars. Fractions are fractions: 0.1 is 10 %. The risk-free rate rf of a bar is
(1 + yearly rate)^(1/252) - 1.

A figure that does not exist is `Undefined` and says why; it is never NaN, infinite or a stand-in.
"""

from dataclasses import dataclass
from math import erfc, expm1, log, log1p, sqrt

import numpy as np

from strategies.engine.drawdowns import longest_days
from strategies.engine.equity_curve import Curve
from strategies.engine.prices import ROUNDING, FloatArray
from strategies.engine.simulation import Simulation
from strategies.engine.trades import Trades

BARS_IN_A_YEAR = 252
LEAST_RETURNS_FOR_TAIL = 20
"""Below this the worst 5 % of the returns are less than one return."""
LEAST_FOR_DEVIATION = 2
NO_DEVIATION = 1e-12
"""A standard deviation of bar returns that is rounding: no price moves by so little."""
LARGEST_LOGARITHM = 300.0
MOST_AUTOCORRELATION = 0.9
"""Above this returns hold too few independent ones for any estimate of their number."""


@dataclass(frozen=True)
class Undefined:
    """A figure that does not exist, and why, in a sentence for people."""

    reason: str


type Figure = float | Undefined


@dataclass(frozen=True, kw_only=True)
class Metrics:
    """The key figures; each function below gives its formula and source."""

    final_equity: float
    total_return: float
    cagr: Figure
    annual_volatility: Figure
    sharpe: Figure
    sortino: Figure
    calmar: Figure
    max_drawdown: float
    max_drawdown_days: int
    ulcer_index: float
    value_at_risk_95: Figure
    expected_shortfall_95: Figure
    trades: int
    open_trades: int
    win_rate: Figure
    profit_factor: Figure
    expectancy: Figure
    sqn: Figure
    exposure: float
    turnover: Figure
    total_costs: float
    alpha: Figure
    beta: Figure
    probabilistic_sharpe: Figure


@dataclass(frozen=True, kw_only=True)
class _Moments:
    """Excess returns over a risk-free rate, their mean and their deviation (n - 1)."""

    excess: FloatArray
    mean: float
    deviation: Figure

    @classmethod
    def of(cls, returns: FloatArray, risk_free_rate: float) -> "_Moments":
        excess = returns - bar_rate(risk_free_rate)
        return cls(excess=excess, mean=float(excess.mean()), deviation=_deviation(excess))

    @property
    def ratio(self) -> Figure:
        """Mean over deviation, for one bar."""
        if isinstance(self.deviation, Undefined):
            return self.deviation
        if self.deviation < NO_DEVIATION:
            return Undefined("Every bar had the same return, so there is no deviation to divide by.")
        return self.mean / self.deviation


def measure(simulation: Simulation, curve: Curve, benchmark: Curve, risk_free_rate: float) -> Metrics:
    """Return every key figure of `simulation`, whose curve is `curve`, beside the benchmark's curve."""
    trades = simulation.trades
    moments = _Moments.of(curve.returns, risk_free_rate)
    cagr = compound_annual_growth(curve)
    max_drawdown = min(float(curve.drawdown.min()), 0.0)
    value_at_risk, expected_shortfall = tail_95(curve.returns)
    beta = slope(curve.returns, benchmark.returns)
    return Metrics(
        final_equity=float(curve.equity[-1]),
        total_return=float(curve.equity[-1]) / curve.initial_cash - 1,
        cagr=cagr,
        annual_volatility=_times(moments.deviation, sqrt(BARS_IN_A_YEAR)),
        sharpe=_times(moments.ratio, sqrt(BARS_IN_A_YEAR)),
        sortino=sortino_ratio(moments.excess),
        calmar=calmar_ratio(cagr, max_drawdown),
        max_drawdown=max_drawdown,
        max_drawdown_days=longest_days(curve),
        ulcer_index=sqrt(float(curve.drawdown @ curve.drawdown) / len(curve.drawdown)),
        value_at_risk_95=value_at_risk,
        expected_shortfall_95=expected_shortfall,
        trades=len(trades),
        open_trades=int(trades.open.sum()),
        win_rate=win_rate(trades),
        profit_factor=profit_factor(trades),
        expectancy=expectancy(trades),
        sqn=system_quality_number(trades),
        exposure=float(trades.bars.sum()) / len(curve.equity),
        turnover=yearly_turnover(trades, curve),
        total_costs=float(trades.costs.sum()),
        alpha=jensens_alpha(moments, benchmark.returns, beta, risk_free_rate),
        beta=beta,
        probabilistic_sharpe=probabilistic_sharpe(moments),
    )


@dataclass(frozen=True, kw_only=True)
class CurveMetrics:
    """The figures that need an equity curve alone; `Metrics` says what they are."""

    total_return: float
    cagr: Figure
    annual_volatility: Figure
    sharpe: Figure
    max_drawdown: float


def measure_curve(curve: Curve, risk_free_rate: float) -> CurveMetrics:
    """Return the figures of an equity curve, such as a part of one."""
    moments = _Moments.of(curve.returns, risk_free_rate)
    return CurveMetrics(
        total_return=float(curve.equity[-1]) / curve.initial_cash - 1,
        cagr=compound_annual_growth(curve),
        annual_volatility=_times(moments.deviation, sqrt(BARS_IN_A_YEAR)),
        sharpe=_times(moments.ratio, sqrt(BARS_IN_A_YEAR)),
        max_drawdown=min(float(curve.drawdown.min()), 0.0),
    )


def bar_rate(yearly_rate: float) -> float:
    """Return the rate of one bar that compounds to `yearly_rate` in a year."""
    return expm1(log1p(yearly_rate) / BARS_IN_A_YEAR)


def compound_annual_growth(curve: Curve) -> Figure:
    """Return (E_n / E_0)^(252 / n) - 1."""
    final = float(curve.equity[-1])
    if final <= 0:
        return -1.0
    growth = log(final / curve.initial_cash) * BARS_IN_A_YEAR / len(curve.equity)
    if growth > LARGEST_LOGARITHM:
        return Undefined("The period is too short for its return to be carried on for a year.")
    return expm1(growth)


def sortino_ratio(excess: FloatArray) -> Figure:
    """Return mean(r - rf) · √252 / √(Σ min(r - rf, 0)² / n), over all n (Sortino & van der Meer 1991)."""
    shortfall = np.minimum(excess, 0.0)
    downside = sqrt(float(shortfall @ shortfall) / len(excess))
    if downside < NO_DEVIATION:
        return Undefined("No bar fell short of the risk-free rate, so there is no downside deviation.")
    return float(excess.mean()) * sqrt(BARS_IN_A_YEAR) / downside


def calmar_ratio(cagr: Figure, max_drawdown: float) -> Figure:
    """Return CAGR / |maximum drawdown| (Young 1991)."""
    if isinstance(cagr, Undefined):
        return cagr
    if max_drawdown > -ROUNDING:
        return Undefined("The equity never fell below an earlier peak, so there is no drawdown.")
    return cagr / -max_drawdown


def tail_95(returns: FloatArray) -> tuple[Figure, Figure]:
    """Return the historical 5 % quantile of the returns, and the mean of the order statistics up to it.

    Value at risk and expected shortfall (Rockafellar & Uryasev 2000), as returns: a loss is
    negative. The quantile is interpolated linearly between order statistics. Taking the mean by
    their number, and not by comparison, keeps equal returns from being in or out by a rounding.
    """
    if len(returns) < LEAST_RETURNS_FOR_TAIL:
        missing = Undefined(
            f"Fewer than {LEAST_RETURNS_FOR_TAIL} bars: the worst 5 % of them are less than one bar."
        )
        return missing, missing
    rank = 0.05 * (len(returns) - 1)
    below = int(rank)
    ordered = np.partition(returns, (below, below + 1))
    quantile = float(ordered[below] + (rank - below) * (ordered[below + 1] - ordered[below]))
    return quantile, float(ordered[: below + 1].mean())


def win_rate(trades: Trades) -> Figure:
    """Return the share of trades with a profit; an open trade counts as marked."""
    if not len(trades):
        return _no_trades()
    return float((trades.pnl > 0).mean())


def profit_factor(trades: Trades) -> Figure:
    """Return Σ winning pnl / |Σ losing pnl|, in currency."""
    if not len(trades):
        return _no_trades()
    losses = float(trades.pnl[trades.pnl < 0].sum())
    if losses == 0:
        return Undefined("No trade lost, so there is no loss to divide the profits by.")
    return float(trades.pnl[trades.pnl > 0].sum()) / -losses


def expectancy(trades: Trades) -> Figure:
    """Return the mean pnl of a trade, in currency (Van Tharp)."""
    return float(trades.pnl.mean()) if len(trades) else _no_trades()


def system_quality_number(trades: Trades) -> Figure:
    """Return √N · mean / sd (n - 1) of the trades' pnl (Van Tharp)."""
    if len(trades) < LEAST_FOR_DEVIATION:
        return Undefined("Fewer than two trades: their profits have no deviation.")
    mean, deviation = float(trades.pnl.mean()), float(trades.pnl.std(ddof=1))
    if deviation <= NO_DEVIATION * abs(mean) or deviation == 0:
        return Undefined("All trades made the same profit, so there is no deviation.")
    return sqrt(len(trades)) * mean / deviation


def yearly_turnover(trades: Trades, curve: Curve) -> Figure:
    """Return Σ |notional| of purchases and sales / mean equity · 252 / n."""
    mean_equity = float(curve.equity.mean())
    if mean_equity <= 0:
        return Undefined("Everything was lost at once, so there is no equity to compare trading with.")
    notional = float(trades.entry_notional.sum() + trades.exit_notional.sum())
    return notional / mean_equity * BARS_IN_A_YEAR / len(curve.equity)


def slope(returns: FloatArray, benchmark_returns: FloatArray) -> Figure:
    """Return beta: cov(r, b) / var(b)."""
    deviation = _deviation(benchmark_returns)
    if isinstance(deviation, Undefined):
        return deviation
    if deviation < NO_DEVIATION:
        return Undefined("Buy and hold never moved, so nothing can be compared with its moves.")
    centred = benchmark_returns - benchmark_returns.mean()
    return float((returns - returns.mean()) @ centred) / float(centred @ centred)


def jensens_alpha(
    moments: _Moments, benchmark_returns: FloatArray, beta: Figure, risk_free_rate: float
) -> Figure:
    """Return 252 · (mean(r - rf) - beta · mean(b - rf)) (Jensen 1968)."""
    if isinstance(beta, Undefined):
        return beta
    benchmark_mean = float(benchmark_returns.mean()) - bar_rate(risk_free_rate)
    return BARS_IN_A_YEAR * (moments.mean - beta * benchmark_mean)


def probabilistic_sharpe(moments: _Moments) -> Figure:
    """Return how clear the Sharpe ratio is of zero: Φ of its distance in standard errors.

    Φ[SR √(n (1 - r) / (1 + r))] with SR for one bar and r the first-order autocorrelation of the excess
    returns (López de Prado, Lipton & Zoonekynd 2025, How to use the Sharpe ratio, of a true ratio of zero).
    """
    ratio = moments.ratio
    if isinstance(ratio, Undefined):
        return ratio
    centred = moments.excess - moments.mean
    rho = float(centred[1:] @ centred[:-1]) / float(centred @ centred)
    rho = min(max(rho, -MOST_AUTOCORRELATION), MOST_AUTOCORRELATION)
    return normal_distribution(ratio * sqrt(len(centred) * (1 - rho) / (1 + rho)))


def normal_distribution(value: float) -> float:
    """Return Φ(value), the distribution function of the standard normal distribution."""
    return erfc(-value / sqrt(2)) / 2


def _deviation(returns: FloatArray) -> Figure:
    if len(returns) < LEAST_FOR_DEVIATION:
        return Undefined("One bar has no deviation; at least two are needed.")
    return float(returns.std(ddof=1))


def _times(figure: Figure, factor: float) -> Figure:
    return figure if isinstance(figure, Undefined) else figure * factor


def _no_trades() -> Undefined:
    return Undefined("There was no trade.")
