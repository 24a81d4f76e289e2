"""Growth over calendar time, where so many sessions lack a bar that counting bars misleads."""

from core.formatting import number, percent, signed_percent
from strategies.backtests.run import Run
from strategies.engine.metrics import BARS_IN_A_YEAR

DAYS_IN_A_YEAR = 365.25
MOST_MISSING = 0.05
"""Fraction of sessions without a bar up to which figures a year are right enough."""


def calendar_growth_notices(run: Run, missing: int) -> list[str]:
    """Return the growth a year of the calendar where too many sessions are missing; else nothing.

    missing: sessions of the period without a bar.
    """
    bars = len(run.result.traded)
    share = missing / (bars + missing)
    years = (run.end - run.start).days / DAYS_IN_A_YEAR
    growth = 1 + run.result.strategy.metrics.total_return
    if share <= MOST_MISSING or years <= 0 or growth <= 0:
        return []
    sentence = (
        f"{percent(share, 0)} of the sessions have no bar. Yearly figures count {BARS_IN_A_YEAR} bars a "
        f"year, so they take {bars:,} bars for {number(bars / BARS_IN_A_YEAR, 1)} years where "
        f"{number(years, 1)} years of the calendar passed. Over these the return is "
        f"{signed_percent(growth ** (1 / years) - 1, 2)} a year; read that in place of the CAGR."
    )
    return [sentence]
