"""Prepare a universe's document for its page."""

from dataclasses import dataclass

from core.formatting import percent
from dashboard.metrics import METRICS_BY_KEY
from dashboard.presenters.sweep import p_value_text
from strategies.engine.parameters import TUNABLE
from strategies.parameters import values_in_words
from strategies.universes.schemas import UniverseDocument, UniverseRow


@dataclass(frozen=True, kw_only=True)
class UniverseRowShown:
    """A symbol in the ranking of a sweep of many symbols."""

    symbol: str
    url: str
    parameters: str
    figures: list[str]


def universe_rows(document: UniverseDocument) -> list[UniverseRowShown]:
    """Return the ranking, written: objective, return, buy and hold, overfitting, adjusted p-value."""
    objective = METRICS_BY_KEY[document.parameters.objective]
    return [
        UniverseRowShown(
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
        for row in document.rows
    ]


def _in_words(row: UniverseRow) -> str:
    if row.values is not None:
        return values_in_words(row.values)
    return "None" if row.slow is None else values_in_words({name: getattr(row, name) for name in TUNABLE})
