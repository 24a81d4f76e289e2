"""Load what a backtest computes with: the bars it trades, and those it is compared with."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from core.document_ids import document_id
from core.errors import InvalidInput
from ingestion.bars import Bars, load_bars
from ingestion.provenance import data_fingerprint_fields
from ingestion.schemas import DataDocument
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.schemas import SCHEMA_VERSION
from strategies.engine.alignment import on_the_days_of
from strategies.engine.prices import Prices
from strategies.engine.rules import RULES
from strategies.inputs import TradedBars, prices_of


@dataclass(frozen=True, eq=False, kw_only=True)
class BacktestInputs(TradedBars):
    """Hold a request with its bars.

    compared_bars: of the symbol that it is compared with, if any.
    """

    parameters: BacktestParameters
    compared_bars: Bars | None = None

    @classmethod
    def load(cls, parameters: BacktestParameters) -> Self:
        """Load the bars; raises InvalidInput when they are missing or too few, naming the field."""
        traded = TradedBars.of(parameters, parameters.symbol)
        return cls(**vars(traded), parameters=parameters, compared_bars=_compared_bars(parameters, traded))

    @cached_property
    def id(self) -> str:
        """The hash of request, data, engine and form: what decides the document."""
        return document_id(
            {
                "parameters": self.parameters.model_dump(mode="json", exclude=self.parameters.unstated),
                "compared_data": self._compared_data,
                "schema_version": SCHEMA_VERSION,
                **self.identity,
            }
        )

    @property
    def compared_prices(self) -> Prices | None:
        """The compared symbol's prices on the traded days; raises InvalidInput when they begin later."""
        bars = self.compared_bars
        if bars is None:
            return None
        traded = self.prices.since(self.first)
        prices = on_the_days_of(traded, prices_of(bars))
        if prices is None:
            raise InvalidInput(
                f"Trading starts on {traded.dates[0]}, before the first stored bar of {bars.symbol}, "
                f"{bars.dates[0]}. Start then or later, or compare with another symbol.",
                field="compare_with",
            )
        return prices

    def require_long_enough(self) -> None:
        """Raise InvalidInput when the longest window of the rule is longer than all bars."""
        for name in RULES[self.parameters.rule].windows[-1:]:
            window = getattr(self.parameters, name)
            if window > len(self.bars):
                raise InvalidInput(
                    f"The {name} window of {window:,d} bars is longer than all {len(self.bars):,d} bars of "
                    f"{self.bars.symbol} stored up to {self.end}. Choose a shorter window, or fetch more "
                    "bars.",
                    field=name,
                )

    @property
    def _compared_data(self) -> dict[str, Any] | None:
        bars = self.compared_bars
        return None if bars is None else data_fingerprint_fields(DataDocument.of(bars))


def _compared_bars(parameters: BacktestParameters, traded: TradedBars) -> Bars | None:
    """Return the bars of the compared symbol up to the last traded day."""
    if parameters.compare_with is None:
        return None
    try:
        return load_bars(parameters.compare_with, end=traded.end, adjustment=parameters.adjustment)
    except InvalidInput as problem:
        raise InvalidInput(problem.message, field="compare_with") from None
