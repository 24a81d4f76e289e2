"""Market data: what is stored, and fetching more."""

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.errors import InvalidInput
from dashboard.forms import FetchForm, ImportForm
from dashboard.presenters.instruments import InstrumentFilters, stored_bars
from dashboard.views.decorators import staff_required
from dashboard.views.htmx import HtmxRequest, render_page
from dashboard.views.splits import steps_context
from ingestion.fetch.backlog import fetch_backlog
from ingestion.fetch.service import request_fetch
from ingestion.providers.registry import PROVIDERS, has_any_key
from ingestion.sample import SAMPLE
from jobs.models import ACTIVE_STATES, Job

PAGE = "data/page.html"


@require_safe
@never_cache
def data(request: HtmxRequest) -> HttpResponse:
    """Answer with what is stored; to htmx, which asks after a job, with the table alone."""
    context = {
        **fetching_context(FetchForm()),
        "import_form": ImportForm(),
        "import_jobs": active_jobs("import_bars"),
        "stored": stored_bars(InstrumentFilters.of(request.GET.dict())),
        "quota": fetch_backlog(),
        **steps_context(),
    }
    partial = "steps" if request.htmx and request.htmx.target == "steps" else "instruments"
    return render_page(request, PAGE, context, partial=partial)


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
    context = fetching_context(form)
    if not request.htmx:
        context |= {
            "import_form": ImportForm(),
            "import_jobs": active_jobs("import_bars"),
            "stored": stored_bars(InstrumentFilters.of(request.GET.dict())),
            "quota": fetch_backlog(),
            **steps_context(),
        }
    return render_page(request, PAGE, context, partial="fetching", status=status)


def fetching_context(form: FetchForm) -> dict[str, Any]:
    """Return what the form and its jobs are drawn from."""
    return {
        "form": form,
        "sample_symbols": sorted(SAMPLE),
        "has_key": has_any_key(),
        "providers": PROVIDERS,
        "fetch_jobs": active_jobs("fetch_bars"),
    }


def active_jobs(kind: str) -> QuerySet[Job]:
    """Return the jobs of a kind that wait or run."""
    return Job.objects.filter(kind=kind, state__in=ACTIVE_STATES)
