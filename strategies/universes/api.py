"""The API of sweeps over many symbols."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from ninja import Router

from core.responses import json_response
from jobs.responses import ASK_AGAIN_IN
from strategies.universes.schemas import UniverseDocument, UniverseParameters
from strategies.universes.service import ask_universe, find_universe

router = Router(tags=["sweeps"], by_alias=True)


@router.post("/", include_in_schema=False)
@router.post(
    "",
    response={HTTPStatus.OK: UniverseDocument, HTTPStatus.ACCEPTED: UniverseDocument},
    summary="Sweep many symbols",
)
def create_universe(request: HttpRequest, parameters: UniverseParameters) -> HttpResponse:
    """Return 202 with the sweep as far as it has come, or 200 when every symbol is done.

    Workers share the symbols; read the sweep again for its progress.
    """
    document = ask_universe(parameters)
    status = HTTPStatus.OK if document.is_complete else HTTPStatus.ACCEPTED
    response = json_response(request, document, status=status)
    response["Location"] = f"/api/v1/universes/{document.id}"
    if not document.is_complete:
        response["Retry-After"] = str(ASK_AGAIN_IN)
    return response


@router.get("/{universe_id}", response=UniverseDocument, summary="Read a sweep of many symbols")
def read_universe(request: HttpRequest, universe_id: str) -> HttpResponse:
    """Return the ranking as far as it has come, and the verdict when every symbol is done."""
    return json_response(request, find_universe(universe_id))
