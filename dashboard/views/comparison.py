"""Several backtests side by side; the URL carries their identifiers."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dashboard.charts.comparison import MOST_RUNS, comparison_columns
from dashboard.presenters.chart_texts import describe_comparison
from dashboard.presenters.comparison import compare
from dashboard.presenters.history import past_runs
from dashboard.views.htmx import HtmxRequest, user_of

OFFERED = 12
"""Newest runs that are offered for adding."""


@require_safe
@never_cache
def comparison(request: HtmxRequest) -> HttpResponse:
    """Answer with the runs that the URL names as `run`, and with others to add."""
    compared = compare(request.GET.getlist("run"))
    shown = {run.document.id for run in compared.runs}
    others = [run for run in past_runs(user_of(request)).runs if run.id not in shown][:OFFERED]
    context = {
        "comparison": compared,
        "identifiers": [run.document.id for run in compared.runs],
        "columns": comparison_columns(compared.runs) if len(shown) > 1 else None,
        "in_words": describe_comparison(compared.runs) if len(shown) > 1 else "",
        "others": others if len(shown) < MOST_RUNS else [],
        "most_runs": MOST_RUNS,
    }
    return render(request, "comparison/page.html", context)
