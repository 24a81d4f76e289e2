"""Printed reports, kept in the database: a worker prints each once, for all processes and hosts."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum, Window
from django.utils import timezone

from core.errors import HindcastError, Unavailable
from dashboard.models import PRINT_REPORT, RenderedReport
from dashboard.reports.combined import CombinedDocument
from dashboard.reports.filenames import ReportDocument
from dashboard.reports.fingerprint import layout_fingerprint
from forecasting.schemas import ForecastDocument
from jobs.models import DEFAULT_PRIORITY, Job, JobState
from jobs.queue import enqueue
from jobs.worker.run import run_job
from strategies.backtests.schemas import BacktestDocument
from strategies.sweeps.schemas import SweepDocument

READER_PRIORITY = 2 * DEFAULT_PRIORITY
"""Somebody waits, and it takes a second: before the fetches and sweeps that were asked for earlier."""

READER_WAITS = 20.0
"""Seconds that a reader waits for a report; then it is still printed, and there when they ask again."""

LOOKS_EVERY = 0.05
"""Seconds between two looks whether the report is there."""

ASK_AGAIN_IN = 5
"""Seconds after which a reader who waited in vain should ask again."""

KEPT_FOR = timedelta(days=30)
KEPT_BYTES = 256 * 1024**2
"""How long and how many reports are kept: each is printed anew when somebody asks again."""


class Kind(StrEnum):
    """What a report is printed from."""

    BACKTEST = "backtest"
    SWEEP = "sweep"
    FORECAST = "forecast"
    COMBINED = "combined"


DOCUMENTS: dict[Kind, type[ReportDocument]] = {
    Kind.BACKTEST: BacktestDocument,
    Kind.SWEEP: SweepDocument,
    Kind.FORECAST: ForecastDocument,
    Kind.COMBINED: CombinedDocument,
}


@dataclass(frozen=True)
class PrintOrder:
    """What to print: the published JSON of a document, for readers of one site.

    title: names the report to people.
    """

    kind: Kind
    source: bytes
    site_address: str
    title: str

    @cached_property
    def key(self) -> str:
        """The hash of everything that decides the report's bytes."""
        parts = (self.kind.encode(), self.source, self.site_address.encode(), layout_fingerprint().encode())
        return sha256(b"\n".join(parts)).hexdigest()


def kind_of(document: ReportDocument) -> Kind:
    """Return what kind of report is printed from `document`."""
    return next(kind for kind, form in DOCUMENTS.items() if isinstance(document, form))


def printed(order: PrintOrder) -> bytes:
    """Return the report, printed by a worker unless it is kept.

    Raises Unavailable, with the time to wait, when it is not there within READER_WAITS.
    """
    kept = _kept(order.key)
    return kept if kept is not None else _wait_for(order)


def _kept(key: str) -> bytes | None:
    content = RenderedReport.objects.filter(pk=key).values_list("content", flat=True).first()
    return None if content is None else bytes(content)


def _wait_for(order: PrintOrder) -> bytes:
    job = _ordered(order)
    for waited in _looks():
        if job is not None:
            job.refresh_from_db(fields=["state", "error"])
        report = _kept(order.key)
        if report is not None:
            return report
        if job is None or job.state == JobState.SUCCEEDED:  # printed, but made room for others since
            job = _ordered(order)
        elif job.state in {JobState.FAILED, JobState.CANCELLED}:
            raise HindcastError(job.error or "The printing was cancelled. Ask for the report again.")
        elif job.state == JobState.QUEUED and waited >= settings.REPORTS_WAIT_FOR_A_WORKER:
            run_job(str(job.pk))  # here: without a worker readers still get their report
    raise Unavailable(
        f"The report is still being printed. Ask again in {ASK_AGAIN_IN} seconds.", retry_after=ASK_AGAIN_IN
    )


def _looks() -> Iterator[float]:
    """Yield the seconds waited so far, each time after a short sleep, until the reader has waited enough.

    The last look comes after that time: what was printed here in the meantime, however long it took, is
    there.
    """
    began, waited = time.monotonic(), 0.0
    yield waited
    while waited < READER_WAITS:
        time.sleep(LOOKS_EVERY)
        waited = time.monotonic() - began
        yield waited


@transaction.atomic
def _ordered(order: PrintOrder) -> Job | None:
    """Return the job that prints the report, which all who want it share; None where it is printed by now."""
    report, _ = RenderedReport.objects.get_or_create(
        pk=order.key,
        defaults={"kind": order.kind, "source": order.source, "site_address": order.site_address},
    )
    if report.content is not None:
        return None
    subject = f"{order.title[:60]} {order.key[:12]}"
    return enqueue(PRINT_REPORT, subject=subject, arguments={"key": order.key}, priority=READER_PRIORITY)


def keep(report: RenderedReport, content: bytes) -> None:
    """Store a printed report, and remove old ones where there are too many."""
    RenderedReport.objects.filter(pk=report.key).update(content=content, size=len(content), source=b"")
    remove_old_reports()


def remove_old_reports() -> None:
    """Delete reports that are older than KEPT_FOR, and the oldest ones beyond KEPT_BYTES."""
    RenderedReport.objects.filter(ordered_at__lt=timezone.now() - KEPT_FOR).delete()
    together = Window(Sum("size"), order_by=F("ordered_at").desc())
    beyond = RenderedReport.objects.annotate(together=together).filter(together__gt=KEPT_BYTES)
    RenderedReport.objects.filter(pk__in=list(beyond.values_list("pk", flat=True))).delete()
