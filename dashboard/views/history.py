"""The history: what a user has made, and changing it."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from dashboard.charts.comparison import MOST_RUNS
from dashboard.history.changes import (
    delete_entry,
    forget_run,
    own_entry,
    rename,
    save_run,
    saved_run,
)
from dashboard.history.listing import FIGURES, KINDS, NEWEST, Filters, find_rows
from dashboard.labels import choices_of
from dashboard.views.htmx import HtmxRequest, render_page, user_of
from strategies.engine.enums import Rule


@require_safe
@never_cache
def history(request: HtmxRequest) -> HttpResponse:
    """Answer with the results that the URL's filters let through; to htmx with the list alone."""
    filters = Filters.of(request.GET.dict())
    context = {
        "found": find_rows(user_of(request), filters, page=request.GET.get("page", 1)),
        "filters": filters,
        "kinds": list(KINDS.items()),
        "rules": choices_of(Rule),
        "orders": [(NEWEST, "Newest first"), *((key, metric.label) for key, metric in FIGURES.items())],
        "chosen": request.GET.getlist("run")[:MOST_RUNS],
        "most_runs": MOST_RUNS,
    }
    return render_page(request, "history/page.html", context, partial="runs")


@require_POST
def change_entry(request: HtmxRequest, entry_id: int) -> HttpResponse:
    """Give an entry of the user's own a name and a note."""
    entry = own_entry(user_of(request), entry_id)
    rename(entry, name=request.POST.get("name", ""), note=request.POST.get("note", ""))
    return _back(request)


@require_POST
def delete(request: HtmxRequest, entry_id: int) -> HttpResponse:
    """Delete an entry of the user's own, and its result where nobody else has it."""
    delete_entry(own_entry(user_of(request), entry_id))
    return _back(request)


@require_POST
def save(request: HtmxRequest, backtest_id: str) -> HttpResponse:
    """Save the run with its note, and answer with its mark."""
    save_run(user_of(request), backtest_id, note=request.POST.get("note", ""))
    return _mark(request, backtest_id)


@require_POST
def forget(request: HtmxRequest, backtest_id: str) -> HttpResponse:
    """Take the run off the user's list of saved ones."""
    forget_run(user_of(request), backtest_id)
    return _mark(request, backtest_id)


def _back(request: HtmxRequest) -> HttpResponse:
    """Show the list anew, with the filters that its form carries along."""
    if request.htmx:
        return HttpResponseClientRefresh()
    query = request.POST.get("query", "")
    return redirect(f"{reverse('history')}{f'?{query}' if query else ''}")


def _mark(request: HtmxRequest, backtest_id: str) -> HttpResponse:
    if not request.htmx:
        return redirect("backtest", backtest_id)
    saved = saved_run(user_of(request), backtest_id)
    return render(request, "backtests/saved.html", {"backtest_id": backtest_id, "saved": saved})
