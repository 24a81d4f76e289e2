"""Sweeps of many symbols: started from a sweep's page, ranked on their own."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dashboard.presenters.universe import universe_rows
from dashboard.views.htmx import HtmxRequest, render_page
from strategies.sweeps.parameters import SweepRanges
from strategies.sweeps.service import find_sweep
from strategies.universes.schemas import UniverseParameters
from strategies.universes.service import ask_universe, find_universe


@require_POST
def start_universe(request: HtmxRequest, sweep_id: str) -> HttpResponse:
    """Sweep all stored symbols as one symbol was swept."""
    asked = find_sweep(sweep_id).parameters
    shared = {name: getattr(asked, name) for name in SweepRanges.model_fields}
    return redirect(ask_universe(UniverseParameters.model_validate(shared)).page)


@require_safe
@never_cache
def universe(request: HtmxRequest, universe_id: str) -> HttpResponse:
    """Show the ranking as far as it has come."""
    document = find_universe(universe_id)
    context = {"document": document, "rows": universe_rows(document)}
    return render_page(request, "sweeps/universe.html", context, partial="ranking")
