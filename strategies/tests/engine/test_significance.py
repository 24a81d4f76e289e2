"""The tests of a sweep's best cell, on prices whose truth is known."""

from dataclasses import replace

import numpy as np
import pytest

from strategies.engine import kernel_loader
from strategies.engine.account import Account
from strategies.engine.backtest import Strategy, backtest
from strategies.engine.enums import Direction, Entry, Fill, Rule
from strategies.engine.metrics import Undefined
from strategies.engine.parameters import RuleParameters
from strategies.engine.prices import FloatArray, Prices
from strategies.engine.statistics.spa import SpaResult
from strategies.engine.sweep.distinct_cells import distinct_cells
from strategies.engine.sweep.grid import Grid, grid_of
from strategies.engine.sweep.resampled_prices import resampled_prices
from strategies.engine.sweep.selection import Objective, best_cell, scores
from strategies.engine.sweep.significance import Significance, assess
from strategies.engine.sweep.sweep import Sweep
from strategies.engine.sweep.walk_forward import WalkForward, WalkForwardWindow

BARS = 800
FAST, SLOW = (5, 10, 20), (30, 50, 80)


@pytest.fixture(scope="module", autouse=True)
def _kernels() -> None:
    kernel_loader.wait()


def prices_of(returns: FloatArray) -> Prices:
    close = 100 * np.cumprod(1 + returns)
    days = np.datetime64("2000-01-03") + np.arange(len(close))
    return Prices(dates=days, open=close, high=close, low=close, close=close)


def noise(seed: int = 1) -> FloatArray:
    return np.random.default_rng(seed).normal(0, 0.01, BARS)


def trends() -> FloatArray:
    side = np.where(np.arange(BARS) // 100 % 2 == 0, 1, -1)
    return noise() + 0.003 * side


def sweep_of(
    returns: FloatArray,
    fast: tuple[int, ...] = FAST,
    slow: tuple[int, ...] = SLOW,
    direction: Direction = Direction.LONG_ONLY,
) -> Sweep:
    account = Account(
        initial_cash=1000.0,
        position_size=1.0,
        fractional_shares=True,
        commission_rate=0.0,
        commission_fixed=0.0,
        slippage=0.0,
    )
    strategy = Strategy(
        rule=Rule.MA_CROSSOVER,
        rule_parameters=RuleParameters(),
        entry=Entry.ON_STATE,
        direction=direction,
        fill=Fill.SAME_CLOSE,
        account=account,
    )
    grid = grid_of(strategy.rule, strategy.rule_parameters, {"fast": fast, "slow": slow})
    return Sweep(prices=prices_of(returns), strategy=strategy, grid=grid, first=0, risk_free_rate=0.0)


def assessed(sweep: Sweep, *earlier: Sweep, minimum_trades: int = 1, known: int = 0) -> Significance:
    figures = sweep.figures()
    best = best_cell(scores(figures, Objective.SHARPE, minimum_trades=minimum_trades))
    market = backtest(sweep.prices, sweep.strategy, first=0, risk_free_rate=0.0).benchmark.curve.returns
    return assess(
        sweep,
        figures,
        best_returns=None if best is None else sweep.returns_of((best,))[0],
        market=market,
        minimum_trades=minimum_trades,
        earlier=earlier,
        known=known,
    )


def p_value(test: SpaResult | Undefined) -> float:
    assert not isinstance(test, Undefined)
    return test.p_value


def test_trends_are_found_and_noise_is_not() -> None:
    assert p_value(assessed(sweep_of(trends())).same_exposure) < 0.01
    assert p_value(assessed(sweep_of(noise())).same_exposure) > 0.1


def test_in_a_falling_market_only_buy_and_hold_is_beaten() -> None:
    found = assessed(sweep_of(noise() - 0.002))
    assert p_value(found.buy_and_hold) < 0.01
    assert p_value(found.same_exposure) > 0.1


def test_a_steady_rise_needs_no_skill_to_have_a_clear_sharpe_ratio() -> None:
    found = assessed(sweep_of(noise() + 0.002))
    assert isinstance(found.probabilistic, float)
    assert found.probabilistic > 0.99
    assert p_value(found.same_exposure) > 0.1


def test_narrowing_forgets_no_trial() -> None:
    wide = sweep_of(noise())
    leading = assessed(wide).same_exposure
    assert not isinstance(leading, Undefined)
    ahead = wide.grid.rule_parameters(int(np.argmax(leading.leads)))
    narrow = sweep_of(noise(), fast=(ahead.fast,), slow=(ahead.slow,))
    alone, counted = assessed(narrow), assessed(narrow, wide)
    assert (alone.trials_ever, counted.trials_ever) == (1, assessed(wide).trials_ever)
    assert p_value(alone.same_exposure) < p_value(counted.same_exposure)
    assert isinstance(alone.deflated_ever, float)
    assert isinstance(counted.deflated_ever, float)
    assert counted.deflated_ever < alone.deflated_ever
    assert isinstance(alone.overfitting, Undefined)
    assert not isinstance(counted.overfitting, Undefined)


def test_trials_that_are_not_at_hand_count_too() -> None:
    sweep = sweep_of(noise())
    at_hand, more = assessed(sweep), assessed(sweep, known=5000)
    assert more.trials_ever == round(5000 * at_hand.trials_ever / at_hand.trials)
    assert more.luck > at_hand.luck


def test_equal_cells_are_one_trial() -> None:
    """Two sweeps of the same cells, and one in which every combination comes three times."""
    sweep = sweep_of(noise())
    thrice = replace(sweep.grid, axes={name: np.tile(values, 3) for name, values in sweep.grid.axes.items()})
    repeated = replace(sweep, grid=thrice)
    cells = distinct_cells(repeated, repeated.figures(), [sweep])
    assert len(cells) == len(sweep.grid)
    assert cells.of_first.tolist() == 3 * list(range(len(sweep.grid)))
    assert assessed(repeated, sweep).trials_ever == len(sweep.grid)


def test_identical_trials_have_no_probability_of_overfitting() -> None:
    sweep = sweep_of(noise(), fast=(10,), slow=(50,))
    grid: Grid = replace(
        sweep.grid, axes={name: np.tile(values, 5) for name, values in sweep.grid.axes.items()}
    )
    assert isinstance(assessed(replace(sweep, grid=grid)).overfitting, Undefined)


def test_cells_that_may_not_be_chosen_are_not_ranked() -> None:
    sweep = sweep_of(noise())
    trades = np.sort(sweep.figures().trades)
    few = assessed(sweep, minimum_trades=int(trades[-2]))
    assert not isinstance(few.overfitting, Undefined)
    none = assessed(sweep, minimum_trades=int(trades[-1]) + 1)
    assert isinstance(none.overfitting, Undefined)
    assert isinstance(none.shape, Undefined)


def test_cells_that_never_trade_beat_nothing() -> None:
    found = assessed(sweep_of(np.full(BARS, -0.001)))
    assert isinstance(found.same_exposure, Undefined)
    assert isinstance(found.buy_and_hold, Undefined)


def test_a_strategy_that_is_long_and_short_is_compared_with_its_net_position() -> None:
    sweep = sweep_of(noise(), fast=(10,), slow=(50,), direction=Direction.LONG_SHORT)
    cells = distinct_cells(sweep, sweep.figures(), [])
    market = np.diff(sweep.prices.close, prepend=100.0) / np.concatenate([[100.0], sweep.prices.close[:-1]])
    returns = sweep.returns_of((0,))
    # Without costs and with fills at the close, a return is the position times that of the market.
    expected = np.mean(returns[0][1:] / market[1:])
    assert -0.9 < expected < 0.9
    assert cells.net_exposure(np.array([0]), returns, market)[0] == pytest.approx(expected, abs=0.01)


def test_resampled_prices_are_the_same_bars_in_another_order() -> None:
    random = np.random.default_rng(4)
    close = 50 * np.cumprod(1 + noise())
    prices = Prices(
        dates=np.datetime64("2000-01-03") + np.arange(BARS),
        open=close * random.uniform(0.99, 1.01, BARS),
        high=close * 1.02,
        low=close * 0.98,
        close=close,
    )
    known = {round(float(value), 9) for value in close[1:] / close[:-1]}
    series = list(resampled_prices(prices, draws=3, block_length=2))
    assert len(series) == 3
    for drawn in series:
        assert (drawn.dates == prices.dates).all()
        assert drawn.close[0] == close[0]
        assert {round(float(value), 9) for value in drawn.close[1:] / drawn.close[:-1]} <= known
        np.testing.assert_allclose(drawn.high[1:] / drawn.close[1:], 1.02)
        np.testing.assert_allclose(drawn.low[1:] / drawn.close[1:], 0.98)
    assert (series[0].close != series[1].close).any()


def test_the_choice_holds_up_where_there_are_trends_and_not_on_noise() -> None:
    trending, idle = assessed(sweep_of(trends())), assessed(sweep_of(noise()))
    assert not isinstance(trending.overfitting_null, Undefined)
    assert not isinstance(idle.overfitting_null, Undefined)
    assert idle.overfitting_null.p_value > 0.05
    assert 0 < trending.overfitting_null.p_value <= 1
    assert trending.overfitting_null.series == idle.overfitting_null.series == 39


def test_a_short_last_window_does_not_outweigh_the_others() -> None:
    """100, 100 and 30 bars: the efficiency is the mean over bars, not over windows."""

    def window(begin: int, end: int, before: float, after: float) -> WalkForwardWindow:
        return WalkForwardWindow(
            train_first=0,
            test_first=begin,
            test_end=end,
            cell=0,
            score=before,
            in_sample_return=0.0,
            in_sample_sharpe=before,
            total_return=0.0,
            sharpe=after,
        )

    windows = [window(0, 100, 1.0, 0.5), window(100, 200, 1.0, 0.5), window(200, 230, 1.0, -4.0)]
    found = WalkForward.efficiency.fget  # type: ignore[attr-defined]
    forward = object.__new__(WalkForward)
    object.__setattr__(forward, "stretches", windows)
    assert found(forward) == pytest.approx((100 * 0.5 + 100 * 0.5 - 30 * 4.0) / 230)
