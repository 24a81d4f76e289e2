"""The published forms of what is stored about an instrument."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from core.documents import Document
from ingestion.bars import Adjustment, Bars
from ingestion.models import ActionKind, Source

SOURCE_DESCRIPTIONS = {
    Source.SAMPLE: (
        "The historical sample that comes with Hindcast for use without an API key: real daily bars of the "
        "years 2000 to 2013, as published by Quandl (WIKI prices). These are not current prices."
    ),
    Source.ALPHA_VANTAGE: "Alpha Vantage: daily bars as traded.",
    Source.TIINGO: "Tiingo: daily bars as traded.",
    Source.FILE: "Daily bars imported from a file.",
}
"""Each source in words, for people."""


class DataDocument(Document):
    """Where the bars behind a result come from. Part of every result's document."""

    symbol: Annotated[str, Field(description="Ticker symbol.")]
    name: Annotated[str, Field(description="Name of the company or fund.")]
    exchange: Annotated[str, Field(description="ISO 10383 code of the exchange, for its calendar.")]
    currency: Annotated[str, Field(description="ISO 4217 code of the prices' currency.")]
    source: Annotated[str, Field(description="sample, alpha_vantage, tiingo or file.")]
    source_description: Annotated[str, Field(description="The source in words, for people.")]
    adjustment: Annotated[Adjustment, Field(description="Corporate actions taken out of the prices.")]
    first: Annotated[date, Field(description="Date of the first bar used.")]
    last: Annotated[date, Field(description="Date of the last bar used.")]
    bars: Annotated[int, Field(description="Number of bars used, warm-up included.")]
    missing_sessions: Annotated[
        list[date], Field(description="Sessions of the exchange in the range that have no bar.")
    ]
    provisional: Annotated[
        bool, Field(description="Whether the last bar was fetched before its session closed.")
    ]
    fetched_at: Annotated[datetime, Field(description="When the newest of the bars was fetched.")]
    actions_fetched_at: Annotated[
        datetime | None,
        Field(description="When the source was last asked for splits and dividends; null: never."),
    ]
    sha256: Annotated[str, Field(description="Fingerprint of the bars used.")]

    @classmethod
    def of(cls, bars: Bars) -> Self:
        """Return the document of `bars`."""
        return cls(
            symbol=bars.symbol,
            name=bars.name,
            exchange=bars.exchange,
            currency=bars.currency,
            source=bars.source,
            source_description=SOURCE_DESCRIPTIONS[Source(bars.source)],
            adjustment=bars.adjustment,
            first=bars.dates[0].item(),
            last=bars.dates[-1].item(),
            bars=len(bars),
            missing_sessions=list(bars.missing_sessions),
            provisional=bars.provisional,
            fetched_at=bars.fetched_at,
            actions_fetched_at=bars.actions_fetched_at,
            sha256=bars.fingerprint,
        )


class ResultDocument[Parameters: BaseModel](Document):
    """What every result that rests on stored bars says of itself."""

    id: Annotated[
        str, Field(description="Hash of parameters, stated data, engine or model, and schema version.")
    ]
    generated_at: Annotated[datetime, Field(description="When it was computed, UTC.")]
    parameters: Annotated[Parameters, Field(description="The request, with every default.")]
    data: Annotated[DataDocument, Field(description="Where the bars come from, and what is wrong with them.")]
    summary: Annotated[str, Field(description="The result in a sentence.")]
    notices: Annotated[list[str], Field(description="What a reader must know, the most important first.")]
    disclosure: Annotated[
        str, Field(description="What such a result leaves out or cannot know, in sentences.")
    ]


class ActionDocument(Document):
    """A split or dividend, effective before the open of its day."""

    date: Annotated[date, Field(description="Day from whose open on it holds.")]
    kind: Annotated[ActionKind, Field(description="A split, or a cash dividend.")]
    value: Annotated[
        float, Field(description="New shares for one old share, or the dividend a share in currency.")
    ]


class SplitRequest(BaseModel):
    """A split to record by hand."""

    date: Annotated[date, Field(description="First day on which prices are those after the split.")]
    value: Annotated[float, Field(gt=0, description="New shares for one old share: 2, or 0.1.")]


class InstrumentDocument(Document):
    """What is stored about one instrument. Prices are raw, as traded."""

    symbol: Annotated[str, Field(description="Ticker symbol.")]
    name: Annotated[str, Field(description="Name of the company or fund.")]
    exchange: Annotated[str, Field(description="ISO 10383 code of the exchange, for its calendar.")]
    currency: Annotated[str, Field(description="Code of the prices' currency; GBX is pence.")]
    source: Annotated[Source, Field(description="Where the bars come from.")]
    source_description: Annotated[str, Field(description="The source in words, for people.")]
    is_sample: Annotated[bool, Field(description="Whether these are the historical bars of the sample.")]
    bars: Annotated[int, Field(description="Number of daily bars stored.")]
    first: Annotated[date | None, Field(description="Date of the first bar.")]
    last: Annotated[date | None, Field(description="Date of the last bar.")]
    last_close: Annotated[float | None, Field(description="Close of the last bar.")]
    previous_close: Annotated[float | None, Field(description="Close of the bar before it.")]
    provisional: Annotated[bool, Field(description="Whether the last bar came before its session closed.")]
    fetched_at: Annotated[datetime, Field(description="When the source was last asked for bars.")]
    actions: Annotated[list[ActionDocument], Field(description="Splits and dividends, oldest first.")]


class QuotaDocument(Document):
    """What is left of the API key's requests, and what the key's plan includes."""

    requests_left: Annotated[
        int | None, Field(description="Requests left today, by Hindcast's count; null: no daily limit.")
    ]
    requests_per_day: Annotated[int | None, Field(description="The plan's daily limit; null: none.")]
    exhausted_until: Annotated[
        datetime | None,
        Field(description="The provider said that the day is used up, and is asked again after this."),
    ]
    resets_at: Annotated[
        datetime | None, Field(description="When the next day of requests begins; null: no daily limit.")
    ]
    reset_is_known: Annotated[
        bool, Field(description="Whether that was learned from the provider; else midnight UTC is assumed.")
    ]
    full_history: Annotated[
        bool | None,
        Field(description="Whether the plan has more than the latest 100 bars; null: not tried yet."),
    ]


class GapDocument(Document):
    """A run of consecutive sessions without bars."""

    first: Annotated[date, Field(description="First session without a bar.")]
    last: Annotated[date, Field(description="Last session without a bar.")]
    sessions: Annotated[int, Field(description="Sessions in the run.")]


class QuarantinedDocument(Document):
    """A bar that is kept out of the prices."""

    date: Annotated[date, Field(description="Day of the bar.")]
    reason: Annotated[str, Field(description="What is wrong with it.")]


class CoverageDocument(Document):
    """How complete an instrument's bars are. Null where its exchange has no calendar to tell by."""

    symbol: Annotated[str, Field(description="Ticker symbol.")]
    bars: Annotated[int, Field(description="Number of daily bars stored, of any time.")]
    expected_from: Annotated[date | None, Field(description="First day of the time that should be complete.")]
    expected_to: Annotated[date | None, Field(description="Last day of that time.")]
    sessions_held: Annotated[int | None, Field(description="Sessions of the expected ones that have a bar.")]
    sessions_expected: Annotated[
        int | None,
        Field(
            description="Sessions that should have one: of HISTORY_YEARS up to the last closed session, or "
            "those that the sample spans."
        ),
    ]
    sessions_missing: Annotated[
        int | None, Field(description="Of the expected ones after the first bar, those without a bar.")
    ]
    gaps: Annotated[
        list[GapDocument], Field(description="Runs of expected sessions without a bar, oldest first.")
    ]
    stale_sessions: Annotated[int | None, Field(description="Closed sessions since the last bar.")]
    provisional_on: Annotated[
        date | None, Field(description="Day of the bar that came before its session closed.")
    ]
    quarantined: Annotated[
        list[QuarantinedDocument],
        Field(description="Bars that the source sent and that are kept out of the prices, oldest first."),
    ]
    last_error: Annotated[str | None, Field(description="Why the latest fetch failed; null: it did not.")]
    next_attempt_at: Annotated[
        datetime | None,
        Field(description="When the symbol is fetched next, by a waiting job or the schedule; null: never."),
    ]
    complete_on: Annotated[
        date | None, Field(description="About when a free key has gathered every expected session.")
    ]
    sentence: Annotated[str, Field(description="How complete the bars are, in words.")]


class FetchBacklog(QuotaDocument):
    """What is left of the requests, and how long the fetches that wait will take with them."""

    fetches_waiting: Annotated[int, Field(description="Fetches that wait for a worker or a new day.")]
    requests_needed: Annotated[int, Field(description="Requests that those will send, about.")]
    done_about: Annotated[
        datetime | None, Field(description="About when the last of them is done; null: none waits.")
    ]


class QuotaStatus(FetchBacklog):
    """Whether there is an API key, and what is left of its requests; without one nothing is left."""

    has_key: Annotated[bool, Field(description="Whether ALPHA_VANTAGE_API_KEY is set.")]

    @classmethod
    def of(cls, backlog: FetchBacklog | None) -> Self:
        """Return the status of a key with this backlog; None: there is no key."""
        if backlog is not None:
            return cls(has_key=True, **backlog.model_dump())
        return cls(
            has_key=False,
            requests_left=0,
            requests_per_day=0,
            exhausted_until=None,
            resets_at=None,
            reset_is_known=False,
            full_history=None,
            fetches_waiting=0,
            requests_needed=0,
            done_about=None,
        )


class MatchDocument(Document):
    """A share that a search found."""

    symbol: str
    name: str
    listed: Annotated[str, Field(description="Where, and in which currency, as far as is known.")]
    is_stored: Annotated[bool, Field(description="Whether bars of it are stored.")]


def whole_where_possible(volumes: list[float]) -> list[int] | list[float]:
    """Return volumes as whole numbers where all are, as those of shares."""
    return [int(volume) for volume in volumes] if all(map(float.is_integer, volumes)) else volumes


class BarsDocument(Document):
    """Daily bars as columns of equal length, oldest first."""

    symbol: Annotated[str, Field(description="Ticker symbol.")]
    adjustment: Annotated[Adjustment, Field(description="Corporate actions taken out of the prices.")]
    dates: Annotated[list[date], Field(description="Days with a bar, oldest first.")]
    open: Annotated[list[float], Field(description="First price of the day, in currency.")]
    high: Annotated[list[float], Field(description="Highest price of the day, in currency.")]
    low: Annotated[list[float], Field(description="Lowest price of the day, in currency.")]
    close: Annotated[list[float], Field(description="Last price of the day, in currency.")]
    volume: Annotated[
        list[int] | list[float],
        Field(description="Shares or coins traded; adjusted for splits where prices are."),
    ]

    @classmethod
    def of(cls, bars: Bars) -> Self:
        """Return the document of `bars`."""
        return cls(
            symbol=bars.symbol,
            adjustment=bars.adjustment,
            dates=bars.dates.tolist(),
            open=bars.open.tolist(),
            high=bars.high.tolist(),
            low=bars.low.tolist(),
            close=bars.close.tolist(),
            volume=whole_where_possible(bars.volume.tolist()),
        )
