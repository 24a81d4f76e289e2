"""The document about a result that another tool computed."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.documents import KIND, Document, SchemaVersion
from ingestion.symbols import Symbol

SCHEMA: Literal["hindcast.external_result"] = "hindcast.external_result"


class ExternalParameters(BaseModel):
    """What is known of the result beside its table."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    symbol: Annotated[Symbol | None, Field(description="Stored symbol to reconcile with; null: none.")] = None
    trials: Annotated[
        int, Field(ge=1, le=10_000_000, description="Different combinations that were tried to find it.")
    ] = 1
    initial_investment: Annotated[
        float, Field(gt=0, le=1e12, description="Cash at the start, where the table holds trades.")
    ] = 10_000
    risk_free_rate: Annotated[float, Field(ge=-0.1, le=1, description="Yearly rate, in Sharpe ratios.")] = 0
    values: Annotated[
        Literal["equity", "returns"] | None,
        Field(description="What the columns of a table without trades are; null: their names tell."),
    ] = None


class ExternalMetrics(Document):
    """Hindcast's figures of the daily returns; fractions are fractions."""

    total_return: Annotated[float, Field(description="Final over initial equity, minus one.")]
    cagr: Annotated[float | None, Field(description="Compound annual growth rate, 252 bars a year.")]
    annual_volatility: Annotated[float | None, Field(description="Deviation of daily returns, a year.")]
    sharpe: Annotated[float | None, Field(description="Mean excess return over its deviation, a year.")]
    sortino: Annotated[float | None, Field(description="Mean excess return over downside deviation.")]
    calmar: Annotated[float | None, Field(description="CAGR over the worst drawdown.")]
    max_drawdown: Annotated[float, Field(description="Worst fall from a peak; zero or negative.")]
    value_at_risk_95: Annotated[float | None, Field(description="5 % quantile of daily returns.")]


class TradeMetrics(Document):
    """Figures of the trades as the other tool wrote them."""

    trades: Annotated[int, Field(description="Trades in the table.")]
    win_rate: Annotated[float, Field(description="Share of trades with a profit.")]
    profit_factor: Annotated[float | None, Field(description="Profits over losses; null without a loss.")]
    total_profit: Annotated[float, Field(description="Sum of profits and losses, in currency.")]


class Reconciliation(Document):
    """The fills beside the stored bars."""

    fills: Annotated[int, Field(description="Entries and exits that have a price.")]
    outside: Annotated[int, Field(description="Fills outside the range from low to high of their day.")]
    without_bar: Annotated[int, Field(description="Fills on a day without a stored bar.")]
    prices: Annotated[str, Field(description="Which stored prices fit better: as traded, or split-adjusted.")]
    sentence: Annotated[str, Field(description="The same in words.")]


class ExternalVerdict(Document):
    """Whether the result is more than the best of so many tries by chance."""

    trials: Annotated[int, Field(description="Combinations as declared, or columns of the table if more.")]
    probabilistic_sharpe: Annotated[float | None, Field(description="Probability that the ratio is above 0.")]
    deflated_sharpe: Annotated[float | None, Field(description="The same, above the best of all trials.")]
    chance_sharpe: Annotated[float, Field(description="What the best of all trials reaches by chance.")]
    minimum_track_record_years: Annotated[float | None, Field(description="Years that it would need.")]
    headline: Annotated[Literal["none", "weak"], Field(description="Evidence of skill; never strong.")]
    sentence: Annotated[str, Field(description="The verdict in words.")]


class ExternalDocument(Document):
    """A result from elsewhere: figures, reconciliation and verdict."""

    schema_: Annotated[Literal["hindcast.external_result"], KIND] = SCHEMA
    schema_version: SchemaVersion = 1
    parameters: Annotated[ExternalParameters, Field(description="What was declared.")]
    tool: Annotated[str, Field(description="Which tool's table was recognised; table: none.")]
    holds: Annotated[Literal["trades", "equity", "returns"], Field(description="What the table holds.")]
    start: Annotated[date, Field(description="First day.")]
    end: Annotated[date, Field(description="Last day.")]
    days: Annotated[int, Field(description="Daily returns.")]
    best: Annotated[str | None, Field(description="Of many trials: the one with the best Sharpe ratio.")]
    metrics: Annotated[ExternalMetrics, Field(description="Of the daily returns.")]
    trade_metrics: Annotated[TradeMetrics | None, Field(description="Null where the table has no trades.")]
    reconciliation: Annotated[Reconciliation | None, Field(description="Null without symbol or prices.")]
    verdict: Annotated[ExternalVerdict, Field(description="Skill or luck.")]
    notices: Annotated[list[str], Field(description="What limits these figures.")]
