"""The menu and the breadcrumbs: where a visitor is, and the way back up."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from core.results import ResultKind
from dashboard.charts.comparison import MOST_RUNS
from dashboard.compare_basket import chosen_runs
from dashboard.history.listing import PLURALS

register = template.Library()

PAGES = {
    "overview": "Overview",
    "backtests": "Backtests",
    "sweeps": "Sweeps",
    "forecasts": "Forecasts",
    "history": "History",
    "reports": "Reports",
    "data": "Data",
    "jobs": "Jobs",
}
SECTIONS = {"universe": "sweeps", "scorecard": "forecasts", "compare": "history"}
"""Pages of a section that do not lie under its URL, by the name of their URL."""


@dataclass(frozen=True)
class Page:
    """An entry of the menu; `aria_current` is empty elsewhere."""

    url: str
    label: str
    aria_current: str

    @property
    def key(self) -> str:
        """The letter that leads here after a g."""
        return self.label[0].lower()


@register.inclusion_tag("partials/navigation.html", takes_context=True)
def navigation(context: template.Context) -> dict[str, list[Page]]:
    """Render the menu; the entry of the present page, or of the section it lies in, is marked."""
    request: HttpRequest = context["request"]
    match = request.resolver_match
    section = SECTIONS.get(match.url_name or "", "") if match else ""
    return {
        "navigation": [
            Page(reverse(name), label, _aria_current(reverse(name), request.path, is_section=name == section))
            for name, label in PAGES.items()
        ]
    }


def _aria_current(url: str, path: str, *, is_section: bool) -> str:
    if path == url:
        return "page"
    lies_under = url != "/" and path.startswith(url)
    return "true" if is_section or lies_under else ""


@dataclass(frozen=True)
class Crumb:
    """A page above the one that is shown."""

    url: str
    label: str


@register.inclusion_tag("partials/breadcrumbs.html")
def breadcrumbs(section: str, name: str, symbol: str = "") -> dict[str, Any]:
    """Render the way to a page: its section, and in it the symbol, where the page is about one.

    section: a kind of result, whose list is in the history, or the name of a page of the menu.
    """
    if section in PAGES:
        url, label = f"{reverse(section)}?", PAGES[section]
    else:
        url, label = f"{reverse('history')}?{urlencode({'kind': section})}&", PLURALS[ResultKind(section)]
    above = [Crumb(url.rstrip("?&"), label)]
    if symbol:
        above.append(Crumb(url + urlencode({"symbol": symbol}), symbol))
    return {"above": above, "name": name}


@register.inclusion_tag("comparison/basket.html", takes_context=True)
def compare_basket(context: template.Context) -> dict[str, int]:
    """Render the way to the comparison, with how many runs the browser keeps for it."""
    return {"chosen": len(chosen_runs(context["request"])), "most_runs": MOST_RUNS}
