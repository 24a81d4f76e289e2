"""The part of a result's page that never changes, rendered once.

A run's document never changes, nor does what is drawn from it. Only the reader's own mark on the run and
whether the stored bars have changed since are asked anew.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.cache import caches
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from isal import isal_zlib

from dashboard.results import backtest_result
from strategies.documents import BacktestDocument, BacktestLinks
from strategies.running import find_backtest

CACHE = caches["rendered"]


@dataclass(frozen=True, kw_only=True)
class RenderedResult:
    """A run's result as HTML: what stands above the reader's buttons, and what stands under them.

    packed: the latter, compressed, since a process keeps hundreds of them.
    """

    id: str
    symbol: str
    links: BacktestLinks
    head: SafeString
    packed: bytes

    @property
    def body(self) -> SafeString:
        """What stands under the buttons."""
        return mark_safe(isal_zlib.decompress(self.packed).decode())  # noqa: S308 - our own templates'


def rendered_result(backtest_id: str, read: Callable[[], BacktestDocument] | None = None) -> RenderedResult:
    """Return the result of the run with this id; raises NotFound.

    read: gives the document, where it is at hand or cheaper to have than from the database.
    """
    rendered: RenderedResult | None = CACHE.get(backtest_id)
    if rendered is None:
        rendered = _render(read() if read else find_backtest(backtest_id))
        CACHE.set(backtest_id, rendered)
    return rendered


def _render(document: BacktestDocument) -> RenderedResult:
    context = {"document": document, "result": backtest_result(document)}
    return RenderedResult(
        id=document.id,
        symbol=document.data.symbol,
        links=document.links,
        head=render_to_string("backtests/result_head.html", context),
        packed=isal_zlib.compress(render_to_string("backtests/result_body.html", context).encode()),
    )
