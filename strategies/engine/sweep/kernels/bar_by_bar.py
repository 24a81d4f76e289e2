"""The compiled kernel for everything that depends on the path: stops, shorts, cash beside the shares.

It does what `simulation`, `account` and `stops` do, one bar after another and without their objects;
the tests hold it to their results. What it adds is speed alone.
"""

from math import floor, inf, isnan

from strategies.engine.compilation.decorators import Array, bare_kernel, higher, lower, summing_kernel
from strategies.engine.prices import ROUNDING
from strategies.engine.sweep.market import Market, Terms
from strategies.engine.sweep.metrics import DOWNSIDE, GROWTH, HELD, RETURNS, SPREAD, TRADES, WINS, WORST


@bare_kernel
def walk(
    orders: Array, targets: Array, count: int, market: Market, terms: Terms, equity: Array
) -> tuple[int, int, int]:
    """Write the equity at each close to `equity`; return trades, trades with a profit, and bars held."""
    bars = market.close.shape[0]
    cash = terms.initial_cash
    trades, wins, held = 0, 0, 0
    written = 0
    for order in range(count):
        direction = targets[order]
        shares = _shares(cash, market.quotes[orders[order]], direction, terms) if direction != 0 else 0.0
        if shares == 0.0:
            continue
        bar = orders[order]
        quote = market.quotes[bar]
        notional = shares * quote * (1 + direction * terms.slippage)
        commission = notional * terms.commission_rate + terms.commission_fixed
        committed = min(notional + commission, cash)
        moved = committed if direction > 0 else commission - notional
        equity[written:bar] = cash
        cash -= moved
        is_last = order + 1 >= count
        end = bars if is_last else orders[order + 1]
        exit_bar, exit_quote = _first_exit(bar, end, quote, direction, shares, cash, market, terms)
        if exit_bar < 0 and not is_last:
            exit_bar, exit_quote = end, float(market.quotes[end])
        until = bars if exit_bar < 0 else exit_bar
        for held_bar in range(bar, until):
            equity[held_bar] = cash + direction * shares * market.close[held_bar]
        written = until
        if exit_bar < 0:
            leaving: float = -direction * shares * market.close[bars - 1]
        else:
            leaving = _moved_at_exit(shares, exit_quote, direction, cash, terms)
            cash -= leaving
        trades += 1
        held += until - bar
        if -(moved + leaving) > ROUNDING * committed:
            wins += 1
    equity[written:] = cash
    return trades, wins, held


@bare_kernel
def accumulate_equity(
    equity: Array, returns: Array, rate: float, counts: tuple[int, int, int], terms: Terms, tally: Array
) -> None:
    """Count in `tally` what an equity curve comes to, and write its returns, of the same shape.

    counts: as `walk` returns them.
    """
    bars = equity.shape[0]
    returns[0] = equity[0] / terms.initial_cash - 1
    before, after, found = equity[: bars - 1], equity[1:], returns[1:]
    for bar in range(found.shape[0]):
        found[bar] = after[bar] / before[bar] - 1 if before[bar] > 0 else 0.0
    peak, worst = terms.initial_cash, 1.0
    for bar in range(bars):
        peak = higher(peak, equity[bar])
        worst = lower(worst, equity[bar] / peak)
    total = _sum(returns)
    tally[GROWTH] = equity[bars - 1] / terms.initial_cash
    tally[RETURNS] = total
    tally[SPREAD] = _sum_of_squares(returns, total / bars, inf)
    tally[DOWNSIDE] = _sum_of_squares(returns, rate, 0.0)
    tally[WORST] = worst - 1
    tally[TRADES], tally[WINS], tally[HELD] = counts


@summing_kernel
def _sum(values: Array) -> float:
    total = 0.0
    for place in range(values.shape[0]):
        total += values[place]
    return total


@summing_kernel
def _sum_of_squares(values: Array, centre: float, most: float) -> float:
    """Return the sum of squared distances from `centre`, none of them taken as more than `most`."""
    total = 0.0
    for place in range(values.shape[0]):
        distance = lower(values[place] - centre, most)
        total += distance * distance
    return total


@bare_kernel
def _shares(cash: float, quote: float, direction: int, terms: Terms) -> float:
    """Return how many shares an order takes, as `Account.opened` does."""
    budget = cash * terms.position_size - terms.commission_fixed
    if budget <= ROUNDING * terms.initial_cash:
        return 0.0
    price = quote * (1 + direction * terms.slippage)
    shares = budget / (price * (1 + terms.commission_rate))
    return shares if terms.fractional_shares else float(floor(shares * (1 + ROUNDING)))


@bare_kernel
def _moved_at_exit(shares: float, quote: float, direction: int, cash: float, terms: Terms) -> float:
    """Return what leaves the cash when a position is closed, as `Account.closed` does."""
    notional = shares * quote * (1 - direction * terms.slippage)
    commission = notional * terms.commission_rate + terms.commission_fixed
    commission = min(commission, max(cash + direction * notional, 0.0))
    return min(commission - direction * notional, cash)


@bare_kernel
def _first_exit(
    bar: int, end: int, quote: float, direction: int, shares: float, cash: float, market: Market, terms: Terms
) -> tuple[int, float]:
    """Return bar and market price of the first exit inside a bar, as `stops.first_exit` does; -1: none."""
    has_stops = not (isnan(terms.stop_loss) and isnan(terms.take_profit) and isnan(terms.trailing_stop))
    if direction > 0 and not has_stops:
        return -1, 0.0
    signed = direction * quote
    stop = -inf if isnan(terms.stop_loss) else signed * (1 - direction * terms.stop_loss)
    if direction < 0:
        owed = shares * (1 + terms.slippage) * (1 + terms.commission_rate)
        stop = max(stop, -(cash - terms.commission_fixed) / owed)
    target = inf if isnan(terms.take_profit) else signed * (1 + direction * terms.take_profit)
    trails = not isnan(terms.trailing_stop)
    best = signed
    at_close = 1 - terms.delay
    at_target = target - ROUNDING * abs(target)
    for at in range(bar + at_close, min(end + at_close, market.close.shape[0])):
        level = max(stop, best * (1 - direction * terms.trailing_stop)) if trails else stop
        at_stop = level + ROUNDING * abs(level)
        open_ = direction * market.open[at]
        lowest = market.low[at] if direction > 0 else -market.high[at]
        highest = market.high[at] if direction > 0 else -market.low[at]
        if open_ <= at_stop or open_ >= at_target:
            return at, market.open[at]
        if lowest <= at_stop:
            return at, direction * level
        if highest >= at_target:
            return at, direction * target
        best = max(best, highest)
    return -1, 0.0
