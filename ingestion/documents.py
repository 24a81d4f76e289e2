"""The published forms of what is stored about an instrument."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ingestion.bars import Adjustment


class DataDocument(BaseModel):
    """Where the bars behind a result come from. Part of every result's document."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    symbol: str
    name: str
    exchange: Annotated[str, Field(description="ISO 10383 code of the exchange, for its calendar.")]
    currency: Annotated[str, Field(description="ISO 4217 code of the prices' currency.")]
    source: Annotated[str, Field(description="sample, or alpha_vantage.")]
    source_description: Annotated[str, Field(description="The source in words, for people.")]
    adjustment: Adjustment
    first: Annotated[date, Field(description="Date of the first bar used.")]
    last: Annotated[date, Field(description="Date of the last bar used.")]
    bars: Annotated[int, Field(description="Number of bars used, warm-up included.")]
    missing_sessions: Annotated[
        list[date], Field(description="Sessions of the exchange in the range that have no bar.")
    ]
    provisional: Annotated[
        bool, Field(description="Whether the last bar was fetched before its session closed.")
    ]
    fetched_at: datetime
    sha256: Annotated[str, Field(description="Fingerprint of the bars used.")]
