"""The API of sweeps."""

from http import HTTPStatus
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from ingestion.publishing import created_answer, json_answer, published_answer
from ingestion.symbols import Symbol
from jobs.answering import ASK_AGAIN_IN
from jobs.documents import JobDocument
from jobs.models import Job
from jobs.paging import USUAL_PAGE, Cursor, Limit, page_of
from strategies.models import ParameterSweep
from strategies.sweep_documents import SweepDocument, SweepListing, SweepPage
from strategies.sweep_parameters import SweepParameters
from strategies.sweeping import answer, find_published

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
    """Return the sweep: 201 when it was computed now, 200 when the same question was answered before.

    A large sweep answers 202 with the job that computes it; the result of the job names the sweep.
    """
    answered = answer(parameters)
    if isinstance(answered, Job):
        accepted = json_answer(request, JobDocument.of(answered), status=HTTPStatus.ACCEPTED)
        accepted["Location"] = f"/api/v1/jobs/{answered.pk}"
        accepted["Retry-After"] = str(ASK_AGAIN_IN)
        return accepted
    address = f"/api/v1/sweeps/{answered.id}"
    return created_answer(request, answered.published, address=address, is_new=answered.is_new)


@router.get("/{sweep_id}", response=SweepDocument, summary="Read a sweep")
def read_sweep(request: HttpRequest, sweep_id: str) -> HttpResponse:
    """Return a stored sweep. Knows If-None-Match."""
    return published_answer(request, find_published(sweep_id))
