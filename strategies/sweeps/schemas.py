"""The published document of a sweep: page, files and API all render this."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from core.documents import KIND, Document, DocumentLinks, SchemaVersion
from core.pagination import NEXT_IN_WORDS
from ingestion.schemas import ResultDocument
from strategies.backtests.schemas import BacktestVersions, Metrics, Period
from strategies.engine.parameters import TUNABLE
from strategies.engine.sweep.walk_forward import Scheme
from strategies.models import ParameterSweep
from strategies.sweeps.headline import Headline
from strategies.sweeps.parameters import SweepParameters

SCHEMA: Literal["hindcast.sweep"] = "hindcast.sweep"
SCHEMA_VERSION = 3

type Figure = float | None
"""A figure; null where it is undefined."""


def used(name: str) -> Any:
    """Return the field of a rule's parameter, which is null where the rule does not use it."""
    return Field(description=f"{TUNABLE[name].meaning}; null for a rule that has none.")


class Cells(Document):
    """Every combination as columns of equal length. Fractions are fractions: 0.1 is 10 %.

    Each figure is exactly that of the single backtest with these parameters.
    """

    fast: Annotated[list[int] | None, used("fast")]
    middle: Annotated[list[int] | None, used("middle")]
    slow: Annotated[list[int] | None, used("slow")]
    signal: Annotated[list[int] | None, used("signal")]
    band: Annotated[list[float] | None, used("band")]
    values: Annotated[
        dict[str, list[float]] | None,
        Field(description="Of a custom rule's parameters, by name; null for any other."),
    ] = None
    total_return: Annotated[list[Figure], Field(description="Final over initial equity, minus one.")]
    cagr: Annotated[list[Figure], Field(description="Compound annual growth rate, 252 bars a year.")]
    sharpe: Annotated[list[Figure], Field(description="Mean excess return over its deviation, a year.")]
    sortino: Annotated[list[Figure], Field(description="Mean excess return over downside deviation, a year.")]
    calmar: Annotated[list[Figure], Field(description="CAGR over the max drawdown.")]
    max_drawdown: Annotated[list[Figure], Field(description="Worst fall from a peak; zero or negative.")]
    trades: Annotated[list[int], Field(description="Trades, an open one included.")]
    exposure: Annotated[list[Figure], Field(description="Share of bars with a position at the close.")]
    win_rate: Annotated[list[Figure], Field(description="Share of trades with a profit.")]
    neighbourhood: Annotated[
        list[Figure],
        Field(description="Mean of the objective over the combination and those next to it on every axis."),
    ]

    def __len__(self) -> int:
        """Return the number of combinations."""
        return len(self.trades)

    def of_parameter(self, name: str) -> list[float]:
        """Return the column of a parameter that varies."""
        column: list[float] = self.values[name] if self.values is not None else getattr(self, name)
        return column


class Cell(Document):
    """One combination with its figures, as `Cells` has them."""

    index: Annotated[int, Field(description="Its place in the columns of `cells`.")]
    fast: Annotated[int | None, used("fast")]
    middle: Annotated[int | None, used("middle")]
    slow: Annotated[int | None, used("slow")]
    signal: Annotated[int | None, used("signal")]
    band: Annotated[float | None, used("band")]
    values: Annotated[
        dict[str, float] | None,
        Field(description="Of a custom rule's parameters, by name; null for any other."),
    ] = None
    total_return: Annotated[Figure, Field(description="Final over initial equity, minus one.")]
    cagr: Annotated[Figure, Field(description="Compound annual growth rate, 252 bars a year.")]
    sharpe: Annotated[Figure, Field(description="Mean excess return over its deviation, a year.")]
    sortino: Annotated[Figure, Field(description="Mean excess return over downside deviation, a year.")]
    calmar: Annotated[Figure, Field(description="CAGR over the max drawdown.")]
    max_drawdown: Annotated[Figure, Field(description="Worst fall from a peak; zero or negative.")]
    trades: Annotated[int, Field(description="Trades, an open one included.")]
    exposure: Annotated[Figure, Field(description="Share of bars with a position at the close.")]
    win_rate: Annotated[Figure, Field(description="Share of trades with a profit.")]
    neighbourhood: Annotated[
        Figure, Field(description="Mean of the objective over it and those next to it on every axis.")
    ]

    def of_parameter(self, name: str) -> float:
        """Return the value of a parameter that varies."""
        value: float = self.values[name] if self.values is not None else getattr(self, name)
        return value


class VerdictTestDocument(Document):
    """One test: what was tested, the figure, and what it means."""

    name: Annotated[str, Field(description="What was tested.")]
    figure: Annotated[str, Field(description="The figure, as written.")]
    meaning: Annotated[str, Field(description="What it means, in a sentence.")]


class Verdict(Document):
    """Whether the best combination means anything. Probabilities are fractions.

    Fields with defaults are missing in documents of earlier versions.
    """

    trials: Annotated[int, Field(description="Combinations of this sweep.")]
    trials_ever: Annotated[
        int,
        Field(
            description="Different combinations ever tried on this symbol, by any sweep or backtest and on "
            "any version of its data; those with equal returns count once."
        ),
    ]
    independent_trials: Annotated[
        int | None, Field(description="Clusters of correlated returns among them.")
    ] = None
    skewness: Annotated[Figure, Field(description="Of the best one's returns.")]
    kurtosis: Annotated[Figure, Field(description="Of the best one's returns; 3 for a normal distribution.")]
    probabilistic_sharpe: Annotated[
        Figure,
        Field(description="Probabilistic Sharpe ratio (PSR) of the best one: above 0.95 is clear of zero."),
    ]
    deflated_sharpe: Annotated[
        Figure,
        Field(description="The same, above what the best of this sweep's combinations reaches by chance."),
    ]
    deflated_sharpe_ever: Annotated[
        Figure, Field(description="The same, counting all trials ever made on this symbol.")
    ]
    deflated_sharpe_independent: Annotated[
        Figure, Field(description="The same, counting independent trials instead.")
    ] = None
    chance_sharpe: Annotated[
        Figure,
        Field(description="Sharpe ratio, a year, that the best of all trials ever reaches by chance."),
    ] = None
    autocorrelation: Annotated[Figure, Field(description="Of the best one's returns, from bar to bar.")] = (
        None
    )
    minimum_track_record_years: Annotated[
        Figure,
        Field(description="Years that the best one's Sharpe ratio needs to exceed chance at 95 %."),
    ] = None
    probability_of_overfitting: Annotated[
        Figure,
        Field(description="Share of splits in which the best of one half is below the other's median."),
    ]
    probability_of_loss: Annotated[
        Figure, Field(description="Share of splits in which the best of one half loses in the other.")
    ]
    overfitting_by_chance: Annotated[
        Figure,
        Field(description="Median of the probability of overfitting on series without a pattern."),
    ] = None
    overfitting_p_value: Annotated[
        Figure,
        Field(description="Share of such series on which choosing failed as rarely, or more rarely."),
    ] = None
    splits: Annotated[int, Field(description="Splits of the bars that were looked at.")]
    spa_p_value: Annotated[
        Figure,
        Field(description="Probability of so large a lead over buy and hold if no combination were better."),
    ]
    spa_p_value_exposure_matched: Annotated[
        Figure,
        Field(
            description="The same against each combination's own exposure: its share of days in the market "
            "times buy and hold, the rest in cash."
        ),
    ] = None
    best_p_value_exposure_matched: Annotated[
        Figure, Field(description="Of the best one in that test, adjusted for all trials by StepM.")
    ] = None
    survivors: Annotated[
        list[int],
        Field(description="Places in `cells` of the combinations that pass that test at 5 %, by StepM."),
    ] = []
    draws: Annotated[int, Field(description="Draws of the bootstrap behind it.")]
    block_length: Annotated[
        int | None, Field(description="Mean length of the bootstrap's blocks, in bars.")
    ] = None
    headline: Annotated[
        Headline | None,
        Field(description="Evidence of skill: none, weak or strong, by the table of rules in the methods."),
    ] = None
    tests: Annotated[
        list[VerdictTestDocument], Field(description="Each test in words, the decisive one first.")
    ] = []
    sentence: Annotated[str, Field(description="The verdict in words.")]
    caveats: Annotated[list[str], Field(description="What limits these figures.")]


class WalkForwardStretch(Document):
    """A choice by the bars before, and what came of it; its parameters are null where there was none."""

    train_start: Annotated[date, Field(description="First training bar.")]
    start: Annotated[date, Field(description="First bar that the choice is traded.")]
    end: Annotated[date, Field(description="Last bar that the choice is traded.")]
    fast: Annotated[int | None, used("fast")]
    middle: Annotated[int | None, used("middle")]
    slow: Annotated[int | None, used("slow")]
    signal: Annotated[int | None, used("signal")]
    band: Annotated[float | None, used("band")]
    values: Annotated[
        dict[str, float] | None,
        Field(description="Of a custom rule's parameters, by name; null for any other."),
    ] = None
    score: Annotated[Figure, Field(alias="chosen_by", description="Its objective in the training bars.")]
    in_sample_return: Annotated[Figure, Field(description="Total return in the training bars.")]
    in_sample_sharpe: Annotated[Figure, Field(description="Sharpe ratio in the training bars.")]
    total_return: Annotated[float, Field(description="In the bars after the choice.")]
    sharpe: Annotated[Figure, Field(description="Mean excess return over its deviation, a year.")]


class ParameterStability(Document):
    """How steady the chosen values of one parameter were."""

    parameter: Annotated[str, Field(description="Name of the parameter.")]
    lowest: Annotated[float, Field(description="Least value chosen.")]
    highest: Annotated[float, Field(description="Greatest value chosen.")]
    mean: Annotated[float, Field(description="Mean of the values chosen.")]
    deviation: Annotated[float, Field(description="Standard deviation over the choices.")]


class WalkForwardSeries(Document):
    """Equity at the close, in currency, as columns of equal length."""

    dates: Annotated[list[date], Field(description="Days of the closes.")]
    equity: Annotated[list[float], Field(description="Of the choices, traded as one strategy.")]
    hindsight_equity: Annotated[
        list[float] | None, Field(description="Of the combination that was best over the whole period.")
    ]
    benchmark_equity: Annotated[list[float], Field(description="Of buy and hold.")]


class WalkForwardDocument(Document):
    """Choosing by the past alone, stretch after stretch, traded as one strategy."""

    scheme: Annotated[Scheme, Field(description="Which bars a choice looks back on.")]
    train_bars: Annotated[int, Field(description="Bars that a choice looks back on.")]
    test_bars: Annotated[int, Field(description="Bars that a choice is traded for.")]
    stretches: Annotated[list[WalkForwardStretch], Field(description="The choices, oldest first.")]
    metrics: Annotated[Metrics, Field(description="Out of sample, all stretches together.")]
    hindsight: Annotated[
        Metrics | None, Field(description="Of the combination that was best over the whole period.")
    ]
    benchmark: Annotated[Metrics, Field(description="Buy and hold over the same bars.")]
    efficiency: Annotated[
        Figure, Field(description="Mean Sharpe ratio after the choices over the mean before them.")
    ]
    choices: Annotated[int, Field(description="Different combinations chosen.")]
    stability: Annotated[list[ParameterStability], Field(description="How steady the chosen values were.")]
    sentence: Annotated[str, Field(description="The outcome in words.")]
    series: Annotated[WalkForwardSeries, Field(description="What charts draw, as columns.")]


class BandSeries(Document):
    """Quantiles of the equity over the draws, in currency, as columns of equal length."""

    dates: Annotated[list[date], Field(description="Days of the closes.")]
    low_90: Annotated[list[float], Field(description="5 % of the draws lie below.")]
    low_50: Annotated[list[float], Field(description="25 % of the draws lie below.")]
    median: Annotated[list[float], Field(description="Half of the draws lie below.")]
    high_50: Annotated[list[float], Field(description="25 % of the draws lie above.")]
    high_90: Annotated[list[float], Field(description="5 % of the draws lie above.")]
    equity: Annotated[list[float], Field(description="Of the best combination, as it came.")]


class Band(Document):
    """Quantiles of one figure over the draws, and the figure as it came."""

    low_90: Annotated[float, Field(description="5 % of the draws lie below.")]
    low_50: Annotated[float, Field(description="25 % of the draws lie below.")]
    median: Annotated[float, Field(description="Half of the draws lie below.")]
    high_50: Annotated[float, Field(description="25 % of the draws lie above.")]
    high_90: Annotated[float, Field(description="5 % of the draws lie above.")]
    observed: Annotated[Figure, Field(description="As it came; null where undefined.")]


class BootstrapDocument(Document):
    """How else the returns of the best combination could have come out."""

    draws: Annotated[int, Field(description="Number of draws.")]
    block_length: Annotated[int, Field(description="Mean length of a block, in bars.")]
    final_equity: Annotated[Band, Field(description="Equity at the last close, in currency.")]
    max_drawdown: Annotated[Band, Field(description="Worst fall from a peak; zero or negative.")]
    sharpe: Annotated[Band, Field(description="Mean excess return over its deviation, a year.")]
    probability_of_loss: Annotated[float, Field(description="Share of draws that end below the start.")]
    series: Annotated[BandSeries, Field(description="What charts draw, as columns.")]


class SweepLinks(DocumentLinks):
    """Addresses of the same sweep in other forms, relative to the site."""

    csv: Annotated[str, Field(description="Every combination as CSV.")]


def links_of(sweep_id: str) -> SweepLinks:
    """Return the URLs of a sweep."""
    url = f"/sweeps/{sweep_id}"
    return SweepLinks.at(url, csv=f"{url}.csv")


class SweepDocument(ResultDocument[SweepParameters]):
    """A sweep: the question, the data, every combination, and what the best of them is worth."""

    schema_: Annotated[Literal["hindcast.sweep"], KIND] = SCHEMA
    schema_version: SchemaVersion = SCHEMA_VERSION
    period: Annotated[Period, Field(description="The traded days.")]
    varied: Annotated[list[str], Field(description="The rule's parameters, in reading order.")]
    skipped: Annotated[int, Field(description="Combinations left out because their windows do not increase.")]
    cells: Annotated[Cells, Field(description="Every combination, as columns.")]
    best: Annotated[Cell | None, Field(description="Null where no combination qualifies.")]
    top: Annotated[list[Cell], Field(description="The best combinations, best first.")]
    benchmark: Annotated[Metrics, Field(description="Buy and hold, with the same costs.")]
    verdict: Annotated[Verdict, Field(description="Whether the best combination means anything.")]
    walk_forward: Annotated[
        WalkForwardDocument | None, Field(description="Choosing by the past alone; null for short periods.")
    ]
    bootstrap: Annotated[
        BootstrapDocument | None,
        Field(description="Bands of the best combination; null where there is none."),
    ]
    undefined: Annotated[
        dict[str, str], Field(description="Why figures of the verdict, or whole parts, are null, by name.")
    ]
    versions: Annotated[BacktestVersions, Field(description="Of what computed the document.")]
    links: Annotated[SweepLinks, Field(description="The same sweep in other forms.")]


class SweepListing(Document):
    """A stored sweep as lists show it."""

    id: Annotated[str, Field(description="Names the sweep in URLs.")]
    symbol: Annotated[str, Field(description="Ticker symbol of the share.")]
    created_at: Annotated[datetime, Field(description="When it was first computed, UTC.")]
    parameters: Annotated[SweepParameters, Field(description="The question, with every default.")]
    summary: Annotated[str, Field(description="The result in a sentence.")]
    trials: Annotated[int, Field(description="Combinations that were backtested.")]
    links: Annotated[SweepLinks, Field(description="The sweep in its forms.")]

    @classmethod
    def of(cls, record: ParameterSweep) -> Self:
        """Return the listing of a stored sweep."""
        return cls(
            id=record.pk,
            symbol=record.symbol,
            created_at=record.created_at,
            parameters=SweepParameters.model_validate(record.parameters),
            summary=record.summary,
            trials=record.trials,
            links=links_of(record.pk),
        )


class SweepPage(Document):
    """A page of stored sweeps, newest first."""

    items: Annotated[list[SweepListing], Field(description="The sweeps of this page.")]
    next: Annotated[str | None, Field(description=NEXT_IN_WORDS)]
