"""The API of sweeps."""

from http import HTTPStatus
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from core.pagination import USUAL_PAGE, Cursor, Limit, page_of
from core.permissions import owner_of
from core.responses import created_response, document_response, json_response
from core.results import ResultKind, request_deletion
from ingestion.symbols import Symbol
from jobs.models import Job
from jobs.responses import ASK_AGAIN_IN
from jobs.schemas import JobDocument
from strategies.models import ParameterSweep
from strategies.sweeps.parameters import SweepParameters
from strategies.sweeps.schemas import SweepDocument, SweepListing, SweepPage
from strategies.sweeps.service import SWEEPS, run

router = Router(tags=["sweeps"], by_alias=True)


@router.get("/", include_in_schema=False, response=SweepPage)
@router.get("", response=SweepPage, summary="List sweeps")
def list_sweeps(
    request: HttpRequest,
    limit: Limit = USUAL_PAGE,
    cursor: Cursor = None,
    symbol: Annotated[Symbol | None, Query(description="Only sweeps of this symbol.")] = None,
) -> SweepPage:
    """Return stored sweeps without their combinations, newest first, a page at a time."""
    stored = ParameterSweep.objects.defer("document", "trial_keys")
    page = page_of(stored, cursor=cursor, limit=limit, symbol=symbol)
    return SweepPage(items=[SweepListing.of(record) for record in page.rows], next=page.next)


@router.post("/", include_in_schema=False)
@router.post(
    "",
    response={
        HTTPStatus.CREATED: SweepDocument,
        HTTPStatus.OK: SweepDocument,
        HTTPStatus.ACCEPTED: JobDocument,
    },
    summary="Sweep a rule's parameters",
)
def create_sweep(request: HttpRequest, parameters: SweepParameters) -> HttpResponse:
    """Return the sweep: 201 when it was computed now, 200 when it was stored already.

    A large sweep answers 202 with the job that computes it; the result of the job names the sweep.
    """
    result = run(parameters, owner=owner_of(request))
    if isinstance(result, Job):
        accepted = json_response(request, JobDocument.of(result), status=HTTPStatus.ACCEPTED)
        accepted["Location"] = f"/api/v1/jobs/{result.pk}"
        accepted["Retry-After"] = str(ASK_AGAIN_IN)
        return accepted
    url = f"/api/v1/sweeps/{result.id}"
    return created_response(request, result.published, url=url, is_new=result.is_new)


@router.get("/{sweep_id}", response=SweepDocument, summary="Read a sweep")
def read_sweep(request: HttpRequest, sweep_id: str) -> HttpResponse:
    """Return a stored sweep. Knows If-None-Match."""
    return document_response(request, SWEEPS.find(sweep_id).published)


@router.delete("/{sweep_id}", response={HTTPStatus.NO_CONTENT: None}, summary="Delete a sweep")
def delete_sweep(request: HttpRequest, sweep_id: str) -> Status[None]:
    """Delete a sweep of one's own; where others have it in their history too, it stays for them."""
    request_deletion(ResultKind.SWEEP, sweep_id, user=owner_of(request))
    return Status(HTTPStatus.NO_CONTENT, None)
