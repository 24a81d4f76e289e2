"""The table of a backtest's trades: filtered, sorted, a page at a time, with a running total."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from typing import Annotated, Self
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import QueryDict
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import InvalidInput, field_errors
from core.formatting import amount
from dashboard.labels import choice
from dashboard.presenters.table_rows import TradeRow, trade_row
from strategies.backtests.schemas import Trade, TradeDirection
from strategies.engine.enums import ExitReason

PAGE_SIZE = 50


class Outcome(StrEnum):
    """How a trade ended."""

    WON = "won"
    LOST = "lost"


class Column(StrEnum):
    """What trades can be sorted by; the value is the field of the trade."""

    ENTRY = "entry_date"
    EXIT = "exit_date"
    SIDE = "direction"
    REASON = "exit_reason"
    SHARES = "shares"
    ENTRY_PRICE = "entry_price"
    EXIT_PRICE = "exit_price"
    COSTS = "costs"
    PROFIT = "pnl"
    RETURN = "return_"
    BARS = "bars"
    WORST = "max_adverse_excursion"
    BEST = "max_favourable_excursion"


class Order(StrEnum):
    """Which end of a column comes first."""

    ASCENDING = "asc"
    DESCENDING = "desc"


class TradeQuery(BaseModel):
    """Which trades a reader wants to see, and in which order.

    trade: position of a trade in the document; its page is shown, whatever the filters are.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    side: TradeDirection | None = None
    outcome: Outcome | None = None
    reason: ExitReason | None = None
    year: Annotated[int, Field(ge=1, le=9999)] | None = None
    sort: Column = Column.ENTRY
    order: Order = Order.DESCENDING
    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    trade: Annotated[int, Field(ge=0)] | None = None

    @classmethod
    def of(cls, query: QueryDict) -> Self:
        """Return the query that a URL states; an empty value is none. Raises InvalidInput."""
        try:
            return cls.model_validate({name: value for name, value in query.items() if value})
        except ValidationError as error:
            first = field_errors(error)[0]
            raise InvalidInput(first.message, field=first.field) from error

    def matches(self, trade: Trade) -> bool:
        """Whether the filters let a trade through; a trade that made nothing is lost."""
        return (
            self.side in (None, trade.direction)
            and self.reason in (None, trade.exit_reason)
            and self.year in (None, trade.exit_date.year)
            and (self.outcome is None or (trade.pnl > 0) == (self.outcome is Outcome.WON))
        )

    def with_changes(self, **changes: object) -> str:
        """Return the query string with these values in place of its own, from the first page on."""
        values = self.model_dump(mode="json", exclude_defaults=True, exclude={"page", "trade"}) | changes
        return urlencode({name: value for name, value in values.items() if value is not None})


@dataclass(frozen=True, kw_only=True)
class Heading:
    """The head of a column.

    query: what sorts by it, or turns the order round; empty: nothing sorts by it.
    aria_sort: `ascending` or `descending` on the column that is sorted by, else empty.
    """

    label: str
    query: str
    aria_sort: str
    is_number: bool


@dataclass(frozen=True, kw_only=True)
class Choice:
    """An entry of a filter's list."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class TradeTable:
    """What the page shows of the trades.

    found: how many the filters let through, of `of` in all. total: their profit, written.
    filters: the lists to choose from, by the name of their parameter; a list of one choice is left out.
    previous, following: queries of the pages beside this one; empty where there is none.
    download: query of the file with what the filters let through, in this order.
    sort, order: as the query has them.
    """

    rows: list[TradeRow]
    headings: list[Heading]
    filters: dict[str, list[Choice]]
    found: int
    of: int
    total: str
    page: int
    pages: int
    previous: str
    following: str
    download: str
    sort: str
    order: str


def select_trades(trades: Sequence[Trade], query: TradeQuery) -> list[int]:
    """Return the positions of the trades that the filters let through, sorted."""
    found = [position for position, trade in enumerate(trades) if query.matches(trade)]
    # Trades that are equal in the column stay in their order in time.
    return sorted(
        found,
        key=lambda position: getattr(trades[position], query.sort),
        reverse=query.order is Order.DESCENDING,
    )


def trade_table(trades: Sequence[Trade], query: TradeQuery, *, currency: str) -> TradeTable:
    """Return the page of trades that a query asks for."""
    if query.trade is not None:
        query = TradeQuery(trade=query.trade)
    selected = select_trades(trades, query)
    running = _running_totals(trades, selected)
    paginator = Paginator(selected, PAGE_SIZE)
    number = query.page if query.trade is None else _page_of(selected, query.trade)
    page = paginator.get_page(number)
    return TradeTable(
        rows=[
            trade_row(trades[position], number=position, running_total=running[position])
            for position in page.object_list
        ],
        headings=_headings(query, currency),
        filters=_filters(trades, query),
        found=len(selected),
        of=len(trades),
        total=amount(sum(trades[position].pnl for position in selected)),
        page=page.number,
        pages=paginator.num_pages,
        previous=query.with_changes(page=page.number - 1) if page.has_previous() else "",
        following=query.with_changes(page=page.number + 1) if page.has_next() else "",
        download=query.with_changes(),
        sort=query.sort.value,
        order=query.order.value,
    )


def _page_of(selected: Sequence[int], trade: int) -> int:
    return 1 + selected.index(trade) // PAGE_SIZE if trade in selected else 1


def _running_totals(trades: Sequence[Trade], selected: Sequence[int]) -> dict[int, float]:
    """Return the profit of the selected trades up to each of them, in time."""
    in_time = sorted(selected)
    return dict(zip(in_time, accumulate(trades[position].pnl for position in in_time), strict=True))


def _labels(currency: str) -> dict[Column, str]:
    return {
        Column.ENTRY: "Entry",
        Column.EXIT: "Exit",
        Column.SIDE: "Side",
        Column.REASON: "Exit by",
        Column.SHARES: "Shares",
        Column.ENTRY_PRICE: "Entry price",
        Column.EXIT_PRICE: "Exit price",
        Column.COSTS: f"Costs, {currency}",
        Column.PROFIT: f"Profit, {currency}",
        Column.RETURN: "Return",
        Column.BARS: "Bars",
        Column.WORST: "Worst",
        Column.BEST: "Best",
    }


_WORDS = {Column.ENTRY, Column.EXIT, Column.SIDE, Column.REASON}


def _headings(query: TradeQuery, currency: str) -> list[Heading]:
    headings = [_heading(column, label, query) for column, label in _labels(currency).items()]
    total = Heading(label="Running total", query="", aria_sort="", is_number=True)
    place = list(Column).index(Column.PROFIT) + 1
    return [*headings[:place], total, *headings[place:]]


def _heading(column: Column, label: str, query: TradeQuery) -> Heading:
    is_sorted = column is query.sort
    turned = Order.ASCENDING if is_sorted and query.order is Order.DESCENDING else Order.DESCENDING
    ascending = query.order is Order.ASCENDING
    return Heading(
        label=label,
        query=query.with_changes(sort=column.value, order=turned.value),
        aria_sort=("ascending" if ascending else "descending") if is_sorted else "",
        is_number=column not in _WORDS,
    )


def _filters(trades: Sequence[Trade], query: TradeQuery) -> dict[str, list[Choice]]:
    """Return what can be chosen: only what occurs among the trades."""
    sides = sorted({trade.direction for trade in trades})
    reasons = sorted({trade.exit_reason for trade in trades})
    years = sorted({trade.exit_date.year for trade in trades}, reverse=True)
    lists = {
        "side": _choices("Both sides", sides, query.side, choice),
        "outcome": _choices("Won and lost", list(Outcome), query.outcome, str.capitalize),
        "reason": _choices("Every exit", reasons, query.reason, choice),
        "year": _choices("Every year", years, query.year, str),
    }
    return {name: choices for name, choices in lists.items() if len(choices) > 2}  # noqa: PLR2004 - all, and one


def _choices[Value](
    every: str, values: Sequence[Value], chosen: Value | None, label: Callable[[Value], str]
) -> list[Choice]:
    entries = [Choice(value=str(value), label=label(value), is_chosen=value == chosen) for value in values]
    return [Choice(value="", label=every, is_chosen=chosen is None), *entries]
