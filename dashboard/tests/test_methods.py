"""The pages that say how figures are computed."""

import re

import pytest
from django.test import Client

from dashboard.metrics import METRICS
from dashboard.presenters.methods import method_documents
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.service import run_backtest

pytestmark = pytest.mark.django_db


def test_every_document_is_a_page_that_links_to_the_others(reader: Client) -> None:
    documents = method_documents()
    assert {"backtesting", "sweeps"} <= set(documents)
    for name, document in documents.items():
        page = reader.get(f"/methods/{name}/")
        assert page.status_code == 200
        text = page.content.decode()
        assert document.title in text
        assert all(f"/methods/{other}/" in text for other in documents)


def test_every_key_figure_has_its_definition_at_the_address_that_it_links_to(reader: Client) -> None:
    anchors = set(re.findall(r'id="(\w+)"', method_documents()["backtesting"].html))
    assert [metric.key for metric in METRICS if metric.key not in anchors] == []
    run = run_backtest(BacktestParameters(symbol="AAPL", fast=20, slow=50))
    pages = [reader.get(f"/backtests/{run.id}/{part}").content.decode() for part in ("", "detail/")]
    assert "/methods/backtesting/#sharpe" in "".join(pages)


def test_the_pages_need_no_inline_style_and_hold_no_link_that_leads_nowhere(reader: Client) -> None:
    assert method_documents()
    for name, document in method_documents().items():
        assert "style=" not in document.html
        for path, anchor in re.findall(r'href="\.\./([\w-]+)/(?:#([\w-]+))?"', document.html):
            assert path in method_documents(), name
            assert not anchor or f'id="{anchor}"' in method_documents()[path].html


def test_a_document_that_does_not_exist_is_told_with_those_that_do(reader: Client) -> None:
    assert reader.get("/methods/astrology/").status_code == 404
