"""The sentences of a live record."""

from datetime import date

from strategies.engine.live.band import EARLIEST, ERROR, YEAR, Standing
from strategies.engine.live.next_order import Action, NextOrder, Trigger
from strategies.models import LiveEntry, LiveRecord

VERBS = {
    Action.BUY: "Buy",
    Action.SELL: "Sell",
    Action.SHORT: "Sell short",
    Action.COVER: "Buy back",
}
ERROR_IN_WORDS = (
    f"A record that does as its backtest did leaves the band in about {ERROR:.0%} of years, however often "
    "somebody looks."
)


def order_in_words(order: NextOrder, symbol: str, *, scale: float) -> str:
    """Return the order for the next open."""
    verb = VERBS[order.action]
    closes, opens = order.closes / scale, order.opens / scale
    if order.opens and order.closes:
        return f"{verb} {symbol} at the next open: close {closes:,.2f} shares and open about {opens:,.2f}."
    if order.opens:
        return f"{verb} about {opens:,.2f} shares of {symbol} at the next open."
    if order.closes:
        return f"{verb} {closes:,.2f} shares of {symbol} at the next open."
    return f"{verb} {symbol} at the next open; the money is too little for a share at the last close."


def trigger_in_words(trigger: Trigger, *, scale: float, same_close: bool) -> str:
    """Return which closes of the next session give an order."""
    verb = VERBS[trigger.action].lower()
    above = None if trigger.above is None else f"above {trigger.above * scale:,.2f}"
    below = None if trigger.below is None else f"below {trigger.below * scale:,.2f}"
    limits = " and ".join(limit for limit in (above, below) if limit) or "anywhere near the last close"
    when = "at that close" if same_close else "at the open after"
    return f"A close {limits} gives the order to {verb} {when}."


def verdict_in_words(standing: Standing, *, left_on: date | None) -> str:
    """Return where the record stands in its band, with the error of the test."""
    if left_on is not None:
        return (
            f"The record left its band on {left_on}: it does worse than its backtest let expect. "
            f"{ERROR_IN_WORDS}"
        )
    if standing.is_early:
        return (
            f"Too early to say: {standing.sessions} of the {EARLIEST} sessions that are needed first. "
            f"{ERROR_IN_WORDS}"
        )
    below = (
        f" It has been below the lowest line of the fan for {standing.below} sessions."
        if standing.below
        else ""
    )
    return f"The record is inside its band.{below} {ERROR_IN_WORDS}"


def notices_of(record: LiveRecord, entries: list[LiveEntry], *, hindsight: int, engine: str) -> list[str]:
    """Return what to know about the record's data."""
    notices = []
    if hindsight:
        notices.append(
            f"{hindsight} of {len(entries)} sessions had closed before the freeze and were stored later. "
            "They show how the rule did, but they are no evidence from the future."
        )
    if record.waiting_for is not None:
        notices.append(f"The bar of {record.waiting_for} is late. The record waits for it.")
    if record.skipped:
        notices.append(f"No bar came for {', '.join(record.skipped)}. The record went on without.")
    if record.revised:
        shown = ", ".join(record.revised[:5]) + (" and others" if len(record.revised) > 5 else "")  # noqa: PLR2004
        notices.append(
            f"{len(record.revised)} bars are no longer those that were decided on ({shown}). The record goes "
            "on from what was known."
        )
    if record.engine_version != engine:
        notices.append(
            f"Frozen with engine {record.engine_version}; sessions are now recorded with engine {engine}."
        )
    if len(entries) > YEAR:
        notices.append("The band began anew after each year of sessions, at the equity reached.")
    return notices
