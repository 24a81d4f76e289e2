"""Requests that arrive as parts of a URL: a symbol, an amount."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from pydantic import ValidationError

from core.errors import InvalidInput, NotFound, field_errors
from forecasting.parameters import ForecastParameters
from ingestion.instruments import find_instrument
from strategies.backtests.parameters import BacktestParameters


@dataclass(frozen=True, kw_only=True)
class ReportChoice:
    """What a combined report is made of, where not of the defaults; empty texts stand for these.

    initial_investment: cash of the default backtest, in the share's currency.
    backtest, forecast: identifiers of stored ones.
    """

    initial_investment: float | str | None = None
    backtest: str = ""
    forecast: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "ReportChoice":
        """Return the choice in a URL's query."""
        return cls(
            initial_investment=query.get("initial_investment"),
            backtest=query.get("backtest", ""),
            forecast=query.get("forecast", ""),
        )

    @property
    def query(self) -> str:
        """The query that makes the same choice, with its question mark; empty for the defaults."""
        chosen = {name: value for name, value in vars(self).items() if value not in (None, "")}
        return f"?{urlencode(chosen)}" if chosen else ""


def stored_symbol(text: str) -> str:
    """Return the symbol in capitals; raises NotFound where no bars of it are stored.

    In a URL, what cannot be a symbol leads nowhere either.
    """
    try:
        return find_instrument(text).symbol
    except InvalidInput as error:
        raise NotFound(error.message, field=error.field) from None


def backtest_parameters(symbol: str, initial_investment: float | str | None = None) -> BacktestParameters:
    """Return the default backtest of `symbol`; raises InvalidInput for an amount that is none."""
    given = {} if initial_investment is None else {"initial_investment": initial_investment}
    try:
        return BacktestParameters.model_validate({"symbol": symbol, **given})
    except ValidationError as error:
        first = field_errors(error)[0]
        raise InvalidInput(first.message, field=first.field) from None


def forecast_parameters(symbol: str, *, as_of: date | None = None) -> ForecastParameters:
    """Return the default forecast of `symbol`, issued on `as_of` or on the last bar."""
    return ForecastParameters(symbol=symbol, as_of=as_of)
