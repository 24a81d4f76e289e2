"""Printing in the background."""

from typing import Any

from django.dispatch import receiver
from django_q.signals import post_spawn

from core.errors import HindcastError
from dashboard.models import PRINT_REPORT, RenderedReport
from dashboard.reports import warm_up
from dashboard.reports.resource_limits import TookTooLong, limited
from dashboard.reports.store import DOCUMENTS, Kind, keep
from jobs.registry import Progress, job_kind

LONGEST = 60.0
"""Seconds that printing one report may take: a hundred times what a long one takes."""

MOST_MEMORY = 1024**3
"""Bytes that it may take: ten times what a long one takes."""


@job_kind(PRINT_REPORT)
def print_in_background(*, progress: Progress, key: str) -> dict[str, Any]:
    """Print the report that was ordered under `key`."""
    order = RenderedReport.objects.filter(pk=key).first()
    if order is None:
        raise HindcastError("The order for this report is gone. Ask for the report again.")
    if order.content is not None:
        return {"bytes": order.size}
    progress(0.1, "Printing")
    content = _print(order)
    keep(order, content)
    return {"bytes": len(content)}


def _print(order: RenderedReport) -> bytes:
    from dashboard.reports.pdf import report_pdf  # takes a second, and comes with the first report

    source = bytes(order.source)
    try:
        with limited(seconds=LONGEST, memory=MOST_MEMORY):
            document = DOCUMENTS[Kind(order.kind)].model_validate_json(source)
            return report_pdf(document, published=source, site_address=order.site_address)
    except TookTooLong:
        raise HindcastError(
            f"Printing this report took longer than {LONGEST:.0f} seconds and was stopped. "
            "Its JSON document has every figure."
        ) from None
    except MemoryError:
        raise HindcastError(
            "Printing this report needs more memory than a report may have. "
            "Its JSON document has every figure."
        ) from None


@receiver(post_spawn)
def load_the_printer(**_: object) -> None:
    """Load what prints before a worker's first job, so that its reader does not wait for that."""
    warm_up()
