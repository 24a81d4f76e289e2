"""Compute a backtest, and hold the result beside what it was computed from."""

from dataclasses import dataclass
from datetime import date

from strategies.backtests.inputs import BacktestInputs
from strategies.engine.backtest import Result, backtest
from strategies.inputs import failures_in_words, strategy_of


@dataclass(frozen=True, kw_only=True)
class Run:
    """A computed backtest with its inputs."""

    inputs: BacktestInputs
    result: Result

    @property
    def start(self) -> date:
        """The first traded day."""
        return self.inputs.start

    @property
    def end(self) -> date:
        """The last traded day."""
        return self.inputs.end


def compute(inputs: BacktestInputs) -> Run:
    """Compute the backtest.

    Raises InvalidInput when the bars are too few for the request, and HindcastError when the result does
    not add up and so is not shown.
    """
    inputs.require_long_enough()
    parameters = inputs.parameters
    with failures_in_words(parameters, inputs.bars):
        result = backtest(
            inputs.prices,
            strategy_of(parameters, parameters.rule_parameters),
            first=inputs.first,
            risk_free_rate=parameters.risk_free_rate,
            compared=inputs.compared_prices,
        )
    return Run(inputs=inputs, result=result)
