"""Lines that a rule decides by, named and ready to be drawn."""

from dataclasses import dataclass
from enum import StrEnum

from strategies.engine.enums import Average
from strategies.engine.moving_averages import moving_average
from strategies.engine.prices import FloatArray, Prices


class Panel(StrEnum):
    """Where a line belongs: over the price, in currency, or in a panel of its own, around zero.

    A line whose scale fits neither belongs nowhere: documents have it, and no chart draws it.
    """

    PRICE = "price"
    OSCILLATOR = "oscillator"
    NOWHERE = "nowhere"


@dataclass(frozen=True, eq=False, kw_only=True)
class Indicator:
    """A line of shape (bars,), NaN where it does not exist yet.

    key: what the line is for its rule, such as `fast`; label: the line in a legend.
    """

    key: str
    label: str
    panel: Panel
    values: FloatArray


def average_of(prices: Prices, key: str, kind: Average, window: int) -> Indicator:
    """Return the moving average of the closes as a line over the price."""
    values = moving_average(prices.close, window, kind)
    return Indicator(key=key, label=f"{kind.capitalize()} {window}", panel=Panel.PRICE, values=values)
