"""The part of a result's page that never changes, rendered once.

A run's document never changes, nor does what is drawn from it. Only the reader's own mark on the run and
whether the stored bars have changed since are asked anew.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.cache import caches
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from isal import isal_zlib

from dashboard.presenters.backtest import backtest_result
from dashboard.presenters.titles import backtest_title
from strategies.backtests.schemas import BacktestDocument, BacktestLinks
from strategies.backtests.service import find_backtest

CACHE = caches["rendered"]


@dataclass(frozen=True, kw_only=True)
class RenderedResult:
    """A run's result as HTML: what stands above the reader's buttons, and what stands under them."""

    id: str
    symbol: str
    title: str
    links: BacktestLinks
    head: SafeString
    body: SafeString

    def __getstate__(self) -> dict[str, Any]:
        """Return what the cache keeps: the large part compressed, since a process keeps hundreds of them."""
        return self.__dict__ | {"body": isal_zlib.compress(self.body.encode())}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Become what the cache has kept."""
        body = mark_safe(isal_zlib.decompress(state["body"]).decode())  # noqa: S308 - our own templates'
        self.__dict__.update(state, body=body)


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
        title=backtest_title(document),
        links=document.links,
        head=render_to_string("backtests/result_head.html", context),
        body=render_to_string("backtests/result_body.html", context),
    )
