"""Notices on stored bars that several kinds of results give."""

from collections.abc import Sequence
from datetime import date

from core.formatting import counted, listed
from ingestion.bars import Bars
from ingestion.models import Source
from ingestion.store.adjustment import DatedValue
from ingestion.store.split_check import unexplained_steps


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
        "wrong until the split is recorded, which the Data page offers under Steps without a split."
    )


def steps_notices(bars: Bars, known: Sequence[date] = ()) -> list[str]:
    """Return the warnings on steps of the price that look like splits which nobody recorded.

    known: days of splits that the prices are not adjusted for. The sample's splits are all known.
    """
    if bars.source == Source.SAMPLE:
        return []
    splits = [DatedValue(day, 1.0) for day in known]
    steps = unexplained_steps(bars.dates, bars.open, bars.close, splits)
    return [step_notice(bars.symbol, step.in_words) for step in steps[-3:]]


def halts_notice(bars: Bars, since: date) -> str | None:
    """Return that orders wait over days without trading, from a day on; None: there are none."""
    days = [day for day in bars.untraded if day >= since]
    if not days:
        return None
    return (
        f"On {counted(len(days), 'day')} nothing was traded and the price was carried over: {listed(days)}. "
        "No order is filled on them; orders wait for the next traded bar."
    )
