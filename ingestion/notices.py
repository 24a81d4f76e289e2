"""Notices on stored bars that several kinds of results give."""

from datetime import date

from ingestion.bars import Bars


def actions_notice(bars: Bars) -> str | None:
    """Return the warning that a split or dividend before the last bar may be missing; None: none can be."""
    last: date = bars.dates[-1].item()
    asked = bars.actions_fetched_at
    if asked is not None and asked.date() >= last:
        return None
    when = "never asked for" if asked is None else f"last asked for on {asked:%Y-%m-%d}"
    return (
        f"Splits and dividends were {when}, and the last bar used is of {last}: a split since then is taken "
        "for a jump in price. Fetch the symbol again to look for them."
    )
