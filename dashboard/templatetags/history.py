"""Template filters for entries of the history."""

from django import template

from core.results import ResultKind
from dashboard.history.listing import KINDS, figure_of
from dashboard.models import HistoryEntry

register = template.Library()

register.filter("figure", figure_of)


@register.filter
def kind_label(entry: HistoryEntry) -> str:
    """Return what kind of result an entry is."""
    return KINDS[ResultKind(entry.kind)]
