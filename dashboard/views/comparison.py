"""Several backtests side by side: those that the URL names, or those that the browser keeps."""

from functools import partial

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.errors import InvalidInput
from dashboard.charts.comparison import MOST_RUNS, comparison_columns
from dashboard.compare_basket import add_runs, chosen_runs, remember, stored_runs
from dashboard.forms import BacktestForm
from dashboard.history.listing import backtests_of
from dashboard.presenters.chart_texts import describe_comparison
from dashboard.presenters.comparison import compare
from dashboard.views.htmx import HtmxRequest, user_of
from strategies.backtests.service import run

OFFERED = 12
"""Newest runs that are offered for adding."""


@require_safe
@never_cache
def comparison(request: HtmxRequest) -> HttpResponse:
    """Answer with the runs that the URL names as `run`, else the chosen ones, and with others to add."""
    if "add" in request.GET:
        runs = add_runs(chosen_runs(request), request.GET.getlist("add"))
        return remember(redirect("compare"), runs)
    named = request.GET.getlist("run")
    compared = compare(named or stored_runs(chosen_runs(request)))
    shown = {run.document.id for run in compared.runs}
    found = backtests_of(user_of(request), limit=OFFERED + MOST_RUNS)
    others = [entry for entry in found if entry.result_id not in shown][:OFFERED]
    context = {
        "comparison": compared,
        "is_basket": not named,
        "columns": comparison_columns(compared.runs) if len(shown) > 1 else None,
        "in_words": describe_comparison(compared.runs) if len(shown) > 1 else "",
        "others": others if len(shown) < MOST_RUNS else [],
        "most_runs": MOST_RUNS,
    }
    return render(request, "comparison/page.html", context)


@require_POST
def add_to_comparison(request: HtmxRequest) -> HttpResponse:
    """Add the runs that the form names, or the one that its parameters ask for."""
    runs = add_runs(chosen_runs(request), request.POST.getlist("run") or [_run_asked_for(request)])
    return remember(_told(request, runs), runs)


@require_POST
def remove_from_comparison(request: HtmxRequest) -> HttpResponse:
    """Leave a run out."""
    left = [run for run in chosen_runs(request) if run not in request.POST.getlist("run")]
    return remember(_told(request, left), left)


def _told(request: HtmxRequest, runs: list[str]) -> HttpResponse:
    if not request.htmx:
        return redirect("compare")
    return render(
        request, "comparison/basket.html", {"chosen": len(runs), "most_runs": MOST_RUNS, "oob": True}
    )


def _run_asked_for(request: HtmxRequest) -> str:
    """Return the run of a field of a heatmap, which is computed if it was not yet."""
    form = BacktestForm.from_query(request.POST)
    result = form.result_of(partial(run, owner=user_of(request)))
    if result is None:
        raise InvalidInput("Choose runs to compare: tick them in the history, or add one from its page.")
    return result.id
