"""What a reader must know about a backtest before believing it, in sentences."""

from datetime import date

import numpy as np

from core.formatting import SPACE, counted, listed, number, percent, rounded_money, signed_percent
from ingestion.bars import Adjustment
from ingestion.notices import actions_notice, halts_notice, steps_notices
from strategies.backtests.calendar_growth import calendar_growth_notices
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.run import Run
from strategies.engine.enums import Average, Direction, ExitReason, Fill, Rule
from strategies.engine.language.tree import Call, Number, walk
from strategies.engine.metrics import BARS_IN_A_YEAR
from strategies.engine.prices import FloatArray
from strategies.engine.rules import RULES
from strategies.engine.simulation import CENT
from strategies.parameters import DEFAULTS

ENOUGH_TRADES = 30
REMEMBERING = frozenset({"ema", "macd", "macd_signal", "rsi", "atr"})
"""Functions whose value depends on every bar before."""
SEED_MATTERS = 3
"""The seed of an exponential average keeps e^-6, a four-hundredth, of its weight after three windows."""


def summary(run: Run) -> str:
    """Return the outcome in a sentence, beside buy and hold."""
    strategy, held = run.result.strategy.metrics, run.result.benchmark.metrics
    currency = run.inputs.bars.currency
    before = rounded_money(run.inputs.parameters.initial_investment, currency)
    if not strategy.trades:
        return (
            f"From {run.start} to {run.end} the strategy never traded and kept its {before}; "
            f"buy and hold ended at {rounded_money(held.final_equity, currency)} "
            f"({signed_percent(held.total_return, 1)})."
        )
    return (
        f"From {run.start} to {run.end} the strategy turned {before} into "
        f"{rounded_money(strategy.final_equity, currency)} ({signed_percent(strategy.total_return, 1)}) "
        f"and buy and hold into {rounded_money(held.final_equity, currency)} "
        f"({signed_percent(held.total_return, 1)}): "
        f"{_comparison(strategy.final_equity, held.final_equity, currency)}, with a worst drawdown of "
        f"{percent(strategy.max_drawdown, 1)} against {percent(held.max_drawdown, 1)}."
    )


def notices(run: Run) -> list[str]:
    """Return what limits this run, the most important first."""
    groups = (
        _of_the_data(run),
        _of_the_range(run),
        _of_the_trades(run),
        _of_the_assumptions(run),
        _of_the_comparison(run),
    )
    return [sentence for group in groups for sentence in group]


def disclosure(run: Run) -> str:
    """Return what every reader of a hypothetical result is owed."""
    parameters = run.inputs.parameters
    fill = (
        "at the open of the day after its signal"
        if parameters.fill == Fill.NEXT_OPEN
        else "at the very close that gave its signal, which no order can rely on"
    )
    return (
        "This result is hypothetical. It was computed with hindsight, from prices that were known when the "
        "symbol, the rule and its windows were chosen; nobody traded it and no money was at risk. "
        f"Every order is assumed to be filled in full {fill}, without moving the price. Each order pays "
        f"{percent(parameters.commission_rate, 3)} of its amount, "
        f"{number(parameters.commission_fixed, 2)}{SPACE}{run.inputs.bars.currency} fixed and "
        f"{parameters.slippage_bps:g} basis points of slippage; taxes, interest on idle cash"
        f"{', fees for borrowed shares' if parameters.direction != Direction.LONG_ONLY else ''} and the "
        f"costs of data are left out. {_dividends(parameters.adjustment)} Yearly figures count "
        f"{BARS_IN_A_YEAR} bars a year. Rules picked because they did well in the past mostly do worse "
        "afterwards. This is information, not advice to buy or sell."
    )


def _of_the_data(run: Run) -> list[str]:
    found = []
    if run.inputs.bars.source == "sample":
        found.append(
            f"These are historical sample prices, not current ones; the last bar used is of {run.end}."
        )
    if run.inputs.bars.provisional:
        found.append(
            f"The last bar, {run.end}, was fetched before its session had closed; "
            "its prices are provisional, and so are the last figures."
        )
    missing = [day for day in run.inputs.bars.missing_sessions if day >= run.start]
    if missing:
        found.append(
            f"{counted(len(missing), 'session')} of the exchange in this period {_have(len(missing))} no "
            f"bar: {listed(missing)}. Averages and trades step over the gap."
        )
        found += calendar_growth_notices(run, len(missing))
    if older_actions := actions_notice(run.inputs.bars):
        found.append(older_actions)
    found += steps_notices(run.inputs.bars, run.inputs.splits)
    if halts := halts_notice(run.inputs.bars, run.start):
        found.append(halts)
    if run.inputs.splits:
        found.append(
            f"Prices are not adjusted, and the share was split on {listed(run.inputs.splits)}: the jump in "
            "price looks like a gain or a crash that nobody had. Adjust for splits to take it out."
        )
    return found


def _of_the_range(run: Run) -> list[str]:
    found = []
    asked_start, asked_end = run.inputs.parameters.start, run.inputs.parameters.end
    if asked_start is not None and run.inputs.first == 0 and _weekday_lies_before(run.start, asked_start):
        found.append(f"The first stored bar is of {run.start}, so trading starts then, not on {asked_start}.")
    if asked_end is not None and _weekday_lies_after(run.end, asked_end):
        found.append(f"The last stored bar up to {asked_end} is of {run.end}, so trading ends then.")
    bars = len(run.result.traded)
    if bars < BARS_IN_A_YEAR:
        found.append(
            f"The period has {counted(bars, 'bar')}, less than a year of {BARS_IN_A_YEAR}: annualised "
            "figures are unreliable for periods under a year."
        )
    latest, without = _missing_at_first(run)
    if without:
        found.append(
            f"The first {_bars_of_the_period(without)} no {latest} yet, because too few bars are stored "
            "before; the strategy could not trade there while buy and hold did."
        )
    return found


def _of_the_trades(run: Run) -> list[str]:
    trades = run.result.strategy.metrics.trades
    unfilled = run.result.strategy.simulation.unfilled
    found = []
    if not trades:
        found.append(f"There was no trade: {_why_no_trade(run)}")
    elif trades < ENOUGH_TRADES:
        found.append(
            f"The strategy made only {counted(trades, 'trade')}: figures about trades, such as the win rate, "
            f"are weak evidence below {ENOUGH_TRADES}."
        )
    if not run.result.benchmark.metrics.trades:
        found.append("Buy and hold could not buy anything: the initial investment is too little.")
    if trades and unfilled:
        found.append(f"{counted(unfilled, 'order')} could not be filled: the money was too little.")
    if calls := run.result.strategy.simulation.trades.exit_reason.count(ExitReason.MARGIN_CALL):
        found.append(
            f"{counted(calls, 'short position')} had to be bought back because nothing of the money would "
            "have been left: selling short can lose more than was put in."
        )
    if trades and run.result.orders.too_late:
        found.append(
            f"The close of the last bar, {run.end}, gave a signal. It is not filled here: that takes the "
            "open of the next bar."
        )
    return found


def _of_the_assumptions(run: Run) -> list[str]:
    parameters = run.inputs.parameters
    found = []
    if parameters.fill == Fill.SAME_CLOSE:
        found.append(
            "Orders are filled at the close that gives their signal. That is optimistic: the close is known "
            "only when it is too late to trade at it."
        )
    if parameters.commission_rate == parameters.commission_fixed == parameters.slippage_bps == 0:
        found.append("No costs are charged. Real trades cost something, and frequent ones cost most.")
    longest = max((getattr(parameters, name) for name in RULES[parameters.rule].windows), default=0)
    if _is_exponential(parameters) and run.inputs.first < SEED_MATTERS * longest:
        found.append(
            "An exponential average remembers where it began: here it starts from the simple average of the "
            f"first {longest} stored bars, and the first signals still depend on that."
        )
    return [*found, *_of_the_custom_rule(run), *_of_the_stops(parameters), *_unused(parameters)]


def _of_the_custom_rule(run: Run) -> list[str]:
    """Return what a reader of a custom rule must know: what its averages remember, and what it never does."""
    rule = run.inputs.parameters.rule_parameters.custom
    if rule is None:
        return []
    found = []
    remembered = [
        length.value
        for _, condition in rule.clauses()
        for node in walk(condition)
        if isinstance(node, Call) and node.name in REMEMBERING
        for length in node.lengths
        if isinstance(length, Number)
    ]
    if remembered and run.inputs.first < SEED_MATTERS * max(remembered):
        found.append(
            "Exponential averages, MACD, RSI and ATR remember where they began: here they start from the "
            "mean of the first stored bars, and the first signals still depend on that."
        )
    stops = (
        run.inputs.parameters.stop_loss,
        run.inputs.parameters.take_profit,
        run.inputs.parameters.trailing_stop,
    )
    if stops == (None, None, None) and rule.buy is not None and rule.sell is None and rule.short is None:
        found.append("The rule has no condition to sell, and no stop is set: what it buys it keeps.")
    return found


def _of_the_comparison(run: Run) -> list[str]:
    other = run.inputs.compared_bars
    if other is None:
        return []
    found = []
    if other.currency != run.inputs.bars.currency:
        found.append(
            f"{other.symbol} is quoted in {other.currency}: its return is in that currency, without the "
            "change of the exchange rate."
        )
    days = run.result.traded.dates
    if lacking := int((~np.isin(days, other.dates)).sum()):
        found.append(
            f"{other.symbol} has no bar on {counted(lacking, 'day')} of the period; its last close stands "
            "there."
        )
    return found


def _of_the_stops(parameters: BacktestParameters) -> list[str]:
    stops = (parameters.stop_loss, parameters.trailing_stop)
    if parameters.take_profit is None or stops == (None, None):
        return []
    sentence = (
        "A daily bar does not tell in which order its prices came: where one reaches both the stop and the "
        "target, the stop is taken to come first."
    )
    return [sentence]


def _unused(parameters: BacktestParameters) -> list[str]:
    """Return a sentence about what was asked for in vain, because the rule does not look at it."""
    definition = RULES[parameters.rule]
    unused = [
        name
        for name in vars(DEFAULTS)
        if name in type(parameters).model_fields
        and name not in definition.uses
        and getattr(parameters, name) != getattr(DEFAULTS, name)
    ]
    if not unused:
        return []
    return [f"The rule “{definition.title}” does not look at what was given for: {', '.join(unused)}."]


def _why_no_trade(run: Run) -> str:
    """Return the reason as the second half of a sentence."""
    result, parameters = run.result, run.inputs.parameters
    if result.strategy.simulation.unfilled:
        return f"the money put into a trade was less than {_least(parameters)}."
    if result.orders.too_late:
        return "the only signal came on the last bar, too late to be filled."
    if not result.was_wanted:
        return "the rule never asked for a position inside the period."
    return (
        "the rule asked for its position before the period already, and never anew inside it. With the "
        "entry “at once” the strategy would take it on the first day."
    )


def _least(parameters: BacktestParameters) -> str:
    if not parameters.fractional_shares:
        return "one share and its costs"
    return "the fixed commission of an order"


def _missing_at_first(run: Run) -> tuple[str, int]:
    """Return the indicator that begins last, and how many traded bars lack it; "" and 0 without one."""
    lines = run.result.decisions.indicators
    if not lines:
        return "", 0
    missing = {line.key: _bars_before(line.values[run.inputs.first :]) for line in lines}
    key = max(missing, key=missing.__getitem__)
    if run.inputs.parameters.rule == Rule.CUSTOM:
        return key, missing[key]
    return ("signal line" if key == "signal" else f"{key} average"), missing[key]


def _bars_before(values: FloatArray) -> int:
    """Return the number of bars before the first one at which a line exists."""
    exists = ~np.isnan(values)
    return int(exists.argmax()) if exists.any() else len(values)


def _is_exponential(parameters: BacktestParameters) -> bool:
    if parameters.rule == Rule.CUSTOM:
        return False
    kind = RULES[parameters.rule].fixed_average or parameters.average
    return kind == Average.EXPONENTIAL


def _dividends(adjustment: Adjustment) -> str:
    if adjustment == Adjustment.SPLITS_AND_DIVIDENDS:
        return "Dividends are counted as reinvested without tax, where they are stored."
    return "Dividends are not counted, neither here nor in buy and hold."


def _weekday_lies_before(first: date, asked: date) -> bool:
    """Whether one of the days from `asked` to the eve of `first` is a weekday."""
    return bool(np.busday_count(asked, first) > 0)


def _weekday_lies_after(last: date, asked: date) -> bool:
    """Whether one of the days from the morrow of `last` to `asked` is a weekday."""
    # NumPy's dates, since Python's end with the year 9999, which may be asked for.
    day = np.timedelta64(1, "D")
    return bool(np.busday_count(np.datetime64(last) + day, np.datetime64(asked) + day) > 0)


def _comparison(strategy: float, held: float, currency: str) -> str:
    difference = rounded_money(abs(strategy - held), currency)
    if abs(strategy - held) < CENT:
        return "the same as simply holding"
    return f"{difference} {'more' if strategy > held else 'less'} than simply holding"


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def _bars_of_the_period(count: int) -> str:
    """Return what follows "The first", with its verb."""
    bars = "bar" if count == 1 else counted(count, "bar")
    return f"{bars} of the period {_have(count)}"
