"""The runs that a person has chosen to compare: kept by their browser until it is closed."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from core.document_ids import is_document_id
from core.errors import InvalidInput
from dashboard.charts.comparison import MOST_RUNS
from strategies.models import Backtest

COOKIE = "compare"
SEPARATOR = "."


class BasketFull(InvalidInput):
    """There is no room for another run."""

    status = HTTPStatus.CONFLICT


def chosen_runs(request: HttpRequest) -> list[str]:
    """Return the identifiers that the browser keeps, each once, in the order they were added."""
    kept = request.COOKIES.get(COOKIE, "").split(SEPARATOR)
    return list(dict.fromkeys(run for run in kept if is_document_id(run)))[:MOST_RUNS]


def stored_runs(runs: Sequence[str]) -> list[str]:
    """Return those of the runs that are still stored, in their order."""
    stored = set(Backtest.objects.filter(pk__in=runs).values_list("pk", flat=True))
    return [run for run in runs if run in stored]


def add_runs(chosen: Sequence[str], added: Iterable[str]) -> list[str]:
    """Return the chosen runs with others added.

    Raises InvalidInput for what is no run, BasketFull where there are then more than MOST_RUNS.
    """
    new = [run for run in dict.fromkeys(added) if run not in chosen]
    if len(stored_runs(new)) < len(new):
        raise InvalidInput("One of these runs is not stored any more. Choose from the history.", field="run")
    kept = stored_runs(chosen)
    if len(kept) + len(new) > MOST_RUNS:
        raise BasketFull(
            f"Up to {MOST_RUNS} runs can be compared, and {len(kept)} are chosen. "
            "Leave one out on the Compare page, then add this one."
        )
    return [*kept, *new]


def remember(response: HttpResponse, runs: Sequence[str]) -> HttpResponse:
    """Let the browser keep the chosen runs until it is closed."""
    response.set_cookie(COOKIE, SEPARATOR.join(runs), httponly=True, samesite="Lax")
    return response
