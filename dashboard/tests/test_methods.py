"""The pages that say how figures are computed."""

import re
from collections import Counter
from html import unescape

import pytest
from django.test import Client

from dashboard.forms import BacktestForm
from dashboard.forms.forecast import ForecastForm
from dashboard.forms.sweep import SweepForm
from dashboard.metrics import METRICS
from dashboard.presenters.methods import method_documents
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.service import run_backtest
from strategies.sweeps.headline import VerdictTestName

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


def _terms() -> dict[str, str]:
    """The glossary's terms by anchor."""
    html = method_documents()["glossary"].html
    return {
        anchor: unescape(term) for anchor, term in re.findall(r'<strong id="([^"]+)">(.*?)</strong>', html)
    }


def test_the_glossary_has_every_label_of_a_figure_or_field() -> None:
    fields = [
        field.label for form in (BacktestForm, SweepForm, ForecastForm) for field in form.base_fields.values()
    ]
    # Fields of several values are labelled in the plural.
    singular = {"Distances of the bands, %": "Band"}
    labels = [singular.get(str(label), re.sub("windows$", "window", str(label))) for label in fields]
    labels += [metric.label for metric in METRICS]
    labels += [name.value for name in VerdictTestName]
    assert sorted(set(labels) - set(_terms().values())) == []


def test_a_figure_leads_to_its_term_in_the_glossary(reader: Client) -> None:
    run = run_backtest(BacktestParameters(symbol="AAPL", fast=20, slow=50))
    page = reader.get(f"/backtests/{run.id}/").content.decode()
    linked = re.findall(r'href="/methods/glossary/#([^"]+)"', page)
    assert len(linked) == 6
    assert set(linked) <= set(_terms())


@pytest.mark.parametrize("name", method_documents())
def test_every_anchor_of_a_document_stands_once(name: str) -> None:
    anchors = Counter(re.findall(r' id="([^"]+)"', method_documents()[name].html))
    assert [anchor for anchor, times in anchors.items() if times > 1] == []


def test_the_pages_need_no_inline_style_and_hold_no_link_that_leads_nowhere(reader: Client) -> None:
    assert method_documents()
    for name, document in method_documents().items():
        assert "style=" not in document.html
        for path, anchor in re.findall(r'href="\.\./([\w-]+)/(?:#([\w-]+))?"', document.html):
            assert path in method_documents(), name
            assert not anchor or f'id="{anchor}"' in method_documents()[path].html


def test_a_document_that_does_not_exist_is_told_with_those_that_do(reader: Client) -> None:
    assert reader.get("/methods/astrology/").status_code == 404
