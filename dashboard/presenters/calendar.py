"""The returns of a backtest laid out as a calendar: a row for each year, a column for each month."""

from dataclasses import dataclass

from dashboard.presenters.table_rows import MonthCell, month_cells
from strategies.backtests.schemas import CalendarReturns

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, kw_only=True)
class Year:
    """One year's returns as fractions, and the cells of its twelve months, empty where there was no bar."""

    year: str
    cells: list[MonthCell]
    strategy: float
    benchmark: float


def calendar_table(calendar: CalendarReturns) -> list[Year]:
    """Return the years of `calendar`, newest first."""
    by_month = dict(zip(calendar.monthly.periods, calendar.monthly.strategy, strict=True))
    yearly = calendar.yearly
    years = [
        Year(
            year=year,
            cells=month_cells([by_month.get(f"{year}-{month:02d}") for month in range(1, 13)]),
            strategy=strategy,
            benchmark=benchmark,
        )
        for year, strategy, benchmark in zip(yearly.periods, yearly.strategy, yearly.benchmark, strict=True)
    ]
    return years[::-1]
