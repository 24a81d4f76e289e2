"""The choices a strategy is described by; requests use the same words."""

from enum import StrEnum


class Rule(StrEnum):
    """When the strategy wants to be invested."""

    MA_CROSSOVER = "ma_crossover"


class Average(StrEnum):
    """How a moving average weighs its window."""

    SIMPLE = "simple"
    EXPONENTIAL = "exponential"


class Entry(StrEnum):
    """Whether a state that already holds when trading begins is entered, or only a fresh cross."""

    ON_CROSS = "on_cross"
    ON_STATE = "on_state"


class Direction(StrEnum):
    """Which side of the market the strategy may take."""

    LONG_ONLY = "long_only"


class Fill(StrEnum):
    """The price at which a signal is filled; `same_close` is optimistic."""

    NEXT_OPEN = "next_open"
    SAME_CLOSE = "same_close"
