"""Returns by the calendar: a row of months for each year, and the years as bars."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from core.formatting import counted, signed, signed_percent
from dashboard.reports.components import Chart
from dashboard.reports.svg import charts
from strategies.backtests.schemas import CalendarReturns, ReturnsByPeriod

DECIMALS = 1
"""Of a return in percent: what a cell of the table has room for."""

MONTH_STEPS, YEAR_STEPS = (0.03, 0.08), (0.1, 0.3)
"""Returns, up or down, from which a cell gets the next darker shade."""

MONTHS = [f"{month:02}" for month in range(1, 13)]


@dataclass(frozen=True, kw_only=True)
class Return:
    """A return in percent; `shade` is the CSS class for its sign and size, which the text says too."""

    text: str = ""
    shade: str = ""


@dataclass(frozen=True, kw_only=True)
class YearOfReturns:
    """A row of the table: twelve months, empty where there was no bar, and the year of both."""

    year: str
    months: Sequence[Return]
    strategy: Return
    benchmark: Return


@dataclass(frozen=True, kw_only=True)
class Returns:
    """The returns of a backtest, oldest year first."""

    chart: Chart
    years: Sequence[YearOfReturns]


def returns(calendar: CalendarReturns) -> Returns:
    """Return the returns by month and by year, written for the report."""
    return Returns(chart=_chart(calendar.yearly), years=years_of(calendar))


def years_of(calendar: CalendarReturns) -> list[YearOfReturns]:
    """Return a row for each year with a bar, oldest first."""
    monthly, yearly = calendar.monthly, calendar.yearly
    by_month = dict(zip(monthly.periods, monthly.strategy, strict=True))
    return [
        YearOfReturns(
            year=year,
            months=[_written(by_month.get(f"{year}-{month}"), MONTH_STEPS) for month in MONTHS],
            strategy=_written(strategy, YEAR_STEPS),
            benchmark=_written(benchmark, YEAR_STEPS),
        )
        for year, strategy, benchmark in zip(yearly.periods, yearly.strategy, yearly.benchmark, strict=True)
    ]


def _written(value: float | None, steps: tuple[float, float]) -> Return:
    if value is None:
        return Return()
    text = signed(100 * value, DECIMALS)
    if not round(100 * value, DECIMALS):
        return Return(text=text)
    return Return(text=text, shade=f"{'gain' if value > 0 else 'loss'}-{bisect_right(steps, abs(value)) + 1}")


def _chart(yearly: ReturnsByPeriod) -> Chart:
    ahead = sum(own > held for own, held in zip(yearly.strategy, yearly.benchmark, strict=True))
    best, worst = max(yearly.strategy), min(yearly.strategy)
    return Chart(
        url=charts.yearly_returns_chart(yearly),
        caption="Return of each calendar year, strategy and buy and hold",
        alternative=(
            f"Two bars for each of {counted(len(yearly.periods), 'year')}. The strategy did better than "
            f"buy and hold in {ahead}; its best year was {yearly.periods[yearly.strategy.index(best)]} with "
            f"{signed_percent(best)}, its worst {yearly.periods[yearly.strategy.index(worst)]} with "
            f"{signed_percent(worst)}."
        ),
    )
