"""What the pages show of each stored instrument."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.http import urlencode

from dashboard.charts.sparkline import sparkline_path
from dashboard.presenters.coverage import CoverageStrip, coverage_strip
from ingestion.coverage import coverage
from ingestion.instruments import InstrumentOrder, find_instruments, recent_closes, symbols_in_order
from ingestion.models import ActionKind
from ingestion.schemas import ActionDocument, CoverageDocument, InstrumentDocument

ROWS_ON_A_PAGE = 50
LONGEST_SEARCH = 60

COLUMN_LABELS = {
    InstrumentOrder.SYMBOL: "Symbol",
    InstrumentOrder.NAME: "Name",
    InstrumentOrder.BARS: "Bars",
    InstrumentOrder.LAST: "Period",
    InstrumentOrder.FETCHED: "Fetched",
}


@dataclass(frozen=True, kw_only=True)
class Quote:
    """An instrument with its last year.

    change: last close over the one before it, minus one; None where there is one bar.
    sparkline: an SVG path through the closes of the last year, adjusted for splits.
    is_watched: whether it is on the watch list of the reader.
    coverage: how fresh and complete its bars are, and when it is refreshed next.
    """

    instrument: InstrumentDocument
    change: float | None
    sparkline: str
    is_watched: bool
    coverage: CoverageDocument


@dataclass(frozen=True, kw_only=True)
class StoredBars:
    """An instrument with what is known about its bars, and how complete they are."""

    instrument: InstrumentDocument
    coverage: CoverageDocument
    strip: CoverageStrip | None
    splits: list[ActionDocument]
    dividends: int


@dataclass(frozen=True, kw_only=True)
class InstrumentFilters:
    """What a list of instruments shows: those like `search`, sorted by `order`."""

    search: str = ""
    order: InstrumentOrder = InstrumentOrder.SYMBOL
    descending: bool = False
    page: str = "1"

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "InstrumentFilters":
        """Return the filters in a URL's query; what is unknown there is left out."""
        order = query.get("order", "").removeprefix("-")
        return cls(
            search=query.get("search", "").strip()[:LONGEST_SEARCH],
            order=InstrumentOrder(order) if order in set(InstrumentOrder) else InstrumentOrder.SYMBOL,
            descending=query.get("order", "").startswith("-"),
            page=query.get("page", "1"),
        )

    @property
    def query(self) -> str:
        """The filters as they stand in a URL."""
        order = f"-{self.order}" if self.descending else self.order
        return urlencode({"search": self.search, "order": order, "page": self.page})


@dataclass(frozen=True, kw_only=True)
class SortLink:
    """The head of a column that sorts a list. aria_sort: how it is sorted by this column now."""

    label: str
    order: str
    aria_sort: str
    is_number: bool


@dataclass(frozen=True, kw_only=True)
class InstrumentList[Row]:
    """A page of the stored instruments. position: which page it is, of how many."""

    rows: list[Row]
    position: Page[Any]
    filters: InstrumentFilters

    @property
    def columns(self) -> dict[str, SortLink]:
        """The heads of the columns that sort the list, by what they sort by."""
        return {order.value: self._sort_link(order) for order in InstrumentOrder}

    def _sort_link(self, order: InstrumentOrder) -> SortLink:
        is_current = order == self.filters.order
        turned = is_current and not self.filters.descending
        now = "descending" if self.filters.descending else "ascending"
        return SortLink(
            label=COLUMN_LABELS[order],
            order=f"-{order}" if turned else order.value,
            aria_sort=now if is_current else "none",
            is_number=order == InstrumentOrder.BARS,
        )


def instrument_list(filters: InstrumentFilters) -> InstrumentList[InstrumentDocument]:
    """Return a page of the instruments with bars."""
    symbols = symbols_in_order(filters.search, order=filters.order, descending=filters.descending)
    position = Paginator(symbols, ROWS_ON_A_PAGE).get_page(filters.page)
    return InstrumentList(rows=find_instruments(list(position)), position=position, filters=filters)


def quotes(symbols: Sequence[str], *, watched: Collection[str] = ()) -> list[Quote]:
    """Return these instruments with their last year, in this order, those without bars left out."""
    # Listed first: an instrument that is stored between the reads is in the later ones alone.
    instruments = find_instruments(symbols)
    closes, complete = recent_closes(symbols=symbols), coverage(symbols)
    return [
        _quote(
            instrument,
            closes[instrument.symbol].tolist(),
            is_watched=instrument.symbol in watched,
            coverage=complete[instrument.symbol],
        )
        for instrument in instruments
        if instrument.symbol in closes and instrument.symbol in complete
    ]


def stored_bars(filters: InstrumentFilters) -> InstrumentList[StoredBars]:
    """Return a page of the instruments with what is known about their bars."""
    listed = instrument_list(filters)
    complete = coverage([instrument.symbol for instrument in listed.rows])
    rows = [
        _stored_bars(instrument, complete[instrument.symbol])
        for instrument in listed.rows
        if instrument.symbol in complete
    ]
    return InstrumentList(rows=rows, position=listed.position, filters=filters)


def _quote(
    instrument: InstrumentDocument, closes: list[float], *, is_watched: bool, coverage: CoverageDocument
) -> Quote:
    return Quote(
        instrument=instrument,
        # From adjusted closes: a split on the last day is no change of value.
        change=closes[-1] / closes[-2] - 1 if len(closes) > 1 else None,
        sparkline=sparkline_path(closes),
        is_watched=is_watched,
        coverage=coverage,
    )


def _stored_bars(instrument: InstrumentDocument, coverage: CoverageDocument) -> StoredBars:
    splits = [action for action in instrument.actions if action.kind == ActionKind.SPLIT]
    return StoredBars(
        instrument=instrument,
        coverage=coverage,
        strip=coverage_strip(coverage, splits),
        splits=splits,
        dividends=sum(action.kind == ActionKind.DIVIDEND for action in instrument.actions),
    )
