"""Market data: what is stored, and fetching more."""

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from core.errors import InvalidInput
from dashboard.forms import FetchForm, ImportForm
from dashboard.presenters.instruments import stored_bars
from dashboard.views.decorators import staff_required
from dashboard.views.htmx import HtmxRequest, render_page, user_of
from dashboard.views.splits import steps_context
from ingestion.fetch.backlog import fetch_backlog
from ingestion.fetch.service import request_fetch
from ingestion.files.service import ImportResult
from ingestion.files.upload import import_or_enqueue
from ingestion.providers.registry import PROVIDERS, has_any_key
from ingestion.sample import SAMPLE
from jobs.models import ACTIVE_STATES, Job

PAGE = "data/page.html"


@require_safe
@never_cache
def data(request: HtmxRequest) -> HttpResponse:
    """Answer with what is stored; to htmx, which asks after a job, with the table alone."""
    context = {
        **_fetching(FetchForm()),
        "import_form": ImportForm(),
        "import_jobs": _active("import_bars"),
        "stored": stored_bars(),
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


@require_POST
@staff_required
def import_file(request: HtmxRequest) -> HttpResponse:
    """Import a file, or queue its import where it is large, and answer with what became of it."""
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _import(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    file = form.cleaned_data["file"]
    try:
        taken = import_or_enqueue(file, file.name, form.request, owner=user_of(request))
    except InvalidInput as error:
        form.add_problem(error)
        return _import(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if isinstance(taken, Job):
        return _import(request, ImportForm()) if request.htmx else redirect("job", taken.pk)
    response = _import(request, ImportForm(), imported=taken)
    return trigger_client_event(response, "job-ended", after="settle")


def _import(
    request: HtmxRequest,
    form: ImportForm,
    *,
    imported: ImportResult | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context = {"import_form": form, "import_jobs": _active("import_bars"), "imported": imported}
    if not request.htmx:
        context |= {
            **_fetching(FetchForm()),
            "stored": stored_bars(),
            "quota": fetch_backlog(),
            **steps_context(),
        }
    return render_page(request, PAGE, context, partial="importing", status=status)


def _form(request: HtmxRequest, form: FetchForm, *, status: int = 200) -> HttpResponse:
    context = _fetching(form)
    if not request.htmx:
        context |= {
            "import_form": ImportForm(),
            "import_jobs": _active("import_bars"),
            "stored": stored_bars(),
            "quota": fetch_backlog(),
            **steps_context(),
        }
    return render_page(request, PAGE, context, partial="fetching", status=status)


def _fetching(form: FetchForm) -> dict[str, Any]:
    """Return what the form and its jobs are drawn from."""
    return {
        "form": form,
        "sample_symbols": sorted(SAMPLE),
        "has_key": has_any_key(),
        "providers": PROVIDERS,
        "fetch_jobs": _active("fetch_bars"),
    }


def _active(kind: str) -> QuerySet[Job]:
    return Job.objects.filter(kind=kind, state__in=ACTIVE_STATES)
