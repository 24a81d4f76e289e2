"""What a reader of a forecast must know about the bars behind it."""

from datetime import UTC, date, datetime

import numpy as np
from numpy.typing import NDArray

from core.errors import InvalidInput
from core.formatting import counted, number, percent
from forecasting.inputs import is_share, traded_bars, untraded_at_end
from forecasting.model.prediction import MINIMUM_CLOSES, STEADY_CLOSES
from forecasting.model.regression import SCALE_WINDOW
from forecasting.model.surprise import SURPRISE_WINDOW
from forecasting.parameters import ForecastParameters
from ingestion.bars import Bars
from ingestion.exchange_calendar import calendar_notice, next_sessions, sessions_between
from ingestion.models import Source
from ingestion.notices import actions_notice

FloatArray = NDArray[np.float64]

STALE_SESSIONS = 5
JUMP = 0.4
"""A move between two closes beyond this looks like a split that nobody recorded."""
QUIET_WINDOW = 252
CALM_DEVIATION = 0.001
"""A daily standard deviation below this, 1.6 % a year, is that of a peg or of a fund of short bills."""
BREAK_RATIO = 2.0
"""The median move of SURPRISE_WINDOW sessions over that of the year before: beyond, volatility has broken."""
LONGEST_HALT = 20
"""Sessions without a trade, about a month, after which no forecast is made."""


def refuse_untradable(bars: Bars, parameters: ForecastParameters) -> None:
    """Raise InvalidInput when a forecast from these bars would mean nothing."""
    _refuse_halted(bars, parameters)
    closes = len(traded_bars(bars))
    if closes >= MINIMUM_CLOSES:
        return
    issued_on = bars.dates[-1].item()
    raise InvalidInput(
        f"{bars.symbol} has {counted(closes, 'close')} up to {issued_on}; a forecast needs "
        f"{MINIMUM_CLOSES}. "
        + ("Choose a later day." if parameters.as_of else "Fetch more of its history on the Data page."),
        field="as_of" if parameters.as_of else "symbol",
    )


def _refuse_halted(bars: Bars, parameters: ForecastParameters) -> None:
    halted = untraded_at_end(bars)
    if halted < LONGEST_HALT:
        return
    raise InvalidInput(
        f"{bars.symbol} was not traded in the {counted(halted, 'session')} up to {bars.dates[-1].item()}. "
        "What it is worth when trading begins again cannot be read from its past prices. "
        + ("Choose another day." if parameters.as_of else "Fetch newer bars when it is traded again."),
        field="as_of" if parameters.as_of else "symbol",
    )


def notices_about(bars: Bars, parameters: ForecastParameters) -> list[str]:
    """Return the notices, most important first."""
    found = (
        _sample(bars),
        _clamped(bars, parameters),
        _stale(bars) if parameters.as_of is None and bars.source != Source.SAMPLE else None,
        actions_notice(bars),
        _short(bars),
        _unmoved(bars) or _calm(bars),
        _broken(bars),
        _jumps(bars),
        _no_share(bars),
        _untraded(bars),
        _missing(bars),
        _provisional(bars),
        _calendar(bars, parameters),
    )
    return [notice for notice in found if notice]


def _sample(bars: Bars) -> str | None:
    if bars.source != Source.SAMPLE:
        return None
    return (
        "Sample data: these are real prices of 2000 to 2013, not current ones. The forecast is an exercise "
        "in hindsight."
    )


def _clamped(bars: Bars, parameters: ForecastParameters) -> str | None:
    issued_on: date = bars.dates[-1].item()
    if parameters.as_of is None or parameters.as_of == issued_on:
        return None
    return f"There is no bar on {parameters.as_of}, so the forecast is issued on the one before, {issued_on}."


def _calendar(bars: Bars, parameters: ForecastParameters) -> str | None:
    last: date = next_sessions(bars.exchange, bars.dates[-1].item(), parameters.horizon)[-1]
    return calendar_notice(bars.exchange, last)


def _stale(bars: Bars) -> str | None:
    last: date = bars.dates[-1].item()
    passed = len(sessions_between(bars.exchange, last, datetime.now(UTC).date())) - 1
    if passed <= STALE_SESSIONS:
        return None
    return (
        f"The last stored close is of {last}, {counted(passed, 'session')} ago: that many of the sessions "
        "forecast here are over. Fetch newer bars before relying on this forecast."
    )


def _short(bars: Bars) -> str | None:
    if len(bars) >= STEADY_CLOSES:
        return None
    return (
        f"Only {counted(len(bars), 'close')} are known by then, less than a year. The width of the bands is "
        f"erratic below {STEADY_CLOSES} closes."
    )


def _jumps(bars: Bars) -> str | None:
    """Compare each open with the close before it, as far back as errors count: a split shows overnight."""
    overnight = np.abs(bars.open[1:] / bars.close[:-1] - 1)[-SCALE_WINDOW:]
    days = bars.dates[1:][-SCALE_WINDOW:][overnight > JUMP]
    if not len(days):
        return None
    listed = ", ".join(str(day) for day in days[-3:])
    return (
        f"The price jumped by more than {percent(JUMP, 0)} overnight on {listed}. If that was a split which "
        "is missing from the stored data, the bands are far too wide: fetch the symbol again for its splits."
    )


def _returns(bars: Bars) -> FloatArray:
    """Return the log returns of the last year between days of trade."""
    return np.asarray(np.diff(np.log(traded_bars(bars).close))[-QUIET_WINDOW:])


def _unmoved(bars: Bars) -> str | None:
    returns = _returns(bars)
    if returns.any():
        return None
    return (
        f"The close has not changed in the last {counted(len(returns), 'session')}. The forecast repeats it, "
        "and its bands say nothing of where the price goes once it moves."
    )


def _calm(bars: Bars) -> str | None:
    deviation = float(np.sqrt(np.mean(_returns(bars) ** 2)))
    if deviation >= CALM_DEVIATION:
        return None
    return (
        f"The close hardly moves: {percent(deviation, 2)} a day over the last year. Where somebody holds a "
        "price in place, as with a pegged currency or a pending takeover, the bands show how far it moved "
        "while it was held, and not how far it moves when that ends."
    )


def _broken(bars: Bars) -> str | None:
    """Compare the median move of the last sessions with that of the year before them."""
    sizes = np.abs(_returns(bars))
    recent, before = sizes[-SURPRISE_WINDOW:], sizes[:-SURPRISE_WINDOW]
    if len(before) < SURPRISE_WINDOW:
        return None
    usual = float(np.median(before))
    ratio = float(np.median(recent)) / usual if usual > 0 else 0.0
    if ratio < BREAK_RATIO:
        return None
    return (
        f"The typical move of the last {counted(SURPRISE_WINDOW, 'session')} is {number(ratio, 1)} times "
        "that of the year before. The bands have widened, but by less: most such jumps in volatility fade. "
        f"Where one lasts, the {percent(0.8, 0)} band holds too few closes for months."
    )


def _no_share(bars: Bars) -> str | None:
    if is_share(bars):
        return None
    return (
        "No volume is known, as with currencies, metals and indices, so the average drift of shares is left "
        "out: the median stays close to the last close. In tests on ten currencies the probability of a "
        "higher close was off by 1.5 points on average, on metals and indices by 9 to 11: do not rely on it "
        "there."
    )


def _untraded(bars: Bars) -> str | None:
    quiet = int(np.count_nonzero(bars.volume[-QUIET_WINDOW:] == 0))
    if not quiet or not is_share(bars):
        return None
    return (
        f"On {quiet} of the last {counted(min(len(bars), QUIET_WINDOW), 'session')} nothing was traded. "
        "Such days are left out, so that the move over them counts as one and widens the bands."
    )


def _missing(bars: Bars) -> str | None:
    # Bars with gaps between them reach further back than as many sessions.
    since = bars.dates[-min(len(bars), QUIET_WINDOW)].item()
    gaps = sum(day > since for day in bars.missing_sessions)
    if not gaps:
        return None
    return (
        f"{counted(gaps, 'session')} since {since} {'has' if gaps == 1 else 'have'} no bar, so a move "
        "over a gap counts as the move of one day."
    )


def _provisional(bars: Bars) -> str | None:
    if not bars.provisional:
        return None
    return "The last bar was fetched before its session closed: its close is provisional."
