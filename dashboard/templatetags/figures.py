"""Template filters for figures; `core.formatting` decides how they are written."""

from collections.abc import Callable
from functools import wraps

from django import template

from core import formatting
from dashboard.presenters.table_rows import tone

register = template.Library()


def _defined[**P](write: Callable[P, str]) -> Callable[P, str]:
    """Let a filter take what a template has of a missing key, an empty text, for an undefined figure."""

    @wraps(write)
    def written(*values: P.args, **options: P.kwargs) -> str:
        first, *rest = values
        return write(None if first == "" else first, *rest, **options)  # type: ignore[arg-type]

    return written


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
    register.filter(_write.__name__, _defined(_write))


register.filter("tone", tone)


@register.filter
def percent_points(value: float | None) -> str:
    """Return a fraction as a percentage without its unit, for tables that name it once; nothing for None."""
    return "" if value is None else formatting.ratio(100 * value)
