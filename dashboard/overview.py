"""What the overview shows of each instrument."""

from dataclasses import dataclass
from datetime import timedelta

from dashboard.charts.sparkline import sparkline_path
from ingestion.bars import load_bars
from ingestion.documents import InstrumentDocument
from ingestion.instruments import list_instruments

SPARKLINE_RANGE = timedelta(days=365)


@dataclass(frozen=True, kw_only=True)
class InstrumentRow:
    """An instrument with the line of its last year.

    change: last close over the one before it, minus one; None where there is one bar or none.
    sparkline: an SVG path through the closes of the last year, adjusted for splits.
    """

    instrument: InstrumentDocument
    change: float | None
    sparkline: str


def instrument_rows() -> list[InstrumentRow]:
    """Return a row for every stored instrument that has bars, by symbol."""
    return [_row(instrument) for instrument in list_instruments() if instrument.last]


def _row(instrument: InstrumentDocument) -> InstrumentRow:
    last = instrument.last
    bars = load_bars(instrument.symbol, start=last and last - SPARKLINE_RANGE)
    closes = bars.close.tolist()
    return InstrumentRow(
        instrument=instrument,
        # From adjusted closes: a split on the last day is no change of value.
        change=closes[-1] / closes[-2] - 1 if len(closes) > 1 else None,
        sparkline=sparkline_path(closes),
    )
