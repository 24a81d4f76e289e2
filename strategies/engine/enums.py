"""The choices a strategy is described by; requests and documents use the same words."""

from enum import StrEnum


class Rule(StrEnum):
    """When the strategy wants to be invested; `rules` defines each of them."""

    MA_CROSSOVER = "ma_crossover"
    PRICE_CROSSOVER = "price_crossover"
    TRIPLE_MA = "triple_ma"
    MACD = "macd"
    MA_ENVELOPE = "ma_envelope"
    CUSTOM = "custom"


class Average(StrEnum):
    """How a moving average weighs its window."""

    SIMPLE = "simple"
    EXPONENTIAL = "exponential"
    WEIGHTED = "weighted"
    HULL = "hull"


class Entry(StrEnum):
    """Whether a state that already holds when trading begins is entered, or only a fresh cross."""

    ON_CROSS = "on_cross"
    ON_STATE = "on_state"


class Direction(StrEnum):
    """Which sides of the market the strategy may take."""

    LONG_ONLY = "long_only"
    LONG_SHORT = "long_short"
    SHORT_ONLY = "short_only"


class Fill(StrEnum):
    """The price at which a signal is filled; `same_close` is optimistic."""

    NEXT_OPEN = "next_open"
    SAME_CLOSE = "same_close"


class ExitReason(StrEnum):
    """Why a trade ended."""

    SIGNAL = "signal"
    STOP_LOSS = "stop_loss"
    TAKE_PROFIT = "take_profit"
    TRAILING_STOP = "trailing_stop"
    MARGIN_CALL = "margin_call"
    END_OF_DATA = "end_of_data"
