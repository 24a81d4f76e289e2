"""Template filters for figures; `core.formatting` decides how they are written."""

from django import template

from core import formatting
from dashboard.presenters.table_rows import tone

register = template.Library()

for _write in (
    formatting.money,
    formatting.amount,
    formatting.percent,
    formatting.signed_percent,
    formatting.ratio,
    formatting.count,
    formatting.counted,
    formatting.days,
    formatting.price,
    formatting.shares,
    formatting.day,
    formatting.moment,
):
    register.filter(_write.__name__, _write)


register.filter("tone", tone)


@register.filter
def percent_points(value: float | None) -> str:
    """Return a fraction as a percentage without its unit, for tables that name it once; nothing for None."""
    return "" if value is None else formatting.ratio(100 * value)
