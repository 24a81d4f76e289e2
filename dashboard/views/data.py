"""Market data: what is stored, and fetching more."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dashboard.access import staff_required
from dashboard.forms import FetchForm
from dashboard.instruments import stored_bars
from dashboard.requests import HtmxRequest, render_page
from ingestion.fetching import request_fetch
from ingestion.limits import quota_left
from ingestion.sample import SAMPLE
from jobs.errors import InvalidInput
from jobs.models import ACTIVE_STATES, Job

PAGE = "data/page.html"


@require_safe
@never_cache
def data(request: HtmxRequest) -> HttpResponse:
    """Answer with what is stored; to htmx, which asks after a job, with the table alone."""
    context = {**_fetching(FetchForm()), "stored": stored_bars(), "quota": quota_left()}
    return render_page(request, PAGE, context, partial="instruments")


@require_POST
@staff_required
def fetch(request: HtmxRequest) -> HttpResponse:
    """Queue the fetching of a symbol, and answer with the job beside an empty form."""
    form = FetchForm(request.POST)
    if not form.is_valid():
        return _form(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        job = request_fetch(form.cleaned_data["symbol"])
    except InvalidInput as error:
        form.add_error("symbol", error.message)
        return _form(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _form(request, FetchForm()) if request.htmx else redirect("job", job.pk)


def _form(request: HtmxRequest, form: FetchForm, *, status: int = 200) -> HttpResponse:
    context = _fetching(form)
    if not request.htmx:
        context |= {"stored": stored_bars(), "quota": quota_left()}
    return render_page(request, PAGE, context, partial="fetching", status=status)


def _fetching(form: FetchForm) -> dict[str, Any]:
    """Return what the form and its jobs are drawn from."""
    return {
        "form": form,
        "sample_symbols": sorted(SAMPLE),
        "has_key": bool(settings.ALPHA_VANTAGE_API_KEY),
        "fetch_jobs": Job.objects.filter(kind="fetch_bars", state__in=ACTIVE_STATES),
    }
