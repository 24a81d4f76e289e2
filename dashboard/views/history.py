"""The history of backtests, the list of those a user saved, and saving one."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dashboard.charts.comparison import MOST_RUNS
from dashboard.presenters.history import past_runs
from dashboard.saved_runs import forget_run, save_run, saved_run
from dashboard.views.htmx import HtmxRequest, render_page, user_of


@require_safe
@never_cache
def history(request: HtmxRequest) -> HttpResponse:
    """Answer with the runs that match the URL's search; to htmx with the list alone."""
    search, saved_only = request.GET.get("search", "")[:100], "saved" in request.GET
    found = past_runs(user_of(request), search=search, saved_only=saved_only, page=request.GET.get("page", 1))
    context = {
        "found": found,
        "search": search,
        "saved_only": saved_only,
        "chosen": request.GET.getlist("run")[:MOST_RUNS],
        "most_runs": MOST_RUNS,
    }
    return render_page(request, "history/page.html", context, partial="runs")


@require_POST
def save(request: HtmxRequest, backtest_id: str) -> HttpResponse:
    """Save the run with its note, and answer with its mark."""
    save_run(user_of(request), backtest_id, note=request.POST.get("note", ""))
    return _mark(request, backtest_id)


@require_POST
def forget(request: HtmxRequest, backtest_id: str) -> HttpResponse:
    """Take the run off the user's list."""
    forget_run(user_of(request), backtest_id)
    return _mark(request, backtest_id)


def _mark(request: HtmxRequest, backtest_id: str) -> HttpResponse:
    if not request.htmx:
        return redirect("backtest", backtest_id)
    saved = saved_run(user_of(request), backtest_id)
    return render(request, "backtests/saved.html", {"backtest_id": backtest_id, "saved": saved})
