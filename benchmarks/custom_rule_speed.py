"""Measure a custom rule against the same rule built in: one backtest, and 990 cells of a sweep.

    python -m benchmarks.custom_rule_speed

Bars are the last 2,518 of AAPL in the sample. Each figure is the median of many runs, in milliseconds, of
all cores that the process may use; compiled functions are warm, and the text is read before.
"""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.backtest_speed import adjusted_prices, milliseconds, strategy
from strategies.engine import kernel_loader
from strategies.engine.backtest import backtest
from strategies.engine.enums import Average, Rule
from strategies.engine.language.binding import bind
from strategies.engine.language.parse import parse_rule
from strategies.engine.parameters import RuleParameters
from strategies.engine.sweep.grid import custom_grid_of, grid_of
from strategies.engine.sweep.sweep import Sweep

TWO_AVERAGES = "buy when sma(fast) is above sma(slow)\nsell when sma(fast) is below sma(slow)"
WITH_TREND = (
    "buy when sma(fast) crosses above sma(slow) and close > ema(200)\n"
    "sell when close < sma(fast) or bars_since_entry >= 40"
)
RANGES = {"fast": list(range(2, 47)), "slow": list(range(50, 270, 10))}


def main() -> None:
    """Print the medians."""
    kernel_loader.wait()
    prices, built_in = adjusted_prices(), strategy(Average.SIMPLE, 20, 50)
    custom = replace(
        built_in,
        rule=Rule.CUSTOM,
        rule_parameters=RuleParameters(custom=bind(parse_rule(TWO_AVERAGES), {"fast": 20, "slow": 50})),
    )
    own = milliseconds(lambda: backtest(prices, built_in, first=0, risk_free_rate=0))
    text = milliseconds(lambda: backtest(prices, custom, first=0, risk_free_rate=0))
    print(
        f"one backtest of two averages: built in {own:.2f} ms, as text {text:.2f} ms, {text / own:.2f} times"
    )
    for name, grid in (
        ("built in", grid_of(Rule.MA_CROSSOVER, RuleParameters(), RANGES)),
        ("two averages as text", custom_grid_of(parse_rule(TWO_AVERAGES), RANGES)),
        ("cross, trend and bars since entry", custom_grid_of(parse_rule(WITH_TREND), RANGES)),
    ):
        sweep = Sweep(
            prices=prices, strategy=replace(built_in, rule=grid.rule), grid=grid, first=0, risk_free_rate=0.0
        )
        assert np.isfinite(sweep.figures().total_return).all()  # noqa: S101 - warm, and not empty
        # A new sweep each time: lines are part of the work.
        spent = milliseconds(lambda sweep=sweep: replace(sweep).figures())
        print(f"{len(grid)} cells, {name}: {spent:.1f} ms")


if __name__ == "__main__":
    main()
