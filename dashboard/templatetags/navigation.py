"""The menu, with the page that a visitor is on."""

from dataclasses import dataclass

from django import template
from django.http import HttpRequest
from django.urls import reverse

register = template.Library()

PAGES = (
    ("overview", "Overview"),
    ("backtests", "Backtests"),
    ("sweeps", "Sweeps"),
    ("forecasts", "Forecasts"),
    ("history", "History"),
    ("reports", "Reports"),
    ("data", "Data"),
    ("jobs", "Jobs"),
)


@dataclass(frozen=True)
class Page:
    """An entry of the menu; `aria_current` is empty elsewhere."""

    address: str
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
    return {"navigation": [_page(reverse(name), label, request.path) for name, label in PAGES]}


def _page(address: str, label: str, path: str) -> Page:
    if path == address:
        return Page(address, label, "page")
    in_section = address != "/" and path.startswith(address)
    return Page(address, label, "true" if in_section else "")
