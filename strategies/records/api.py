"""The API of live records. Everybody sees their own alone."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from core.pagination import USUAL_PAGE, Cursor, Limit, page_of
from core.permissions import owner_of
from core.responses import json_response
from strategies.models import LiveRecord, RecordState
from strategies.records.schemas import NewRecord, RecordDocument, RecordPage
from strategies.records.serializer import deleted_counts, document_of, listing_of
from strategies.records.service import delete_record, find_record, freeze, records_of, set_state

router = Router(tags=["records"], by_alias=True)


@router.get("/", include_in_schema=False, response=RecordPage)
@router.get("", response=RecordPage, summary="List live records")
def list_records(request: HttpRequest, limit: Limit = USUAL_PAGE, cursor: Cursor = None) -> RecordPage:
    """Return your live records without their sessions, newest first, a page at a time."""
    owner = owner_of(request)
    page = page_of(records_of(owner).defer("history", "band"), cursor=cursor, limit=limit)
    deleted, behind = deleted_counts(owner_id=owner.pk if owner else None)
    return RecordPage(
        items=[listing_of(record) for record in page.rows],
        next=page.next,
        deleted=deleted,
        deleted_behind=behind,
    )


@router.post("/", include_in_schema=False)
@router.post("", response={HTTPStatus.CREATED: RecordDocument}, summary="Freeze a backtest")
def create_record(request: HttpRequest, parameters: NewRecord) -> HttpResponse:
    """Freeze the rule of a backtest: the record begins with the next bar and capital in cash."""
    record = freeze(backtest_id=parameters.backtest, name=parameters.name, owner=owner_of(request))
    response = json_response(request, document_of(record), status=HTTPStatus.CREATED)
    response["Location"] = f"/api/v1/records/{record.pk}"
    return response


@router.get("/{record_id}", response=RecordDocument, summary="Read a live record")
def read_record(request: HttpRequest, record_id: str) -> HttpResponse:
    """Return a live record with its sessions, its next order and its verdict."""
    return json_response(request, document_of(_own(request, record_id)))


@router.post("/{record_id}/pause", response=RecordDocument, summary="Pause a live record")
def pause_record(request: HttpRequest, record_id: str) -> HttpResponse:
    """Stop adding sessions until the record is resumed; then they are caught up."""
    return _changed(request, record_id, RecordState.PAUSED)


@router.post("/{record_id}/resume", response=RecordDocument, summary="Resume a live record")
def resume_record(request: HttpRequest, record_id: str) -> HttpResponse:
    """Let a paused record go on."""
    return _changed(request, record_id, RecordState.ACTIVE)


@router.post("/{record_id}/end", response=RecordDocument, summary="End a live record")
def end_record(request: HttpRequest, record_id: str) -> HttpResponse:
    """End a live record for good; its past stays readable."""
    return _changed(request, record_id, RecordState.ENDED)


@router.delete("/{record_id}", response={HTTPStatus.NO_CONTENT: None}, summary="Delete a live record")
def remove_record(request: HttpRequest, record_id: str) -> Status[None]:
    """Take a live record off the list; the list goes on saying how many were deleted."""
    delete_record(_own(request, record_id))
    return Status(HTTPStatus.NO_CONTENT, None)


def _own(request: HttpRequest, record_id: str) -> LiveRecord:
    return find_record(record_id, owner=owner_of(request))


def _changed(request: HttpRequest, record_id: str, state: RecordState) -> HttpResponse:
    return json_response(request, document_of(set_state(_own(request, record_id), state)))
