"""What may be asked of a sweep over many symbols, and the published document that answers it."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field

from core.documents import Document
from core.pagination import NEXT_IN_WORDS
from ingestion.symbols import Symbol
from strategies.models import UniverseSweep
from strategies.sweeps.parameters import SweepRanges
from strategies.sweeps.schemas import used

SCHEMA: Literal["hindcast.universe"] = "hindcast.universe"
SCHEMA_VERSION = 2
MOST_SYMBOLS = 5_000

type Figure = float | None


class UniverseParameters(SweepRanges):
    """One question to many symbols: the same ranges are swept for each of them."""

    symbols: Annotated[
        list[Symbol] | None,
        Field(min_length=1, max_length=MOST_SYMBOLS, description="Stored symbols; null: all of them."),
    ] = None


class UniverseRow(Document):
    """The best combination of one symbol, and what it is worth."""

    symbol: Annotated[str, Field(description="Ticker symbol of the share.")]
    sweep: Annotated[str, Field(description="The `id` of its sweep.")]
    fast: Annotated[int | None, used("fast")]
    middle: Annotated[int | None, used("middle")]
    slow: Annotated[int | None, used("slow")]
    signal: Annotated[int | None, used("signal")]
    band: Annotated[float | None, used("band")]
    values: Annotated[
        dict[str, float] | None,
        Field(description="Of a custom rule's parameters, by name; null for any other."),
    ] = None
    bars: Annotated[int, Field(description="Traded bars.")]
    objective: Annotated[Figure, Field(description="The best combination's objective.")]
    total_return: Annotated[Figure, Field(description="Of the best combination, as a fraction.")]
    benchmark_total_return: Annotated[float, Field(description="Of buy and hold, as a fraction.")]
    sharpe: Annotated[Figure, Field(description="Of the best combination, a year.")]
    skewness: Annotated[Figure, Field(description="Of the best combination's returns.")]
    kurtosis: Annotated[Figure, Field(description="Of the best combination's returns.")]
    probability_of_overfitting: Annotated[Figure, Field(description="By cross-validation.")]
    deflated_sharpe: Annotated[Figure, Field(description="Counting the trials of this symbol alone.")]
    spa_p_value: Annotated[Figure, Field(description="Against buy and hold, of this symbol alone.")]
    spa_p_value_exposure_matched: Annotated[
        Figure,
        Field(description="Against each combination's own exposure to the market, of this symbol alone."),
    ] = None
    adjusted_p_value: Annotated[
        Figure,
        Field(description="The same among all symbols, by StepM; null until all are done."),
    ]


class UniverseFailure(Document):
    """A symbol that could not be swept."""

    symbol: Annotated[str, Field(description="Ticker symbol of the share.")]
    error: Annotated[str, Field(description="Why, and what to do.")]


class Distribution(Document):
    """Quantiles over all symbols: the best combination's total return less that of buy and hold."""

    lowest: Annotated[float, Field(description="Of the symbol that did worst.")]
    low: Annotated[float, Field(description="A quarter lies below.")]
    median: Annotated[float, Field(description="Half of the symbols lie below.")]
    high: Annotated[float, Field(description="A quarter lies above.")]
    highest: Annotated[float, Field(description="Of the symbol that did best.")]
    ahead: Annotated[float, Field(description="Share of symbols whose best was ahead of buy and hold.")]


class UniverseVerdict(Document):
    """What is left when all trials on all symbols are counted."""

    trials: Annotated[int, Field(description="Combinations of all symbols together.")]
    significant: Annotated[
        int, Field(description="Symbols with a combination ahead of its own exposure at 5 %, by StepM.")
    ]
    deflated_sharpe: Annotated[
        Figure, Field(description="Of the highest Sharpe ratio of all, counting the trials of all symbols.")
    ]
    sentence: Annotated[str, Field(description="The verdict in words.")]


class UniverseDocument(Document):
    """A sweep over many symbols, as far as it has come."""

    schema_: Annotated[
        Literal["hindcast.universe"], Field(alias="schema", description="What kind of document this is.")
    ] = SCHEMA
    schema_version: Annotated[int, Field(description="Version of that kind.")] = SCHEMA_VERSION
    id: Annotated[str, Field(description="Hash of parameters, symbols, their bars and the engine.")]
    created_at: Annotated[datetime, Field(description="When it was asked for, UTC.")]
    parameters: Annotated[UniverseParameters, Field(description="The question, with every default.")]
    symbols: Annotated[int, Field(description="Symbols asked for.")]
    done: Annotated[int, Field(description="Symbols computed, or found impossible.")]
    is_complete: Annotated[bool, Field(description="Whether every symbol is done.")]
    rows: Annotated[list[UniverseRow], Field(description="Symbols by their best objective, best first.")]
    failures: Annotated[list[UniverseFailure], Field(description="Symbols that could not be swept.")]
    distribution: Annotated[Distribution | None, Field(description="Null while nothing is done.")]
    verdict: Annotated[UniverseVerdict | None, Field(description="Null until every symbol is done.")]
    page: Annotated[str, Field(description="Its page, relative to the site.")]


def page_of_universe(universe_id: str) -> str:
    """Return the page of a sweep over many symbols, relative to the site."""
    return f"/universes/{universe_id}/"


class UniverseListing(Document):
    """A sweep over many symbols without its rows."""

    id: Annotated[str, Field(description="Hash of parameters, symbols, their bars and the engine.")]
    created_at: Annotated[datetime, Field(description="When it was asked for first, UTC.")]
    parameters: Annotated[UniverseParameters, Field(description="The question, with every default.")]
    symbols: Annotated[int, Field(description="Symbols asked for.")]
    page: Annotated[str, Field(description="Its page, relative to the site.")]

    @classmethod
    def of(cls, record: UniverseSweep) -> Self:
        """Return the listing of a stored sweep."""
        return cls(
            id=record.pk,
            created_at=record.created_at,
            parameters=UniverseParameters.model_validate(record.parameters),
            symbols=len(record.symbols),
            page=page_of_universe(record.pk),
        )


class UniversePage(Document):
    """A page of the list of sweeps over many symbols."""

    items: Annotated[list[UniverseListing], Field(description="Newest first.")]
    next: Annotated[str | None, Field(description=NEXT_IN_WORDS)]
