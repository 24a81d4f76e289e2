"""The combined report of one share: a backtest, a forecast, and a forecast that time has judged."""

from datetime import date, datetime
from hashlib import sha256
from typing import Annotated, Literal

from django.contrib.auth.base_user import AbstractBaseUser
from django.urls import reverse
from pydantic import Field

from core.documents import Document, DocumentLinks
from core.errors import InvalidInput
from core.formatting import percent
from core.results import ResultKind, announce_result
from core.stored_result import StoredResult
from dashboard.reports.parameters import (
    ReportChoice,
    backtest_parameters,
    forecast_parameters,
    stored_symbol,
)
from forecasting.forecasts.service import find_forecast, issue_forecast
from forecasting.schemas import ForecastDocument
from strategies.backtests.schemas import BacktestDocument
from strategies.backtests.service import find_backtest, run_backtest

SCHEMA: Literal["hindcast.report"] = "hindcast.report"
SCHEMA_VERSION = 1

DEFAULTS = ReportChoice()
"""The default rule, and the forecast from the last bar."""

LOOK_BACK_SESSIONS = 30
"""Sessions between the backcast's issue date and the last bar: its whole horizon."""


class LookBackResult(Document):
    """The backcast against the actual closes."""

    sessions: Annotated[int, Field(description="Forecast sessions whose close is known.")]
    inside_80: Annotated[int, Field(description="Closes inside the 80 % band.")]
    inside_95: Annotated[int, Field(description="Closes inside the 95 % band.")]
    mean_absolute_error: Annotated[
        float, Field(description="Mean distance of the closes from the median, over the close at issue.")
    ]
    random_walk_error: Annotated[
        float, Field(description="The same for the close at issue carried on unchanged.")
    ]
    sentence: Annotated[str, Field(description="What the figures mean, in words.")]


class CombinedLinks(DocumentLinks):
    """Addresses of the report and its parts, relative to the site."""

    backtest: Annotated[str, Field(description="Page of the backtest.")]
    forecast: Annotated[str, Field(description="Page of the forecast.")]
    look_back: Annotated[str | None, Field(description="Page of the backcast; null without one.")]


class CombinedDocument(Document):
    """What can be said about one share: three results and what they are worth."""

    schema_: Annotated[
        Literal["hindcast.report"], Field(alias="schema", description="What kind of document this is.")
    ] = SCHEMA
    schema_version: Annotated[
        int, Field(description="Version of that kind; a field is removed or changed in a new one only.")
    ] = SCHEMA_VERSION
    id: Annotated[str, Field(description="Hash of the identifiers of the parts.")]
    symbol: Annotated[str, Field(description="Ticker symbol of the share.")]
    name: Annotated[str, Field(description="Name of the company or fund.")]
    generated_at: Annotated[datetime, Field(description="When the newest of the parts was computed.")]
    notices: Annotated[list[str], Field(description="What a reader must know, such as a missing part.")]
    backtest: Annotated[
        BacktestDocument, Field(description="With the default rule and windows, or the chosen one.")
    ]
    forecast: Annotated[ForecastDocument, Field(description="From the last bar on, or the chosen one.")]
    look_back: Annotated[
        ForecastDocument | None,
        Field(description="Issued 30 sessions before the last bar; null where notices say why."),
    ]
    look_back_result: Annotated[
        LookBackResult | None, Field(description="Errors of the backcast; null without known closes.")
    ]
    disclosure: Annotated[str, Field(description="What hypothetical results leave out, in sentences.")]
    links: Annotated[CombinedLinks, Field(description="The report in its forms, and its parts.")]


def combined_report(
    symbol: str, choice: ReportChoice = DEFAULTS, *, owner: AbstractBaseUser | None = None
) -> CombinedDocument:
    """Return the combined report of `symbol`, computing what is not stored yet.

    owner: who asks for it. Raises NotFound for an unknown symbol or part, InvalidInput for an amount that is
    none, a part of another symbol, or too short a history.
    """
    document = _composed(stored_symbol(symbol), choice)
    announce_result(ResultKind.REPORT, document.id, owner=owner, document=document)
    return document


def _composed(symbol: str, choice: ReportChoice) -> CombinedDocument:
    backtest = _backtest(symbol, choice)
    forecast = _forecast(symbol, choice)
    look_back, notices = _look_back(symbol, backtest)
    parts: list[BacktestDocument | ForecastDocument] = [backtest, forecast]
    if look_back:
        parts.append(look_back)
    return CombinedDocument(
        id=sha256(":".join(part.id for part in parts).encode()).hexdigest()[: len(backtest.id)],
        symbol=symbol,
        name=backtest.data.name,
        generated_at=max(part.generated_at for part in parts),
        notices=notices,
        backtest=backtest,
        forecast=forecast,
        look_back=look_back,
        look_back_result=look_back_result(look_back) if look_back else None,
        disclosure=f"{backtest.disclosure} {forecast.disclosure}",
        links=_links(backtest, forecast, look_back, choice),
    )


def _backtest(symbol: str, choice: ReportChoice) -> BacktestDocument:
    if not choice.backtest:
        return run_backtest(backtest_parameters(symbol, choice.initial_investment), listed=False)
    chosen = find_backtest(choice.backtest)
    _require_symbol(symbol, chosen.parameters.symbol, part="backtest")
    return chosen


def _forecast(symbol: str, choice: ReportChoice) -> ForecastDocument:
    if not choice.forecast:
        return issue_forecast(forecast_parameters(symbol), listed=False)
    chosen = find_forecast(choice.forecast)
    _require_symbol(symbol, chosen.data.symbol, part="forecast")
    return chosen


def _require_symbol(symbol: str, found: str, *, part: str) -> None:
    if found != symbol:
        raise InvalidInput(
            f"This {part} is of {found}, the report of {symbol}. Choose one of the same symbol.", field=part
        )


def combined_result(
    symbol: str, choice: ReportChoice, *, owner: AbstractBaseUser | None
) -> StoredResult[CombinedDocument]:
    """Return the combined report as `combined_report` does, with what is published of it."""
    document = combined_report(symbol, choice, owner=owner)
    return StoredResult.of(document.id, document, is_new=False)


def look_back_result(look_back: ForecastDocument) -> LookBackResult | None:
    """Return how a forecast fared against the closes known by now; None where none is known."""
    known = [(point, point.actual) for point in look_back.points if point.actual is not None]
    if not known:
        return None
    inside_80 = sum(point.low_80 <= actual <= point.high_80 for point, actual in known)
    inside_95 = sum(point.low_95 <= actual <= point.high_95 for point, actual in known)
    scale = look_back.last_close * len(known)
    median_missed_by = sum(abs(actual - point.median) for point, actual in known) / scale
    last_close_missed_by = sum(abs(actual - look_back.last_close) for _, actual in known) / scale
    return LookBackResult(
        sessions=len(known),
        inside_80=inside_80,
        inside_95=inside_95,
        mean_absolute_error=median_missed_by,
        random_walk_error=last_close_missed_by,
        sentence=(
            f"Of the {len(known)} closes that followed, {inside_80} lay inside the 80 % band and {inside_95} "
            f"inside the 95 % band. The median missed them by {percent(median_missed_by, 1)} of the price on "
            f"average, the last close carried on by {percent(last_close_missed_by, 1)}. Closes in a row move "
            "together, so this is one observation and no proof; the forecast's scorecard counts many."
        ),
    )


def _look_back(symbol: str, backtest: BacktestDocument) -> tuple[ForecastDocument | None, list[str]]:
    dates = backtest.series.dates
    if len(dates) <= LOOK_BACK_SESSIONS:
        return None, ["The stored bars are too few for a look back."]
    issued_on: date = dates[-1 - LOOK_BACK_SESSIONS]
    try:
        return issue_forecast(forecast_parameters(symbol, as_of=issued_on), listed=False), []
    except InvalidInput as error:
        return None, [f"There is no look back. {error.message}"]


def _links(
    backtest: BacktestDocument,
    forecast: ForecastDocument,
    look_back: ForecastDocument | None,
    choice: ReportChoice,
) -> CombinedLinks:
    symbol, query = backtest.parameters.symbol, choice.query
    return CombinedLinks(
        page=reverse("report", args=[symbol]) + query,
        json_=reverse("report_json", args=[symbol]) + query,
        pdf=reverse("report_pdf", args=[symbol]) + query,
        backtest=backtest.links.page,
        forecast=forecast.links.page,
        look_back=look_back.links.page if look_back else None,
    )
