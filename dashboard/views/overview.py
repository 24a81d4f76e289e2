"""The overview: what is stored and watched, what was done last, and what runs now."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dashboard.history.listing import latest_of_each
from dashboard.history.symbols import overview_symbols
from dashboard.presenters.instruments import quotes
from dashboard.presenters.jobs import running_now
from dashboard.views.htmx import HtmxRequest, user_of
from ingestion.instruments import symbols_in_order
from ingestion.providers.quota import quota_left
from ingestion.watchlist import unwatch, watch, watched

RECENT = 5
"""Runs of each kind on the overview."""


@require_safe
@never_cache
def overview(request: HtmxRequest) -> HttpResponse:
    """Answer with the overview."""
    listed = _instruments(request)
    context = {
        **listed,
        "shows_sample": any(quote.instrument.is_sample for quote in listed["quotes"]),
        "latest": latest_of_each(user_of(request), RECENT),
        "running": running_now(),
        "quota": quota_left(),
    }
    return render(request, "overview/page.html", context)


@require_POST
def watch_instrument(request: HtmxRequest, symbol: str) -> HttpResponse:
    """Put the symbol on the watch list, or with `off` take it off; answer with the list in its new order."""
    change = unwatch if "off" in request.POST else watch
    change(user_of(request), symbol)
    if not request.htmx:
        return redirect("overview")
    return render(request, "overview/instruments.html", _instruments(request))


def _instruments(request: HtmxRequest) -> dict[str, Any]:
    """Return what the table of instruments shows: the watched ones first."""
    user = user_of(request)
    starred = watched(user)
    listed = quotes(overview_symbols(user, starred), watched=starred)
    return {
        "quotes": listed,
        "watches": any(quote.is_watched for quote in listed),
        "stored": symbols_in_order().count(),
    }
