"""What may be asked of a forecast: the one definition of its parameters and their limits."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from core.field_messages import FieldMessage
from ingestion.symbols import SYMBOL_MESSAGE, Symbol


class ModelKind(StrEnum):
    """Which trained model predicts."""

    POOLED = "pooled"
    SYMBOL = "symbol"


class ForecastParameters(BaseModel):
    """One forecast's question."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    symbol: Annotated[Symbol, Field(description="Ticker symbol of a stored instrument."), SYMBOL_MESSAGE]
    horizon: Annotated[
        int,
        Field(ge=1, le=60, description="Sessions to look ahead."),
        FieldMessage("a whole number of sessions"),
    ] = 30
    as_of: Annotated[
        date | None,
        Field(description="Issue date, for a backcast; nothing later is used. Null: the last bar."),
        FieldMessage("a day as year-month-day, or nothing for the last bar", hint="2012-12-31 is one"),
    ] = None
    model: Annotated[
        ModelKind,
        Field(description="pooled: one model for all symbols; symbol: calibrated by train_ml_model."),
    ] = ModelKind.POOLED


class EvaluationParameters(BaseModel):
    """One rolling evaluation's question: how would this model have done on this symbol?"""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    symbol: Annotated[Symbol, Field(description="Ticker symbol of a stored instrument."), SYMBOL_MESSAGE]
    model: Annotated[ModelKind, Field(description="Which model is evaluated.")] = ModelKind.POOLED
    horizon: Annotated[
        int,
        Field(ge=1, le=60, description="Longest distance that is scored, in sessions."),
        FieldMessage("a whole number of sessions"),
    ] = 30
    years: Annotated[
        int,
        Field(ge=1, le=25, description="Calendar years of issue dates, counted back from the last bar."),
        FieldMessage("a whole number of years"),
    ] = 10
