"""Prepare a universe's document for its page."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator

from core.formatting import percent
from dashboard.metrics import METRICS_BY_KEY
from dashboard.presenters.sweep import p_value_text
from strategies.engine.parameters import TUNABLE
from strategies.parameters import values_in_words
from strategies.universes.schemas import UniverseDocument, UniverseRow

ROWS_ON_A_PAGE = 50
LONGEST_SYMBOL = 15


@dataclass(frozen=True, kw_only=True)
class UniverseRowShown:
    """A symbol in the ranking of a sweep of many symbols. place: its rank, 1 the best."""

    place: int
    symbol: str
    url: str
    parameters: str
    figures: list[str]


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """A page of the ranking. position: which page it is, of how many; search: what symbols contain."""

    rows: list[UniverseRowShown]
    position: Page[Any]
    search: str


def ranking(document: UniverseDocument, *, search: str = "", page: int | str = 1) -> Ranking:
    """Return a page of the symbols that contain `search`, best first."""
    search = search.strip()[:LONGEST_SYMBOL]
    found = [
        (place, row)
        for place, row in enumerate(document.rows, 1)
        if search.casefold() in row.symbol.casefold()
    ]
    position = Paginator(found, ROWS_ON_A_PAGE).get_page(page)
    return Ranking(rows=_rows(document, list(position)), position=position, search=search)


def _rows(document: UniverseDocument, found: list[tuple[int, UniverseRow]]) -> list[UniverseRowShown]:
    """Return rows, written: objective, return, buy and hold, overfitting, adjusted p-value."""
    objective = METRICS_BY_KEY[document.parameters.objective]
    return [
        UniverseRowShown(
            place=place,
            symbol=row.symbol,
            url=f"/sweeps/{row.sweep}/",
            parameters=_in_words(row),
            figures=[
                objective.text(row.objective, ""),
                percent(row.total_return, 1),
                percent(row.benchmark_total_return, 1),
                percent(row.probability_of_overfitting, 0),
                p_value_text(row.adjusted_p_value),
            ],
        )
        for place, row in found
    ]


def _in_words(row: UniverseRow) -> str:
    if row.values is not None:
        return values_in_words(row.values)
    return "None" if row.slow is None else values_in_words({name: getattr(row, name) for name in TUNABLE})
