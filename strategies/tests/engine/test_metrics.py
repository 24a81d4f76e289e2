"""Key figures of small curves, by hand."""

from math import sqrt

import numpy as np
import pytest

from strategies.engine.equity_curve import Curve
from strategies.engine.metrics import Figure, Metrics, Undefined, bar_rate, measure, normal_distribution
from strategies.engine.simulation import Simulation, simulate
from strategies.tests.engine.factories import in_turn, make_account, make_prices


def held(*closes: float, start: float = 100) -> tuple[Simulation, Curve]:
    """10,000 invested at `start`, and what became of it."""
    prices = make_prices(closes, open_=[start, *closes[1:]])
    orders = in_turn(0)
    simulation = simulate(prices, orders, make_account())
    return simulation, Curve.of(simulation, prices.dates)


def figures(*closes: float, start: float = 100, benchmark: Curve | None = None, rate: float = 0) -> Metrics:
    simulation, curve = held(*closes, start=start)
    return measure(simulation, curve, benchmark or curve, rate)


def traded(opens: list[float], *bars: int) -> Metrics:
    """Bought and sold in turn at the opens of `bars`."""
    prices = make_prices(opens)
    orders = in_turn(*bars)
    simulation = simulate(prices, orders, make_account())
    curve = Curve.of(simulation, prices.dates)
    return measure(simulation, curve, curve, 0)


def reason(figure: Figure) -> str:
    assert isinstance(figure, Undefined)
    return figure.reason


def test_returns_count_every_bar_the_first_against_the_initial_cash() -> None:
    _, curve = held(110, 99, 99)
    assert curve.returns == pytest.approx([0.1, -0.1, 0])


def test_growth_carries_the_return_of_n_bars_to_252() -> None:
    assert figures(110, 121).cagr == pytest.approx(1.21**126 - 1)
    assert figures(*[100] * 251, 130).cagr == pytest.approx(0.3)


def test_growth_of_a_few_wild_bars_is_undefined_instead_of_astronomical() -> None:
    metrics = figures(2000)
    assert "too short" in reason(metrics.cagr)
    assert "too short" in reason(metrics.calmar)


def test_volatility_sharpe_and_sortino() -> None:
    metrics = figures(110, 99, 99)
    mean, deviation = 0.0, 0.1
    assert metrics.annual_volatility == pytest.approx(deviation * sqrt(252))
    assert metrics.sharpe == pytest.approx(mean / deviation * sqrt(252), abs=1e-12)
    rising = figures(120, 108, 118.8)
    returns = [0.2, -0.1, 0.1]
    assert rising.sharpe == pytest.approx(np.mean(returns) / np.std(returns, ddof=1) * sqrt(252))
    assert rising.sortino == pytest.approx(np.mean(returns) * sqrt(252) / sqrt(0.01 / 3))


def test_the_risk_free_rate_is_compounded_over_the_bars() -> None:
    assert (1 + bar_rate(0.03)) ** 252 == pytest.approx(1.03)
    with_rate = figures(120, 108, 118.8, rate=0.03)
    excess = np.array([0.2, -0.1, 0.1]) - bar_rate(0.03)
    assert with_rate.sharpe == pytest.approx(excess.mean() / excess.std(ddof=1) * sqrt(252))
    downside = np.minimum(excess, 0)
    assert with_rate.sortino == pytest.approx(excess.mean() * sqrt(252) / sqrt((downside**2).mean()))


def test_a_flat_curve_has_no_sharpe_ratio_and_says_why() -> None:
    metrics = figures(100, 100, 100)
    assert metrics.annual_volatility == 0
    assert "same return" in reason(metrics.sharpe)
    assert "same return" in reason(metrics.probabilistic_sharpe)
    assert "risk-free" in reason(metrics.sortino)
    assert "drawdown" in reason(metrics.calmar)
    assert "never moved" in reason(metrics.beta)
    assert "never moved" in reason(metrics.alpha)


def test_one_bar_has_no_deviation() -> None:
    metrics = figures(110)
    for figure in (metrics.annual_volatility, metrics.sharpe, metrics.beta, metrics.probabilistic_sharpe):
        assert "One bar" in reason(figure)
    assert metrics.total_return == pytest.approx(0.1)


def test_the_peak_of_a_drawdown_includes_the_initial_cash() -> None:
    metrics = figures(80, 90)
    assert metrics.max_drawdown == pytest.approx(-0.2)
    assert metrics.calmar == pytest.approx((0.9**126 - 1) / 0.2)
    assert metrics.ulcer_index == pytest.approx(sqrt((0.2**2 + 0.1**2) / 2))


@pytest.mark.parametrize(
    ("closes", "days"),
    [
        ([100, 100, 100], 0),
        ([110, 105, 108, 110, 120], 3),
        ([110, 105, 111, 105, 104, 103], 3),
        ([90, 95, 99], 2),
        ([90, 101, 102], 1),
        ([110, 120, 119], 1),
        ([90], 0),
    ],
)
def test_time_under_water_runs_from_a_peak_to_its_recovery_or_to_the_end(
    closes: list[float], days: int
) -> None:
    assert figures(*closes).max_drawdown_days == days


def test_time_under_water_is_counted_in_calendar_days() -> None:
    dates = np.array(["2020-01-03", "2020-01-06", "2020-01-13"], dtype="datetime64[D]")
    prices = make_prices([100, 90, 100], dates=dates)
    simulation = simulate(prices, in_turn(0), make_account())
    curve = Curve.of(simulation, dates)
    assert measure(simulation, curve, curve, 0).max_drawdown_days == 10


def test_the_worst_twentieth_of_the_returns() -> None:
    closes = np.cumprod(1 + np.arange(-10, 31) / 1000) * 100
    metrics = figures(*closes)
    # 41 returns from -1 % to 3 % in steps of 0.1 %: the quantile has rank 2, the third worst.
    assert metrics.value_at_risk_95 == pytest.approx(-0.008)
    assert metrics.expected_shortfall_95 == pytest.approx(-0.009)


def test_fewer_than_twenty_returns_have_no_worst_twentieth() -> None:
    metrics = figures(*range(100, 119))
    assert "Fewer than 20" in reason(metrics.value_at_risk_95)
    assert "Fewer than 20" in reason(metrics.expected_shortfall_95)


def test_figures_of_trades() -> None:
    # Bought and sold at 100→120, 100→90, 90→99: 12,000, then 10,800, then 11,880.
    metrics = traded([100, 120, 100, 90, 90, 99], 0, 1, 2, 3, 4, 5)
    pnl = np.array([2_000, -1_200, 1_080])
    assert metrics.trades == 3
    assert metrics.open_trades == 0
    assert metrics.win_rate == pytest.approx(2 / 3)
    assert metrics.profit_factor == pytest.approx(3_080 / 1_200)
    assert metrics.expectancy == pytest.approx(pnl.mean())
    assert metrics.sqn == pytest.approx(sqrt(3) * pnl.mean() / pnl.std(ddof=1))
    assert metrics.exposure == 0.5
    notional = 10_000 + 12_000 + 12_000 + 10_800 + 10_800 + 11_880
    equity = np.array([10_000, 12_000, 12_000, 10_800, 10_800, 11_880])
    assert metrics.turnover == pytest.approx(notional / equity.mean() * 252 / 6)


def test_figures_that_trades_leave_undefined() -> None:
    nothing = traded([100, 101])
    for figure in (nothing.win_rate, nothing.profit_factor, nothing.expectancy):
        assert reason(figure) == "There was no trade."
    one = traded([100, 101], 0, 1)
    assert "No trade lost" in reason(one.profit_factor)
    assert "Fewer than two trades" in reason(one.sqn)
    alike = traded([100, 101, 100, 100 + 100 / 101], 0, 1, 2, 3)
    assert "same profit" in reason(alike.sqn)


def test_an_open_trade_counts_as_marked() -> None:
    metrics = traded([100, 90, 95], 0)
    assert (metrics.trades, metrics.open_trades) == (1, 1)
    assert metrics.win_rate == 0
    assert metrics.expectancy == pytest.approx(-500)


def test_buy_and_hold_has_beta_one_and_no_alpha_against_itself() -> None:
    metrics = figures(110, 99, 105, 120)
    assert metrics.beta == 1
    assert metrics.alpha == 0


def test_beta_and_alpha_against_a_benchmark() -> None:
    _, benchmark = held(110, 99, 108.9)
    b = np.array([0.1, -0.1, 0.1])
    metrics = figures(105, 100, 112, benchmark=benchmark, rate=0.02)
    _, curve = held(105, 100, 112)
    beta = np.cov(curve.returns, b)[0, 1] / b.var(ddof=1)
    rate = bar_rate(0.02)
    assert metrics.beta == pytest.approx(beta)
    assert metrics.alpha == pytest.approx(252 * (curve.returns.mean() - rate - beta * (b.mean() - rate)))


def test_the_probabilistic_sharpe_ratio_allows_for_autocorrelation() -> None:
    """López de Prado, Lipton & Zoonekynd (2025), with the autocorrelation taken from its definition."""
    returns = np.array([0.02, 0.01, -0.03, 0.015, 0.04, -0.005, 0.0, 0.01])
    metrics = figures(*np.cumprod(1 + returns) * 100)
    ratio = returns.mean() / returns.std(ddof=1)
    centred = returns - returns.mean()
    rho = (centred[1:] * centred[:-1]).sum() / (centred**2).sum()
    expected = normal_distribution(ratio * sqrt(8 * (1 - rho) / (1 + rho)))
    assert metrics.probabilistic_sharpe == pytest.approx(expected)


def test_the_probabilistic_sharpe_ratio_trusts_no_autocorrelation_beyond_nine_tenths() -> None:
    """Returns that alternate have one near -1, by which the ratio would be all but certain."""
    returns = np.tile([0.03, -0.01], 10)
    metrics = figures(*np.cumprod(1 + returns) * 100)
    ratio = 0.01 / (0.02 * sqrt(20 / 19))
    assert metrics.probabilistic_sharpe == pytest.approx(normal_distribution(ratio * sqrt(20 * 1.9 / 0.1)))


@pytest.mark.parametrize(("value", "probability"), [(0, 0.5), (1.6448536269514722, 0.95), (-40, 0)])
def test_the_normal_distribution(value: float, probability: float) -> None:
    assert normal_distribution(value) == pytest.approx(probability, abs=1e-12)


def test_everything_lost_is_a_figure_and_no_error() -> None:
    prices = make_prices([100, 1, 1])
    orders = in_turn(0, 1)
    simulation = simulate(prices, orders, make_account(commission_fixed=4_000))
    curve = Curve.of(simulation, prices.dates)
    metrics = measure(simulation, curve, curve, 0)
    assert metrics.final_equity == 0
    assert metrics.cagr == -1
    assert metrics.max_drawdown == -1
    assert curve.returns.tolist() == [-0.4, -1, 0]
