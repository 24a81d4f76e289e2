"""The API of sweeps over many symbols."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from core.pagination import USUAL_PAGE, Cursor, Limit, page_of
from core.permissions import owner_of
from core.responses import json_response
from core.results import ResultKind, request_deletion
from jobs.responses import ASK_AGAIN_IN
from strategies.models import UniverseSweep
from strategies.universes.schemas import (
    UniverseDocument,
    UniverseListing,
    UniversePage,
    UniverseParameters,
)
from strategies.universes.service import ask_universe, find_universe

router = Router(tags=["sweeps"], by_alias=True)


@router.get("/", include_in_schema=False, response=UniversePage)
@router.get("", response=UniversePage, summary="List sweeps of many symbols")
def list_universes(request: HttpRequest, limit: Limit = USUAL_PAGE, cursor: Cursor = None) -> UniversePage:
    """Return sweeps of many symbols without their rows, newest first, a page at a time."""
    page = page_of(UniverseSweep.objects.defer("document"), cursor=cursor, limit=limit)
    return UniversePage(items=[UniverseListing.of(record) for record in page.rows], next=page.next)


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
    document = ask_universe(parameters, owner=owner_of(request))
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


@router.delete(
    "/{universe_id}", response={HTTPStatus.NO_CONTENT: None}, summary="Delete a sweep of many symbols"
)
def delete_universe(request: HttpRequest, universe_id: str) -> Status[None]:
    """Delete a sweep of many symbols of one's own; the sweeps of its symbols stay."""
    request_deletion(ResultKind.UNIVERSE, universe_id, user=owner_of(request))
    return Status(HTTPStatus.NO_CONTENT, None)
