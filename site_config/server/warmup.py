"""What a web process loads before it takes its first request, so that no visitor waits for that.

gunicorn runs it in each new process, a recycled one too, before the process takes connections: until then
the other processes and hosts serve, and `/readyz` of a server that has none yet gets no response.
"""

import gc
import logging
from collections.abc import Callable
from datetime import date

from django.conf import settings

logger = logging.getLogger(__name__)

KERNELS_WITHIN = 5.0
"""Seconds to wait for the kernels of sweeps. Read from disk they take one; compiled anew they take more, and
sweeps are jobs meanwhile."""


def warm_up(*, sign_of_life: Callable[[], object] = lambda: None) -> None:
    """Load everything. What cannot be loaded is logged: a site that cannot print still serves its pages.

    sign_of_life: called after each step, as whoever watches the process may take a silent one for hung.
    """
    for step in STEPS:
        try:
            step()
        except Exception:
            logger.exception("%s failed while the process warmed up", step.__name__)
        sign_of_life()


def start_kernels() -> None:
    """Begin to load the kernels, in a thread of their own beside the other steps."""
    from strategies.engine import kernel_loader

    kernel_loader.ready()


def load_views() -> None:
    """Import the views of every URL."""
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018 - reading it imports them


def load_templates() -> None:
    """Parse the templates of the pages."""
    from django.template import engines

    folder = settings.BASE_DIR / "templates"
    for file in folder.rglob("*.html"):
        engines["django"].get_template(str(file.relative_to(folder)))


def build_charts() -> None:
    """Build the charts without their data."""
    from dashboard.charts.registry import build_all

    build_all()


def load_calendar() -> None:
    """Load the sessions of the exchange."""
    from ingestion.exchange_calendar import next_sessions

    next_sessions("XNYS", date.today(), count=1)  # noqa: DTZ011 - any day loads the calendar


def load_printer() -> None:
    """Load what prints reports."""
    from dashboard.reports import warm_up as print_an_empty_report

    print_an_empty_report()


def wait_for_kernels() -> None:
    """Give the kernels a moment to be ready."""
    from strategies.engine import kernel_loader

    kernel_loader.wait(at_most=KERNELS_WITHIN)


def set_aside_what_stays() -> None:
    """Keep the collector of cycles away from all that is loaded by now.

    It looked at 400,000 objects again whenever enough had come, and a visitor waited a quarter of a second.
    """
    gc.collect()
    gc.freeze()


STEPS: tuple[Callable[[], None], ...] = (
    start_kernels,
    load_views,
    load_templates,
    build_charts,
    load_calendar,
    load_printer,
    wait_for_kernels,
    set_aside_what_stays,
)
