"""Daily bars as CSV, in the form that the import reads back."""

import csv
import io

from ingestion.bars import Bars
from ingestion.schemas import whole_where_possible


def csv_of(bars: Bars) -> str:
    """Return a header and a line for each bar, oldest first, every price with all its digits."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("date", "open", "high", "low", "close", "volume"))
    columns = (bars.dates, bars.open, bars.high, bars.low, bars.close)
    volume = whole_where_possible(bars.volume.tolist())
    writer.writerows(zip(*(column.tolist() for column in columns), volume, strict=True))
    return out.getvalue()
