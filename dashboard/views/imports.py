"""Files of bars: a preview of one, and the import of one or many."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from tempfile import TemporaryFile
from typing import Any, BinaryIO
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from core.errors import HindcastError, InvalidInput
from dashboard.forms import FetchForm, ImportForm
from dashboard.presenters.instruments import InstrumentFilters, stored_bars
from dashboard.views.data import PAGE, active_jobs, fetching_context
from dashboard.views.decorators import staff_required
from dashboard.views.htmx import HtmxRequest, render_page, user_of
from dashboard.views.splits import steps_context
from ingestion.fetch.backlog import fetch_backlog
from ingestion.files.mappings import save_mapping
from ingestion.files.preview import preview_file
from ingestion.files.results import ImportResult
from ingestion.files.upload import import_kept, import_or_enqueue
from ingestion.files.upload_storage import keep_upload, pieces_of, read_upload
from jobs.models import Job


@dataclass(frozen=True, kw_only=True)
class FileOutcome:
    """What became of one file: what it brought, the job that imports it, or why it was refused."""

    name: str
    result: ImportResult | None = None
    job: Job | None = None
    problem: str | None = None


@require_POST
@staff_required
def import_file(request: HtmxRequest) -> HttpResponse:
    """Import files, or queue the large ones, and answer with what became of each; or preview one."""
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _refused(request, form)
    try:
        if "preview" in request.POST:
            return _preview(request, form)
        outcomes = _imported(request, form)
    except InvalidInput as error:
        form.add_problem(error)
        return _refused(request, form)
    if form.cleaned_data["save_as"]:
        save_mapping(form.cleaned_data["save_as"], form.words)
    jobs = [outcome.job for outcome in outcomes if outcome.job is not None]
    if len(outcomes) == 1 and jobs and not request.htmx:
        return redirect("job", jobs[0].pk)
    response = _page(request, ImportForm(), {"outcomes": outcomes})
    return trigger_client_event(response, "job-ended", after="settle")


def _imported(request: HtmxRequest, form: ImportForm) -> list[FileOutcome]:
    """Import each file; raises InvalidInput for the only one, whose form then says what is wrong."""
    files = form.cleaned_data["file"]
    if not files:
        kept = import_kept(form.cleaned_data["upload"], form.request, owner=user_of(request))
        return [_outcome("", kept)]
    if len(files) == 1:
        return [_outcome(files[0].name, _import_one(request, form, files[0]))]
    return list(_import_each(request, form, files))


def _import_each(request: HtmxRequest, form: ImportForm, files: Sequence[Any]) -> Iterator[FileOutcome]:
    for file in files:
        try:
            yield _outcome(file.name, _import_one(request, form, file))
        except HindcastError as error:
            yield FileOutcome(name=file.name, problem=error.message)


def _import_one(request: HtmxRequest, form: ImportForm, file: Any) -> ImportResult | Job:
    return import_or_enqueue(file, file.name, form.request, owner=user_of(request))


def _outcome(name: str, taken: ImportResult | Job) -> FileOutcome:
    if isinstance(taken, Job):
        return FileOutcome(name=name, job=taken)
    return FileOutcome(name=name, result=taken)


def _preview(request: HtmxRequest, form: ImportForm) -> HttpResponse:
    """Answer with the first rows of the file, which is kept for an hour so that it need not be sent again."""
    files = form.cleaned_data["file"]
    if len(files) > 1:
        raise InvalidInput("A preview shows one file. Choose one of them.", field="file")
    with TemporaryFile() as file:
        upload_id, name = _keep(files[0] if files else None, form.cleaned_data["upload"], file)
        preview = preview_file(file, form.request, name=name)
    return _page(request, form, {"preview": preview, "upload": upload_id, "preview_name": name})


def _keep(sent: Any, upload_id: UUID | None, into: BinaryIO) -> tuple[UUID, str]:
    """Return the id and the name of the kept file, with its content written into another."""
    if sent is None and upload_id is not None:
        return upload_id, read_upload(upload_id, into).name
    upload = keep_upload(sent.name, pieces_of(sent))
    read_upload(upload.pk, into)
    return upload.pk, upload.name


def _refused(request: HtmxRequest, form: ImportForm) -> HttpResponse:
    return _page(
        request, form, {"upload": form.data.get("upload", "")}, status=HTTPStatus.UNPROCESSABLE_ENTITY
    )


def _page(
    request: HtmxRequest, form: ImportForm, shown: dict[str, Any], *, status: int = HTTPStatus.OK
) -> HttpResponse:
    context = {"import_form": form, "import_jobs": active_jobs("import_bars"), **shown}
    if not request.htmx:
        context |= {
            **fetching_context(FetchForm()),
            "stored": stored_bars(InstrumentFilters.of(request.GET.dict())),
            "quota": fetch_backlog(),
            **steps_context(),
        }
    return render_page(request, PAGE, context, partial="importing", status=status)
