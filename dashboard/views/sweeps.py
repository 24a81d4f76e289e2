"""Sweeps: the form, and the heatmap and verdict that answer it."""

from functools import partial
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from core.errors import NotFound
from core.stored_result import StoredResult
from dashboard.forms.sweep import SweepForm
from dashboard.history.symbols import usual_symbol
from dashboard.presenters.sweep import sweep_cells, sweep_result
from dashboard.views.htmx import HtmxRequest, render_page, user_of, wants_partial
from dashboard.views.workbench import (
    form_with_errors,
    nothing_stored,
    result_beside_form,
    to_own_url,
)
from jobs.models import Job
from strategies.backtests.service import find_backtest
from strategies.sweeps.neighbourhood import around, place_of
from strategies.sweeps.parameters import SweepParameters
from strategies.sweeps.preview import SweepPreview
from strategies.sweeps.schemas import SweepDocument
from strategies.sweeps.service import (
    data_changed_since,
    find_job_of,
    find_preview,
    find_sweep,
    run,
    run_or_preview,
)

PAGE = "sweeps/page.html"
PENDING_VERDICT = "pending-verdict"
"""The element that asks for the whole sweep once the figures of its combinations are shown."""


@require_safe
def sweeps(request: HtmxRequest) -> HttpResponse:
    """Run what the URL asks for; without a question, the usual ranges for the symbol that was used last."""
    if not request.GET:
        return _first_page(request)
    if "around" in request.GET:
        return _around(request, request.GET["around"])
    form = SweepForm.from_query(request.GET)
    is_first = wants_partial(request) and request.htmx.trigger != PENDING_VERDICT
    result = form.result_of(partial(run_or_preview if is_first else run, owner=user_of(request)))
    if result is None:
        return form_with_errors(request, PAGE, form)
    if isinstance(result, SweepPreview):
        return _page(request, {"form": form, "figures": sweep_cells(result)})
    url = _url(result)
    if not wants_partial(request):
        return to_own_url(request, url)
    return result_beside_form(request, PAGE, _context(form, result), url)


@require_safe
def sweep(request: HtmxRequest, sweep_id: str) -> HttpResponse:
    """Show a stored sweep, or how far the job is that computes it."""
    try:
        document = find_sweep(sweep_id)
    except NotFound:
        job = find_job_of(sweep_id)
        if job is None:
            raise
        form = SweepForm.showing(SweepParameters.model_validate(job.arguments["parameters"]))
        return _page(request, _waiting(form, job))
    form = SweepForm.showing(document.parameters)
    context = _shown(form, document, choice=_choice(request.GET, document))
    return _page(request, {**context, "data_changed": data_changed_since(document)})


def _page(request: HtmxRequest, context: dict[str, Any]) -> HttpResponse:
    partial = "result" if request.htmx and request.htmx.target == "result" else "workbench"
    return render_page(request, PAGE, context, partial=partial)


def _first_page(request: HtmxRequest) -> HttpResponse:
    symbol = usual_symbol(user_of(request))
    if symbol is None:
        return nothing_stored(request)
    form = SweepForm.of_symbol(symbol)
    result = form.result_of(partial(run, owner=user_of(request)))
    context = {"form": form} if result is None else _context(form, result)
    return render_page(request, PAGE, context, partial="workbench")


def _around(request: HtmxRequest, backtest_id: str) -> HttpResponse:
    """Sweep around a stored backtest, and mark it in the heatmap."""
    backtest = find_backtest(backtest_id).parameters
    result = run(around(backtest), owner=user_of(request))
    marked = ""
    if isinstance(result, StoredResult):
        place = place_of(backtest, result.document)
        marked = "" if place is None else "?" + urlencode({"choice": place})
    return redirect(_url(result) + marked)


def _context(form: SweepForm, result: StoredResult[SweepDocument] | Job) -> dict[str, Any]:
    if isinstance(result, Job):
        return _waiting(form, result)
    return _shown(form, result.document, choice=None)


def _waiting(form: SweepForm, job: Job) -> dict[str, Any]:
    """Return what is shown of a large sweep until its job has ended: its figures come at once."""
    figures = find_preview(job)
    return {
        "form": form,
        "job": job,
        "sweep_id": job.subject,
        "figures": None if figures is None else sweep_cells(figures),
    }


def _shown(form: SweepForm, document: SweepDocument, *, choice: int | None) -> dict[str, Any]:
    return {"form": form, "result": sweep_result(document, choice=choice)}


def _url(result: StoredResult[SweepDocument] | Job) -> str:
    sweep_id = result.subject if isinstance(result, Job) else result.id
    return f"/sweeps/{sweep_id}/"


def _choice(query: QueryDict, document: SweepDocument) -> int | None:
    text = query.get("choice", "")
    place = int(text) if text.isascii() and text.isdigit() else -1
    return place if 0 <= place < document.verdict.trials else None
