"""Figures, counts and notices in sentences: the same words, digits and spaces in every room above.

Thousands are separated by commas. A no-break space keeps a figure and its unit on one line. What rounds
to zero carries no sign.
"""

from collections.abc import Sequence
from datetime import date

from ingestion.bars import Bars
from jobs.limits import InWords

SPACE = "\N{NO-BREAK SPACE}"
SMALL_PRICE = 1.0
"""Prices below this are given to four decimals, in the instrument's currency."""
WHOLE_AMOUNTS = 1000.0
"""From here on cents do not matter in a sentence."""
SHOWN_DAYS = 3

SYMBOL_IN_WORDS = InWords("a ticker symbol: up to 15 letters, digits, dots or hyphens, such as AAPL or BRK.B")


def number(value: float, decimals: int) -> str:
    """Return `value` with thousands separated."""
    return f"{round(value, decimals) + 0.0:,.{decimals}f}"


def amount(value: float, currency: str) -> str:
    """Return an amount of money as a sentence needs it: 159,175 USD, but 12.50 USD."""
    return f"{number(value, 0 if abs(value) >= WHOLE_AMOUNTS else 2)}{SPACE}{currency}"


def price(value: float) -> str:
    """Return a price without its currency, to the hundredth; below one, to the ten-thousandth."""
    return number(value, 2 if abs(value) >= SMALL_PRICE else 4)


def percent(fraction: float, decimals: int = 2) -> str:
    """Return a fraction as a percentage: 0.1234 is 12.34 %."""
    return f"{number(100 * fraction, decimals)}{SPACE}%"


def change(fraction: float, decimals: int = 2) -> str:
    """Return a change as a percentage with its sign: 0.1234 is +12.34 %."""
    sign = "+" if round(100 * fraction, decimals) > 0 else ""
    return f"{sign}{percent(fraction, decimals)}"


def counted(count: int, noun: str) -> str:
    """Return a number of things, such as 1 bar or 3,270 bars; `noun` takes an s."""
    return f"{count:,d} {noun}{'' if count == 1 else 's'}"


def listed(days: Sequence[date]) -> str:
    """Return the first days in words, and how many more there are."""
    shown = ", ".join(str(day) for day in days[:SHOWN_DAYS])
    more = len(days) - SHOWN_DAYS
    return f"{shown} and {more:,d} more" if more > 0 else shown


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
