"""The published JSON of live records."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from core.documents import Document
from core.pagination import NEXT_IN_WORDS
from strategies.backtests.parameters import BacktestParameters
from strategies.engine.live.next_order import Action
from strategies.models import RecordState

LONGEST_NAME = 200


class NewRecord(Document):
    """What a live record is made of."""

    backtest: Annotated[str, Field(max_length=64, description="The id of the backtest to freeze.")]
    name: Annotated[
        str,
        StringConstraints(
            strip_whitespace=True, min_length=1, max_length=LONGEST_NAME, pattern=r"^[^\x00-\x1f\x7f]*$"
        ),
        Field(description="What the record is called."),
    ]


class VerdictState(StrEnum):
    """Whether a record does as its backtest let expect."""

    TOO_EARLY = "too_early"
    INSIDE = "inside"
    LEFT = "left"
    NO_BAND = "no_band"


class RecordVerdict(Document):
    """Whether the record keeps the band, by a test that may be looked at every day."""

    state: Annotated[VerdictState, Field(description="left: it fell below the limit of the test.")]
    sentence: Annotated[str, Field(description="The verdict in words, with its error.")]
    sessions_below: Annotated[
        int, Field(description="Sessions in a row, up to the last, below the lowest line of the fan.")
    ]
    left_on: Annotated[date | None, Field(description="The first day below the limit of the test.")]
    earliest_session: Annotated[int, Field(description="Session of each year at which it can be told first.")]
    error: Annotated[float, Field(description="Chance a year that a record as good as its backtest leaves.")]


class RecordBand(Document):
    """The forecast of the record's present year, from the returns before the freeze, in currency."""

    levels: Annotated[list[float], Field(description="Probabilities of the lines of the fan.")]
    begins_after: Annotated[int, Field(description="Sessions of the record before the present year.")]
    fan: Annotated[list[list[float]], Field(description="Equity by level and session of the year.")]
    limit: Annotated[list[float], Field(description="Equity below which the band is left, by session.")]


class RecordSince(Document):
    """How the record has done since the freeze."""

    sessions: Annotated[int, Field(description="Sessions since the freeze.")]
    first: Annotated[date | None, Field(description="The first of them; null: none yet.")]
    last: Annotated[date | None, Field(description="The last of them; null: none yet.")]
    equity: Annotated[float, Field(description="At the last close, in currency.")]
    total_return: Annotated[float, Field(description="Equity over the capital, minus one.")]
    benchmark_return: Annotated[float, Field(description="The same of buy and hold.")]
    expected_return: Annotated[
        float | None, Field(description="The middle of the fan at the same session of its first year.")
    ]


class RecordPosition(Document):
    """What is held at the last close."""

    shares: Annotated[float, Field(description="Of the last evening's shares; negative when short.")]
    value: Annotated[float, Field(description="At the last close, in currency.")]
    cash: Annotated[float, Field(description="Beside it, in currency.")]


class RecordOrder(Document):
    """The order for the next open, in the shares and prices of the last evening."""

    action: Annotated[Action, Field(description="What it does.")]
    closes: Annotated[float, Field(description="Shares of the present position that it closes.")]
    opens: Annotated[float, Field(description="Shares that it opens, estimated at the last close.")]
    in_words: Annotated[str, Field(description="The order as a sentence.")]


class RecordTrigger(Document):
    """Closes of the next session that would give an order."""

    action: Annotated[Action, Field(description="What the order would do.")]
    above: Annotated[float | None, Field(description="The close must lie above; null: no limit.")]
    below: Annotated[float | None, Field(description="The close must lie below; null: no limit.")]
    in_words: Annotated[str, Field(description="The trigger as a sentence.")]


class RecordEntry(Document):
    """One session, as it was recorded; never changed."""

    date: Annotated[date, Field(description="The session.")]
    recorded_at: Annotated[datetime, Field(description="When it was recorded, UTC.")]
    close: Annotated[float, Field(description="The last price, as of that evening, in currency.")]
    equity: Annotated[float, Field(description="At the close, in currency.")]
    benchmark_equity: Annotated[float, Field(description="Of buy and hold.")]
    position: Annotated[float, Field(description="Shares as of that evening; negative when short.")]
    order: Annotated[Action | None, Field(description="What was ordered for the next open.")]
    hindsight: Annotated[bool, Field(description="Whether the session had closed before the freeze.")]
    bars_sha256: Annotated[str, Field(description="Of all bars that were decided on.")]


class RecordListing(Document):
    """A live record as lists show it."""

    id: Annotated[UUID, Field(description="Names the record in URLs.")]
    name: Annotated[str, Field(description="What it is called.")]
    symbol: Annotated[str, Field(description="Ticker symbol of the share.")]
    state: Annotated[RecordState, Field(description="Whether it goes on.")]
    backtest: Annotated[str, Field(description="The id of the backtest that was frozen.")]
    created_at: Annotated[datetime, Field(description="When it was frozen, UTC.")]
    frozen_on: Annotated[date, Field(description="The last session that was known then.")]


class RecordDocument(RecordListing):
    """A live record: the frozen rule, what became of it, and the next order."""

    engine_version: Annotated[str, Field(description="Of the engine at the freeze.")]
    parameters: Annotated[BacktestParameters, Field(description="What is traded; never changed.")]
    since: Annotated[RecordSince, Field(description="How it has done.")]
    position: Annotated[RecordPosition, Field(description="What is held.")]
    next_order: Annotated[RecordOrder | None, Field(description="For the next open; null: nothing to do.")]
    triggers: Annotated[list[RecordTrigger], Field(description="Closes that would give an order after it.")]
    band: Annotated[RecordBand | None, Field(description="The forecast; null: see the verdict for why.")]
    verdict: Annotated[RecordVerdict, Field(description="Whether it does as its backtest let expect.")]
    entries: Annotated[list[RecordEntry], Field(description="Oldest first.")]
    notices: Annotated[list[str], Field(description="What to know about its data.")]


class RecordPage(Document):
    """A page of live records, newest first."""

    items: Annotated[list[RecordListing], Field(description="The records of this page.")]
    next: Annotated[str | None, Field(description=NEXT_IN_WORDS)]
    deleted: Annotated[int, Field(description="Records that you deleted.")]
    deleted_behind: Annotated[int, Field(description="Those of them that were behind buy and hold.")]
