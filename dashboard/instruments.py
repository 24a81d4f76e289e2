"""What the pages show of each stored instrument."""

from dataclasses import dataclass
from datetime import timedelta

from dashboard.charts.sparkline import sparkline_path
from ingestion.bars import load_bars
from ingestion.documents import ActionDocument, InstrumentDocument
from ingestion.instruments import list_instruments
from ingestion.models import ActionKind

SPARKLINE_RANGE = timedelta(days=365)


@dataclass(frozen=True, kw_only=True)
class Quote:
    """An instrument with its last year.

    change: last close over the one before it, minus one; None where there is one bar.
    sparkline: an SVG path through the closes of the last year, adjusted for splits.
    """

    instrument: InstrumentDocument
    change: float | None
    sparkline: str


@dataclass(frozen=True, kw_only=True)
class StoredBars:
    """An instrument with what is known about its bars.

    missing_sessions: sessions of its exchange in the range that have no bar.
    """

    instrument: InstrumentDocument
    missing_sessions: int
    splits: list[ActionDocument]
    dividends: int


def quotes() -> list[Quote]:
    """Return every stored instrument that has bars with its last year, by symbol."""
    return [_quote(instrument) for instrument in list_instruments() if instrument.last]


def stored_bars() -> list[StoredBars]:
    """Return every stored instrument that has bars with what is known about them, by symbol."""
    return [_stored_bars(instrument) for instrument in list_instruments() if instrument.last]


def _quote(instrument: InstrumentDocument) -> Quote:
    last = instrument.last
    closes = load_bars(instrument.symbol, start=last and last - SPARKLINE_RANGE).close.tolist()
    return Quote(
        instrument=instrument,
        # From adjusted closes: a split on the last day is no change of value.
        change=closes[-1] / closes[-2] - 1 if len(closes) > 1 else None,
        sparkline=sparkline_path(closes),
    )


def _stored_bars(instrument: InstrumentDocument) -> StoredBars:
    return StoredBars(
        instrument=instrument,
        missing_sessions=len(load_bars(instrument.symbol).missing_sessions),
        splits=[action for action in instrument.actions if action.kind == ActionKind.SPLIT],
        dividends=sum(action.kind == ActionKind.DIVIDEND for action in instrument.actions),
    )
