"""Convert parameters and bars into engine inputs."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from core.errors import HindcastError, InvalidInput
from ingestion.bars import Adjustment, Bars, load_bars, without_halts
from ingestion.notices import actions_notice
from ingestion.provenance import data_fingerprint_fields
from ingestion.schemas import DataDocument
from strategies.engine import ENGINE_VERSION
from strategies.engine.account import Account
from strategies.engine.backtest import Strategy
from strategies.engine.moving_averages import PricesTooLarge
from strategies.engine.parameters import RuleParameters
from strategies.engine.prices import Prices
from strategies.engine.simulation import ReconciliationError
from strategies.engine.stops import Stops
from strategies.parameters import TradingParameters

logger = logging.getLogger(__name__)

BASIS_POINT = 1e-4


@dataclass(frozen=True, eq=False, kw_only=True)
class TradedBars:
    """Hold the bars of a request.

    first: index of the first traded bar.
    splits: days inside the traded period on which an unadjusted price jumps by a split.
    """

    bars: Bars
    first: int
    splits: tuple[date, ...]

    @classmethod
    def of(cls, parameters: TradingParameters, symbol: str) -> "TradedBars":
        """Load the bars; raises InvalidInput when they are missing or too few, naming the field."""
        bars = without_halts(load_bars(symbol, end=parameters.end, adjustment=parameters.adjustment))
        first = first_traded_bar(parameters, bars)
        return TradedBars(bars=bars, first=first, splits=split_days(bars, first))

    @cached_property
    def prices(self) -> Prices:
        """The bars as the engine takes them."""
        return prices_of(self.bars)

    @property
    def start(self) -> date:
        """The first traded day."""
        day: date = self.bars.dates[self.first].item()
        return day

    @property
    def end(self) -> date:
        """The last traded day."""
        return last_day(self.bars)

    @cached_property
    def data(self) -> DataDocument:
        """What a document says of the bars."""
        return DataDocument.of(self.bars)

    @property
    def identity(self) -> dict[str, Any]:
        """What of the data and of the engine decides a document, as plain JSON values."""
        return {
            "data": data_fingerprint_fields(self.data),
            "actions_notice": actions_notice(self.bars),
            "unadjusted_splits": [day.isoformat() for day in self.splits],
            "engine_version": ENGINE_VERSION,
        }


def first_traded_bar(parameters: TradingParameters, bars: Bars) -> int:
    """Return the index of the first bar on or after `start`; raises InvalidInput when there is none."""
    if parameters.start is None:
        return 0
    first = int(np.searchsorted(bars.dates, np.datetime64(parameters.start)))
    if first == len(bars):
        until = f" up to {parameters.end}" if parameters.end else ""
        raise InvalidInput(
            f"No bar of {bars.symbol} lies on or after {parameters.start}{until}. "
            f"The stored bars{until} run from {bars.dates[0]} to {last_day(bars)}; choose a day in between.",
            field="start",
        )
    return first


@contextmanager
def failures_in_words(parameters: TradingParameters, bars: Bars) -> Iterator[None]:
    """Tell people what the engine cannot compute, and what to do about it.

    Raises InvalidInput when prices grew too much to be averaged exactly, and HindcastError when a result
    does not add up and so is not shown.
    """
    try:
        yield
    except PricesTooLarge:
        raise InvalidInput(
            f"Prices of {bars.symbol} grew too much over all stored bars to be averaged exactly. "
            "Choose another adjustment or shorter windows.",
            field="adjustment",
        ) from None
    except ReconciliationError as problem:
        logger.exception("a result for %s does not add up: %s", bars.symbol, parameters)
        raise HindcastError(
            f"This result does not add up and is not shown: {problem} Please report it with its parameters."
        ) from problem


def last_day(bars: Bars) -> date:
    """Return the day of the last bar."""
    day: date = bars.dates[-1].item()
    return day


def prices_of(bars: Bars) -> Prices:
    """Return the bars as the engine takes them."""
    return Prices(
        dates=bars.dates,
        open=bars.open,
        high=bars.high,
        low=bars.low,
        close=bars.close,
        volume=bars.volume.astype(np.float64),
    )


def strategy_of(parameters: TradingParameters, rule_parameters: RuleParameters) -> Strategy:
    """Return what the engine trades."""
    return Strategy(
        rule=parameters.rule,
        rule_parameters=rule_parameters,
        entry=parameters.entry,
        direction=parameters.direction,
        fill=parameters.fill,
        stops=Stops(
            stop_loss=parameters.stop_loss,
            take_profit=parameters.take_profit,
            trailing_stop=parameters.trailing_stop,
        ),
        account=Account(
            initial_cash=parameters.initial_investment,
            position_size=parameters.position_size,
            fractional_shares=parameters.fractional_shares,
            commission_rate=parameters.commission_rate,
            commission_fixed=parameters.commission_fixed,
            slippage=parameters.slippage_bps * BASIS_POINT,
        ),
    )


def split_days(bars: Bars, first: int) -> tuple[date, ...]:
    """Return the traded days on which a split makes an unadjusted price jump."""
    if bars.adjustment != Adjustment.NONE:
        return ()
    adjusted = load_bars(bars.symbol, end=last_day(bars), adjustment=Adjustment.SPLITS)
    factor = bars.close / adjusted.close[np.isin(adjusted.dates, bars.dates)]
    jumps = np.flatnonzero(~np.isclose(factor[1:], factor[:-1])) + 1
    # The jump into the first traded bar happened before anything could be held.
    days: list[date] = bars.dates[jumps[jumps > first]].tolist()
    return tuple(days)
