"""What the pages show of each stored instrument."""

from collections.abc import Collection
from dataclasses import dataclass

from dashboard.charts.sparkline import sparkline_path
from dashboard.presenters.coverage import CoverageStrip, coverage_strip
from ingestion.coverage import coverage
from ingestion.instruments import list_instruments, recent_closes
from ingestion.models import ActionKind
from ingestion.schemas import ActionDocument, CoverageDocument, InstrumentDocument


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


def with_bars() -> list[InstrumentDocument]:
    """Return every stored instrument that has bars, by symbol."""
    return [instrument for instrument in list_instruments() if instrument.last]


def quotes(*, watched: Collection[str] = ()) -> list[Quote]:
    """Return every stored instrument that has bars with its last year: the watched ones, then the others."""
    # Listed first: an instrument that is stored between the reads is in the later ones alone.
    instruments, closes, complete = with_bars(), recent_closes(), coverage()
    found = [
        _quote(
            instrument,
            closes[instrument.symbol].tolist(),
            is_watched=instrument.symbol in watched,
            coverage=complete[instrument.symbol],
        )
        for instrument in instruments
    ]
    return sorted(found, key=lambda quote: not quote.is_watched)


def stored_bars() -> list[StoredBars]:
    """Return every stored instrument that has bars with what is known about them, by symbol."""
    instruments, complete = with_bars(), coverage()
    return [_stored_bars(instrument, complete[instrument.symbol]) for instrument in instruments]


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
