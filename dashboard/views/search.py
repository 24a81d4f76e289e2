"""Finding a symbol: among what is stored while one types, at the provider when one asks for it."""

from http import HTTPStatus

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import HindcastError
from core.permissions import require_staff
from dashboard.history.symbols import offered_instruments
from dashboard.views.htmx import HtmxRequest, render_page, user_of
from ingestion.providers.symbol_search import provider_matches, stored_matches


@require_safe
@never_cache
def symbols(request: HtmxRequest) -> HttpResponse:
    """Answer with the options of a symbol picker, for what was typed."""
    offered = offered_instruments(request.GET.get("search", ""), user_of(request))
    return render(request, "partials/symbol_options.html", {"instruments": offered})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def search(request: HtmxRequest) -> HttpResponse:
    """Answer with matches: GET costs no request of the provider's, POST may cost one and is for staff."""
    asks_provider = request.method == "POST"
    words = (request.POST if asks_provider else request.GET).get("symbol", "").strip()
    context = {
        "words": words,
        "asked_provider": asks_provider,
        "has_key": bool(settings.ALPHA_VANTAGE_API_KEY),
    }
    status = HTTPStatus.OK
    if asks_provider:
        require_staff(request)
        try:
            context["matches"] = provider_matches(words)
        except HindcastError as error:
            context["problem"], status = error.message, HTTPStatus.UNPROCESSABLE_ENTITY
    else:
        context["matches"] = stored_matches(words)
    return render_page(request, "data/search.html", context, partial="matches", status=status)
