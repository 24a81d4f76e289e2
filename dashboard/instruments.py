"""What the pages show of each stored instrument."""

from dataclasses import dataclass

from dashboard.charts.sparkline import sparkline_path
from ingestion.coverage import coverage
from ingestion.documents import ActionDocument, CoverageDocument, InstrumentDocument
from ingestion.instruments import list_instruments, recent_closes
from ingestion.models import ActionKind


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
    """An instrument with what is known about its bars, and how complete they are."""

    instrument: InstrumentDocument
    coverage: CoverageDocument
    splits: list[ActionDocument]
    dividends: int


def with_bars() -> list[InstrumentDocument]:
    """Return every stored instrument that has bars, by symbol."""
    return [instrument for instrument in list_instruments() if instrument.last]


def quotes() -> list[Quote]:
    """Return every stored instrument that has bars with its last year, by symbol."""
    # Listed first: an instrument that is stored between the two reads is in the second alone.
    instruments, closes = with_bars(), recent_closes()
    return [_quote(instrument, closes[instrument.symbol].tolist()) for instrument in instruments]


def stored_bars() -> list[StoredBars]:
    """Return every stored instrument that has bars with what is known about them, by symbol."""
    instruments, complete = with_bars(), coverage()
    return [_stored_bars(instrument, complete[instrument.symbol]) for instrument in instruments]


def _quote(instrument: InstrumentDocument, closes: list[float]) -> Quote:
    return Quote(
        instrument=instrument,
        # From adjusted closes: a split on the last day is no change of value.
        change=closes[-1] / closes[-2] - 1 if len(closes) > 1 else None,
        sparkline=sparkline_path(closes),
    )


def _stored_bars(instrument: InstrumentDocument, coverage: CoverageDocument) -> StoredBars:
    return StoredBars(
        instrument=instrument,
        coverage=coverage,
        splits=[action for action in instrument.actions if action.kind == ActionKind.SPLIT],
        dividends=sum(action.kind == ActionKind.DIVIDEND for action in instrument.actions),
    )
