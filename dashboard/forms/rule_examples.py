"""Custom rules to start from."""

from dataclasses import dataclass

from strategies.engine.language.tree import Clause


@dataclass(frozen=True, kw_only=True)
class RuleExample:
    """A rule that one click fills in; a clause that is left out becomes empty.

    source: where it comes from.
    """

    title: str
    buy: str = ""
    sell: str = ""
    short: str = ""
    cover: str = ""
    source: str

    @property
    def fields(self) -> dict[str, str]:
        """Return the texts by field."""
        return {str(clause): getattr(self, clause) for clause in Clause}


EXAMPLES = (
    RuleExample(
        title="Cross with the trend",
        buy="sma(fast) crosses above sma(slow) and close > ema(trend)",
        sell="close < sma(exit) or bars_since_entry >= 40",
        source="A cross of two averages, taken in the direction of a third alone",
    ),
    RuleExample(
        title="RSI(2) pullback",
        buy="close > sma(200) and rsi(2) < 10",
        sell="close > sma(5)",
        source="Connors and Alvarez (2009), Short Term Trading Strategies That Work",
    ),
    RuleExample(
        title="Turtle breakout",
        buy="high > highest(20)[1]",
        sell="low < lowest(10)[1]",
        source="Faith (2007), Way of the Turtle",
    ),
    RuleExample(
        title="Bollinger reversal",
        buy="close crosses above sma(20) - 2 * stdev(20)",
        sell="close > sma(20) or profit < -8 %",
        source="Bollinger (2001), Bollinger on Bollinger Bands",
    ),
    RuleExample(
        title="Sell in May",
        buy="month >= 11 or month <= 4",
        sell="month >= 5 and month <= 10",
        source="Bouman and Jacobsen (2002), The Halloween Indicator",
    ),
    RuleExample(
        title="Trend, trailing by ATR",
        buy="close > highest(50)[1]",
        sell="profit_from_peak < -3 * atr(20) / close",
        source="Chandelier exit, Elder (2002), Come Into My Trading Room",
    ),
)
