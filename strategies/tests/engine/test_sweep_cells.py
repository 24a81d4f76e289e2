"""Every cell of a sweep says exactly what the single backtest with its parameters says."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from itertools import combinations, pairwise, product
from math import fsum, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies.engine import kernel_loader
from strategies.engine.backtest import Strategy, backtest
from strategies.engine.enums import Average, Direction, Entry, Fill, Rule
from strategies.engine.metrics import Undefined
from strategies.engine.moving_averages import moving_averages
from strategies.engine.parameters import RuleParameters
from strategies.engine.prices import FloatArray, Prices
from strategies.engine.rules import BUILT_IN, RULES, SweepKernel, decide
from strategies.engine.stops import Stops
from strategies.engine.sweep.averages import CODES, RuleCells, lines_of
from strategies.engine.sweep.grid import grid_of
from strategies.engine.sweep.kernels import cells, rules
from strategies.engine.sweep.kernels.moving_averages import simple_averages
from strategies.engine.sweep.kernels.range_tables import tabulate
from strategies.engine.sweep.market import (
    FALL,
    HIGHEST,
    LOWEST,
    LOWEST_LEVEL,
    PRICE_COLUMN,
    RETURNS_COLUMN,
    SHORTFALLS_COLUMN,
    SQUARES_COLUMN,
)
from strategies.engine.sweep.metrics import (
    GROWTH,
    HELD,
    STATS,
    TRADES,
    WINS,
    WORST,
    Figures,
    figures_of,
)
from strategies.engine.sweep.selection import (
    Objective,
    best_cell,
    neighbourhood_means,
    scores,
)
from strategies.engine.sweep.sweep import Sweep
from strategies.tests.engine.factories import make_account, make_strategy
from strategies.tests.engine.generators import many, quarter_prices

TOLERANCE = 1e-9
RATIOS = {"sharpe", "sortino"}
FIGURES = [field.name for field in fields(Figures)]
PAIRS = {"fast": range(2, 30, 5), "slow": range(4, 80, 11)}
ALL_STOPS = Stops(stop_loss=0.04, take_profit=0.15, trailing_stop=0.06)


@pytest.fixture(scope="module", autouse=True)
def _kernels() -> None:
    kernel_loader.wait()
    assert kernel_loader.ready()


def wandering_prices(bars: int = 700, seed: int = 1) -> Prices:
    """Prices that trend, turn, gap over night, and stand still for a while."""
    random = np.random.default_rng(seed)
    moves = random.normal(0.0003, 0.015, bars) + 0.004 * np.sin(np.arange(bars) / 40)
    moves[300:310] = 0.0
    close = np.round(50 * np.exp(np.cumsum(moves)), 2)
    open_ = np.round(np.concatenate(([50.0], close[:-1])) * np.exp(random.normal(0, 0.006, bars)), 2)
    high = np.maximum(open_, close) * (1 + random.exponential(0.004, bars))
    low = np.minimum(open_, close) * (1 - random.exponential(0.004, bars))
    days = np.datetime64("2001-01-01") + np.arange(bars)
    return Prices(dates=days, open=open_, high=high, low=low, close=close)


PRICES = wandering_prices()


def rounding_of(returns: FloatArray) -> float:
    """What the rounding of returns, a few parts in 10¹⁶, may come to in a ratio of them."""
    losses = returns[returns < 0]
    smallest = min(np.abs(losses).max(initial=0.0), returns.std()) / sqrt(len(returns))
    return float(1e-14 / smallest) if smallest > 0 else 0.0


def assert_cells_are_backtests(
    prices: Prices,
    strategy: Strategy,
    ranges: Mapping[str, Sequence[float]],
    *,
    first: int = 0,
    risk_free_rate: float = 0.0,
) -> None:
    grid = grid_of(strategy.rule, strategy.rule_parameters, ranges)
    sweep = Sweep(prices=prices, strategy=strategy, grid=grid, first=first, risk_free_rate=risk_free_rate)
    figures = sweep.figures()
    returns = np.concatenate(list(sweep.returns()))
    for cell in range(len(grid)):
        single = backtest(
            prices,
            replace(strategy, rule_parameters=grid.rule_parameters(cell)),
            first=first,
            risk_free_rate=risk_free_rate,
        ).strategy
        for name in FIGURES:
            expected, found = getattr(single.metrics, name), float(getattr(figures, name)[cell])
            if isinstance(expected, Undefined):
                assert np.isnan(found), (name, grid.rule_parameters(cell), found, expected)
            else:
                least = max(TOLERANCE, rounding_of(single.curve.returns)) if name in RATIOS else TOLERANCE
                assert found == pytest.approx(expected, rel=TOLERANCE, abs=least), (
                    name,
                    grid.rule_parameters(cell),
                )
        np.testing.assert_allclose(returns[cell], single.curve.returns, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize(("entry", "fill"), [*product(Entry, Fill)])
def test_pairs_of_averages(entry: Entry, fill: Fill) -> None:
    strategy = make_strategy(entry=entry, fill=fill, commission_rate=0.001, slippage=0.0005)
    assert_cells_are_backtests(PRICES, strategy, PAIRS, risk_free_rate=0.02)


def test_a_later_start_warms_averages_up_on_earlier_bars() -> None:
    strategy = make_strategy(entry=Entry.ON_STATE, commission_rate=0.001)
    assert_cells_are_backtests(PRICES, strategy, PAIRS, first=333, risk_free_rate=-0.01)


@pytest.mark.parametrize("average", Average)
def test_every_kind_of_average(average: Average) -> None:
    assert_cells_are_backtests(PRICES, make_strategy(average=average, commission_rate=0.002), PAIRS)


@pytest.mark.parametrize(
    "money",
    [
        {"position_size": 0.4},
        {"fractional_shares": False, "initial_cash": 900.0},
        {"commission_fixed": 2.5},
        {"commission_fixed": 4_000.0},
        {"commission_rate": 0.2, "slippage": 0.05},
    ],
    ids=",".join,
)
def test_every_kind_of_money(money: dict[str, float]) -> None:
    strategy = replace(make_strategy(), account=make_account(**money))
    assert_cells_are_backtests(PRICES, strategy, PAIRS)


@pytest.mark.parametrize(("direction", "fill"), [*product(Direction, Fill)])
@pytest.mark.parametrize(
    "stops", [Stops(), ALL_STOPS, Stops(trailing_stop=0.05)], ids=["none", "all", "trailing"]
)
def test_every_direction_with_and_without_stops(direction: Direction, fill: Fill, stops: Stops) -> None:
    strategy = make_strategy(
        direction=direction, fill=fill, stops=stops, entry=Entry.ON_STATE, commission_rate=0.001
    )
    assert_cells_are_backtests(PRICES, strategy, PAIRS, first=50)


@pytest.mark.parametrize("rule", BUILT_IN)
@pytest.mark.parametrize("direction", [Direction.LONG_ONLY, Direction.LONG_SHORT])
def test_every_rule(rule: Rule, direction: Direction) -> None:
    ranges: dict[str, list[float]] = {
        "fast": [3, 8],
        "middle": [10, 15],
        "slow": [12, 30],
        "signal": [4, 9],
        "band": [0.01, 0.03],
    }
    strategy = replace(make_strategy(direction=direction, commission_rate=0.001), rule=rule)
    assert_cells_are_backtests(PRICES, strategy, ranges, first=20)


@pytest.mark.parametrize("rule", [Rule.MA_CROSSOVER, Rule.MACD])
def test_a_rule_without_a_kernel_is_computed_by_its_own_function(
    rule: Rule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RULES, rule, replace(RULES[rule], kernel=None))
    strategy = replace(make_strategy(commission_rate=0.001), rule=rule)
    assert_cells_are_backtests(PRICES, strategy, {"fast": [3, 8], "slow": [12, 30]})


def test_a_rule_that_no_kernel_knows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    grid = grid_of(Rule.MACD, RuleParameters(), {"fast": [3], "slow": [12]})
    monkeypatch.delitem(CODES, SweepKernel.MACD)
    with pytest.raises(ValueError, match="macd"):
        lines_of(grid, PRICES, first=0)
    monkeypatch.setitem(CODES, SweepKernel.MACD, 99)
    lines = lines_of(grid, PRICES, first=0)
    assert isinstance(lines, RuleCells)
    with pytest.raises(ValueError, match="No rule"):
        rules.decide(lines, 0, np.empty((2, len(PRICES))), np.empty(len(PRICES), np.int8))


def test_windows_longer_than_the_data_never_trade() -> None:
    short = PRICES.until(40)
    assert_cells_are_backtests(
        short, make_strategy(entry=Entry.ON_STATE), {"fast": [2, 30], "slow": [35, 60]}
    )


def test_returns_that_hardly_differ_keep_their_digits() -> None:
    """Of a price that grows steadily the variance drowns in the rounding of sums of squares."""
    close = 50 * 1.001 ** np.arange(200.0)
    close[::7] *= 1 + 1e-7
    days = np.datetime64("2001-01-01") + np.arange(200)
    prices = Prices(dates=days, open=close, high=close, low=close, close=close)
    assert_cells_are_backtests(prices, make_strategy(entry=Entry.ON_STATE), {"fast": [2, 3], "slow": [5, 9]})


@given(quarter_prices(), st.sampled_from(Entry), st.sampled_from(Fill), st.sampled_from([0.0, 0.001, 0.2]))
@settings(many, max_examples=min(many.max_examples, 40))
def test_ties_and_short_histories(prices: Prices, entry: Entry, fill: Fill, commission: float) -> None:
    for direction in (Direction.LONG_ONLY, Direction.LONG_SHORT):
        strategy = make_strategy(entry=entry, fill=fill, direction=direction, commission_rate=commission)
        ranges = {"fast": [1, 2, 5], "slow": [2, 3, 8]}
        assert_cells_are_backtests(prices, strategy, ranges, first=len(prices) // 3)


@given(
    quarter_prices(), st.sampled_from([Rule.TRIPLE_MA, Rule.MACD, Rule.MA_ENVELOPE]), st.sampled_from(Entry)
)
@settings(many, max_examples=min(many.max_examples, 60))
def test_ties_of_rules_that_look_at_more_than_two_lines(prices: Prices, rule: Rule, entry: Entry) -> None:
    strategy = replace(make_strategy(entry=entry, direction=Direction.LONG_SHORT), rule=rule)
    ranges: dict[str, list[float]] = {
        "fast": [1, 2],
        "middle": [2, 3],
        "slow": [3, 8],
        "signal": [1, 4],
        "band": [0.01, 0.25],
    }
    assert_cells_are_backtests(prices, strategy, ranges, first=len(prices) // 3)


@pytest.mark.parametrize("bars", [1, 2, 17, 33, 64, 65, 700])
def test_sums_of_a_market_are_those_of_a_share_bought_and_sold(bars: int) -> None:
    close, rate = PRICES.close[:bars], 0.0001
    paid, received = close * 1.01, close * 0.99
    bought, sold, _ = tabulate(close, paid, received, rate)
    np.testing.assert_array_equal(bought[:, PRICE_COLUMN], 1 / paid)
    np.testing.assert_array_equal(sold[:, PRICE_COLUMN], [*received, close[-1]])
    for first, end in combinations(range(0, bars + 1, max(bars // 20, 1)), 2):
        path = [paid[first], *close[first:end], *received[end : end + 1]]
        returns = [after / before - 1 for before, after in pairwise(path)]
        shortfalls = [min(change - rate, 0.0) for change in returns]
        for column, expected in (
            (RETURNS_COLUMN, fsum(returns)),
            (SQUARES_COLUMN, fsum(change * change for change in returns)),
            (SHORTFALLS_COLUMN, fsum(change * change for change in shortfalls)),
        ):
            pairs = sold[end, column : column + 2] - bought[first, column : column + 2]
            assert pairs.sum() == pytest.approx(expected, rel=1e-13, abs=1e-16)


@pytest.mark.parametrize("bars", [17, 33, 64, 65, 700])
def test_ranges_of_a_market_are_those_of_the_closes_between_two_bars(bars: int) -> None:
    close = PRICES.close[:bars]
    _, _, ranges = tabulate(close, close * 1.01, close * 0.99, 0.0001)
    assert len(ranges) > LOWEST_LEVEL
    for first, last in combinations(range(0, bars, max(bars // 40, 1)), 2):
        level = (first ^ last).bit_length() - 1
        if level < LOWEST_LEVEL:
            continue
        stretch = close[first : last + 1]
        early, late = ranges[level, first], ranges[level, last]
        assert min(early[LOWEST], late[LOWEST]) == stretch.min()
        assert max(early[HIGHEST], late[HIGHEST]) == stretch.max()
        fall = min(early[FALL], late[FALL], late[LOWEST] / early[HIGHEST])
        assert fall == pytest.approx((stretch / np.maximum.accumulate(stretch)).min(), rel=1e-15)


def test_figures_are_the_same_compiled_and_by_numpy() -> None:
    """The same formulas, also where everything was lost, nothing was traded or growth is beyond numbers."""
    random = np.random.default_rng(3)
    tallies = np.abs(random.normal(1, 0.2, (60, STATS)))
    tallies[:, WORST] *= -0.5
    tallies[:, [TRADES, WINS, HELD]] = random.integers(0, 9, (60, 3))
    tallies[:12] = 0.0
    tallies[6:9, GROWTH] = 1e300
    for bars in (1, 2, 60):
        found = figures_of(tallies, bars=bars, risk_free_rate=0.02, columns=cells.columns)
        expected = figures_of(tallies, bars=bars, risk_free_rate=0.02)
        for name in FIGURES:
            of_both = getattr(found, name), getattr(expected, name)
            assert of_both[0].dtype == of_both[1].dtype
            np.testing.assert_allclose(*of_both, rtol=1e-13)


def test_averages_of_many_windows_are_the_same_compiled_to_the_last_digit() -> None:
    windows = [1, 2, 7, 50, 699, 700, 701, 900]
    found = moving_averages(PRICES.close, windows, Average.SIMPLE, length=704, compiled=simple_averages)
    np.testing.assert_array_equal(found, moving_averages(PRICES.close, windows, Average.SIMPLE, length=704))


def test_lines_of_macd_decide_as_the_single_backtest_to_the_last_digit() -> None:
    """The compiled sides are those of the rule at every bar, near ties included."""
    random = np.random.default_rng(4)
    close = np.array(np.round(50 + np.cumsum(random.choice([-0.01, 0.0, 0.01], 3_000)), 2), dtype=np.float64)
    days = np.datetime64("2001-01-01") + np.arange(len(close))
    prices = Prices(dates=days, open=close, high=close, low=close, close=close)
    ranges = {"fast": range(2, 8), "slow": range(8, 30, 3), "signal": range(2, 12, 3)}
    grid = grid_of(Rule.MACD, RuleParameters(), ranges)
    recipes = lines_of(grid, prices, first=0)
    assert isinstance(recipes, RuleCells)
    room, sides = np.empty((2, len(close))), np.empty(len(close), np.int8)
    for cell in range(len(grid)):
        known_from = rules.decide(recipes, cell, room, sides)
        expected = decide(Rule.MACD, prices, grid.rule_parameters(cell))
        assert known_from == expected.known_from
        np.testing.assert_array_equal(sides[known_from:], expected.side[known_from:])
        signal = expected.indicators[1].values
        np.testing.assert_array_equal(room[1][known_from:], signal[known_from:])


def test_large_grids_are_shared_by_threads_without_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    grid = grid_of(Rule.MA_CROSSOVER, RuleParameters(), {"fast": range(2, 60), "slow": range(3, 61)})
    sweep = Sweep(prices=PRICES, strategy=make_strategy(), grid=grid, first=0, risk_free_rate=0.0)
    alone = sweep.figures()
    monkeypatch.setattr(cells, "PARALLEL_FROM", 0)
    monkeypatch.setattr(cells, "cores", lambda: 3)
    shared = sweep.figures()
    for name in FIGURES:
        np.testing.assert_array_equal(getattr(alone, name), getattr(shared, name))


def test_combinations_whose_windows_do_not_increase_are_skipped_and_counted() -> None:
    grid = grid_of(Rule.TRIPLE_MA, RuleParameters(), {"fast": [5, 10], "middle": [10, 20], "slow": [10, 30]})
    assert grid.skipped == 5
    assert [tuple(vars(grid.rule_parameters(cell)).values())[1:4] for cell in range(len(grid))] == [
        (5, 10, 30),
        (5, 20, 30),
        (10, 20, 30),
    ]


def test_the_best_cell_has_the_highest_score_among_those_with_enough_trades() -> None:
    grid = grid_of(Rule.MA_CROSSOVER, RuleParameters(), PAIRS)
    figures = Sweep(prices=PRICES, strategy=make_strategy(), grid=grid, first=0, risk_free_rate=0.0).figures()
    for objective in Objective:
        score = scores(figures, objective, minimum_trades=5)
        best = best_cell(score)
        assert best is not None
        assert figures.trades[best] >= 5
        assert score[best] == max(
            value
            for value, trades in zip(getattr(figures, objective), figures.trades, strict=True)
            if trades >= 5 and not np.isnan(value)
        )
    assert best_cell(scores(figures, Objective.SHARPE, minimum_trades=10_000)) is None


def test_a_neighbourhood_is_the_cell_and_those_beside_it_on_every_axis() -> None:
    grid = grid_of(Rule.MA_CROSSOVER, RuleParameters(), {"fast": [1, 2, 3], "slow": [10, 20, 30]})
    values = np.arange(9.0)
    values[4] = np.nan
    means = neighbourhood_means(grid, values)
    corner = [values[cell] for cell in (0, 1, 3)]
    assert means[0] == pytest.approx(np.mean(corner))
    assert means[4] == pytest.approx(np.nanmean(values))
