"""Sweeps of many symbols: started from a sweep's page, ranked on their own."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.results import ResultKind
from dashboard.presenters.universe import ranking
from dashboard.views.htmx import HtmxRequest, render_page, user_of
from strategies.sweeps.parameters import SweepRanges
from strategies.sweeps.service import find_sweep
from strategies.universes.schemas import UniverseParameters
from strategies.universes.service import ask_universe, find_universe, is_under_way, resume_universe


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


@require_POST
def resume(request: HtmxRequest, universe_id: str) -> HttpResponse:
    """Queue what was cancelled or failed, and show the ranking."""
    resume_universe(universe_id)
    return redirect("universe", universe_id)


@require_safe
@never_cache
def universe(request: HtmxRequest, universe_id: str) -> HttpResponse:
    """Show the ranking as far as it has come."""
    document = find_universe(universe_id)
    context = {
        "document": document,
        "ranking": ranking(document, search=request.GET.get("search", ""), page=request.GET.get("page", 1)),
        "is_under_way": not document.is_complete and is_under_way(universe_id),
    }
    return render_page(request, "sweeps/universe.html", context, partial="ranking")
