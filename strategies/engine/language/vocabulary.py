"""What texts can name: series, functions, and the values of an open position."""

from collections.abc import Mapping
from dataclasses import dataclass

PRICES = ("open", "high", "low", "close")
SERIES: Mapping[str, str] = {
    "open": "the open",
    "high": "the high",
    "low": "the low",
    "close": "the close",
    "volume": "the volume",
    "day_of_week": "the day of the week (Monday is 1)",
    "month": "the month (January is 1)",
}
"""Values of each bar, with their words in a sentence."""

POSITION: Mapping[str, str] = {
    "bars_since_entry": "bars since the entry",
    "profit": "the profit",
    "profit_from_peak": "the profit from its peak",
}
"""Values of the open position, which exits alone can look at."""

KEYWORDS = frozenset(
    {"buy", "sell", "short", "cover", "when", "and", "or", "not", "within", "bars", "bar"}
    | {"crosses", "is", "above", "below", "rises", "falls", "for"}
)


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function of the language.

    series: what it looks at where the text gives nothing; None where it can be given nothing.
    lengths: how many it takes, in bars.
    words: its words in a sentence, with `{0}`, `{1}` ... for the lengths and `{series}`.
    example: how it is written.
    """

    series: str | None
    lengths: tuple[int, ...]
    words: str
    example: str


FUNCTIONS: Mapping[str, Function] = {
    "sma": Function(series="close", lengths=(1,), words="the {0}-day average{series}", example="sma(20)"),
    "ema": Function(
        series="close", lengths=(1,), words="the {0}-day exponential average{series}", example="ema(20)"
    ),
    "wma": Function(
        series="close", lengths=(1,), words="the {0}-day weighted average{series}", example="wma(20)"
    ),
    "hma": Function(
        series="close", lengths=(1,), words="the {0}-day Hull average{series}", example="hma(20)"
    ),
    "highest": Function(
        series="high", lengths=(1,), words="the highest {series} of {0} days", example="highest(20)"
    ),
    "lowest": Function(
        series="low", lengths=(1,), words="the lowest {series} of {0} days", example="lowest(20)"
    ),
    "rsi": Function(series="close", lengths=(1,), words="the {0}-day RSI{series}", example="rsi(14)"),
    "atr": Function(series=None, lengths=(1,), words="the {0}-day average true range", example="atr(14)"),
    "stdev": Function(
        series="close", lengths=(1,), words="the {0}-day standard deviation{series}", example="stdev(20)"
    ),
    "macd": Function(
        series=None, lengths=(2, 3), words="the MACD of {0} and {1} days", example="macd(12, 26, 9)"
    ),
    "macd_signal": Function(
        series=None,
        lengths=(3,),
        words="the {2}-day signal line of the MACD of {0} and {1} days",
        example="macd_signal(12, 26, 9)",
    ),
    "change": Function(
        series="close", lengths=(1,), words="the change{series} over {0} days", example="change(close, 5)"
    ),
}

RESERVED = KEYWORDS | SERIES.keys() | POSITION.keys() | FUNCTIONS.keys()
"""Names that no parameter can have."""
