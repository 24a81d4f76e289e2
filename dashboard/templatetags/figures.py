"""Template filters for figures; `dashboard.formatting` decides how they are written."""

from django import template

from dashboard import formatting

register = template.Library()

for _write in (
    formatting.money,
    formatting.percent,
    formatting.signed_percent,
    formatting.ratio,
    formatting.count,
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
