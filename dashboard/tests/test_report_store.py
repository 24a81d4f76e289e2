"""A report is printed once, by a worker within limits, and kept for every process and host."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from core.documents import published_json
from core.errors import HindcastError
from dashboard import tasks
from dashboard.models import RenderedReport
from dashboard.reports import store
from dashboard.reports.resource_limits import TookTooLong, limited
from dashboard.reports.store import Kind, PrintOrder, printed
from jobs.models import Job, JobState
from jobs.worker.run import run_job
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.schemas import BacktestDocument
from strategies.backtests.service import run_backtest


@pytest.fixture
def document(db: None) -> BacktestDocument:
    asked = {"symbol": "IBM", "start": "2012-01-01", "fast": 5, "slow": 20}
    return run_backtest(BacktestParameters.model_validate(asked))


def order_of(document: BacktestDocument, site: str = "http://testserver/") -> PrintOrder:
    return PrintOrder(Kind.BACKTEST, published_json(document), site, f"{document.parameters.symbol}.pdf")


def test_a_second_reader_gets_the_kept_bytes_without_another_job(
    document: BacktestDocument, reader: Client
) -> None:
    first, second = reader.get(document.links.pdf), reader.get(document.links.pdf)
    assert first.content == second.content
    assert first.content.startswith(b"%PDF")
    assert Job.objects.filter(kind="print_report").count() == 1
    kept = RenderedReport.objects.get()
    assert bytes(kept.content or b"") == first.content
    assert (kept.size, bytes(kept.source)) == (len(first.content), b"")


def test_a_copy_that_is_still_right_is_told_so_before_anything_is_printed(
    document: BacktestDocument, reader: Client
) -> None:
    etag = f'"{order_of(document).key}"'
    assert reader.get(document.links.pdf, headers={"if-none-match": etag}).status_code == 304
    assert not RenderedReport.objects.exists()


def test_a_worker_prints_what_a_reader_who_gave_up_had_ordered(
    document: BacktestDocument, settings: Settings, monkeypatch: pytest.MonkeyPatch, reader: Client
) -> None:
    settings.REPORTS_WAIT_FOR_A_WORKER = 60
    monkeypatch.setattr(store, "READER_WAITS", 0.2)
    answer = reader.get(document.links.pdf, headers={"accept": "application/json"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "still being printed" in answer.json()["detail"]
    job = Job.objects.get(kind="print_report")
    assert job.state == JobState.QUEUED
    run_job(str(job.pk))
    again = reader.get(document.links.pdf)
    assert again.status_code == 200
    job.refresh_from_db()
    assert job.result == {"bytes": len(again.content)}


def test_a_report_printed_without_a_worker_is_handed_out_however_long_it_took(
    document: BacktestDocument, monkeypatch: pytest.MonkeyPatch, reader: Client
) -> None:
    monkeypatch.setattr(store, "READER_WAITS", 0.01)
    assert reader.get(document.links.pdf).status_code == 200


def test_reports_for_other_sites_and_other_documents_are_kept_apart(document: BacktestDocument) -> None:
    other = document.model_copy(update={"summary": "Another one."})
    orders = [order_of(document), order_of(document, "https://elsewhere.test/"), order_of(other)]
    assert len({printed(order) for order in orders}) == 3


@pytest.mark.django_db(transaction=True)
def test_readers_who_ask_at_once_wait_for_one_printing() -> None:
    call_command("load_stock_data", "IBM", sample=True, verbosity=0)
    order = order_of(run_backtest(BacktestParameters(symbol="IBM", fast=7, slow=21)))

    def read() -> bytes:
        try:
            return printed(order)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as readers:
        reports = [reading.result() for reading in [readers.submit(read) for _ in range(4)]]
    assert len(set(reports)) == 1
    (job,) = Job.objects.filter(kind="print_report")
    assert (job.state, job.attempts) == (JobState.SUCCEEDED, 1)


def test_a_report_that_takes_too_long_is_stopped_and_its_reader_told(
    document: BacktestDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "LONGEST", 0.01)
    with pytest.raises(HindcastError, match="took longer than 0 seconds"):
        printed(order_of(document))
    assert Job.objects.get(kind="print_report").state == JobState.FAILED


def test_a_report_that_needs_too_much_memory_is_stopped_and_its_reader_told(
    document: BacktestDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    def greedy(*_: object, **__: object) -> bytes:
        return bytes(2 * 1024**3)

    monkeypatch.setattr("dashboard.reports.pdf.report_pdf", greedy)
    with pytest.raises(HindcastError, match="more memory"):
        printed(order_of(document))


def test_limits_end_with_their_block_and_leave_an_outer_alarm_alone() -> None:
    with pytest.raises(TookTooLong), limited(seconds=0.05, memory=1024**3):
        time.sleep(5)
    bytes(2 * 1024**3)  # possible again
    with (
        limited(seconds=30, memory=1024**3),
        pytest.raises(TookTooLong),
        limited(seconds=0.05, memory=1024**3),
    ):
        time.sleep(5)


@pytest.fixture
def shelf(db: None) -> None:
    now = timezone.now()
    for age, size in ((0, 100), (1, 100), (2, 100), (40, 1)):
        RenderedReport.objects.create(
            key=str(age), kind="backtest", source=b"", site_address="", content=b"x", size=size,
            ordered_at=now - timedelta(days=age),
        )  # fmt: skip


@pytest.mark.usefixtures("shelf")
def test_old_reports_make_room_and_the_newest_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    store.remove_old_reports()
    assert set(RenderedReport.objects.values_list("key", flat=True)) == {"0", "1", "2"}
    monkeypatch.setattr(store, "KEPT_BYTES", 200)
    store.remove_old_reports()
    assert set(RenderedReport.objects.values_list("key", flat=True)) == {"0", "1"}


def test_an_order_that_was_removed_is_placed_again(document: BacktestDocument) -> None:
    order = order_of(document)
    first = printed(order)
    RenderedReport.objects.all().delete()
    assert printed(order) == first
