"""Template filters for figures; `dashboard.formatting` decides how they are written."""

from django import template

from dashboard import formatting

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


@register.filter
def tone(value: float | None) -> str:
    """Return the CSS class of a gain or a loss; the sign says the same without colour."""
    if not value:
        return ""
    return "gain" if value > 0 else "loss"


STEPS = (0.02, 0.05, 0.10)
"""Monthly returns, as fractions, from which a cell of the calendar is tinted more strongly."""


@register.filter
def tint(value: float | None) -> str:
    """Return the CSS class of a return's cell in the calendar: its sign, and roughly its size."""
    if not value:
        return ""
    step = sum(abs(value) >= limit for limit in STEPS)
    return f"tint-{'gain' if value > 0 else 'loss'}-{step}"


@register.filter
def percent_points(value: float | None) -> str:
    """Return a fraction as a percentage without its unit, for tables that name it once; nothing for None."""
    return "" if value is None else formatting.ratio(100 * value)
