"""Sweeps of many symbols: started from a sweep's page, ranked on their own."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.results import ResultKind
from dashboard.presenters.universe import universe_rows
from dashboard.views.htmx import HtmxRequest, render_page, user_of
from strategies.sweeps.parameters import SweepRanges
from strategies.sweeps.service import find_sweep
from strategies.universes.schemas import UniverseParameters
from strategies.universes.service import ask_universe, find_universe


@require_safe
def universes(request: HtmxRequest) -> HttpResponse:
    """Send on to the list of sweeps of many symbols."""
    return redirect(f"{reverse('history')}?{urlencode({'kind': ResultKind.UNIVERSE})}")


@require_POST
def start_universe(request: HtmxRequest, sweep_id: str) -> HttpResponse:
    """Sweep all stored symbols as one symbol was swept."""
    asked = find_sweep(sweep_id).parameters
    shared = {name: getattr(asked, name) for name in SweepRanges.model_fields}
    parameters = UniverseParameters.model_validate(shared)
    return redirect(ask_universe(parameters, owner=user_of(request)).page)


@require_safe
@never_cache
def universe(request: HtmxRequest, universe_id: str) -> HttpResponse:
    """Show the ranking as far as it has come."""
    document = find_universe(universe_id)
    context = {"document": document, "rows": universe_rows(document)}
    return render_page(request, "sweeps/universe.html", context, partial="ranking")
