"""The kinds of columns that a file of daily bars has."""

from enum import StrEnum


class Role(StrEnum):
    """What a column of a file of daily bars holds."""

    DATE = "date"
    TIME = "time"
    SYMBOL = "symbol"
    SERIES = "series"
    OPEN = "open"
    HIGH = "high"
    LOW = "low"
    CLOSE = "close"
    VOLUME = "volume"
    SPLIT = "split"
    DIVIDEND = "dividend"
    PERIOD = "period"


PRICE_ROLES = (Role.OPEN, Role.HIGH, Role.LOW, Role.CLOSE)
