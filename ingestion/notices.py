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


def step_notice(symbol: str, step: str) -> str:
    """Return what a reader must know about a step that looks like a split; step: in words."""
    return (
        f"The price of {symbol} {step} and no split is known: if it was one, every result over that day is "
        "wrong until the symbol is fetched again, or imported with a column of splits."
    )
