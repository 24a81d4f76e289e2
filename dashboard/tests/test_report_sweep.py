"""The report of a sweep says what its document says, on three pages, and can be read without seeing."""

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from core import formatting
from core.documents import published_json
from dashboard.reports.pdf import report_pdf
from dashboard.tests.pdf_text import pdf, text_of, without_storing
from strategies.sweeps.parameters import SweepParameters
from strategies.sweeps.schemas import SweepDocument
from strategies.sweeps.service import run_sweep

ASKED = {
    "symbol": "AAPL",
    "start": "2003-01-01",
    "fast": {"start": 10, "stop": 50, "step": 10},
    "slow": [60, 100, 150, 200],
}


@pytest.fixture(scope="module")
def sweep(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> SweepDocument:
    with django_db_blocker.unblock():
        return without_storing(lambda: run_sweep(SweepParameters.model_validate(ASKED)))


@pytest.fixture(scope="module")
def printed(sweep: SweepDocument) -> bytes:
    return report_pdf(sweep, published=published_json(sweep), site_address="https://hindcast.example/")


def words(text: str) -> str:
    return " ".join(text.split())


def test_the_verdict_and_its_figures_are_the_documents(sweep: SweepDocument, printed: bytes) -> None:
    text, verdict = text_of(printed), sweep.verdict
    for sentence in (verdict.sentence, sweep.summary, *sweep.notices, *verdict.caveats, sweep.disclosure):
        assert words(sentence) in text
    assert "Chosen by Sharpe ratio, of combinations" in text
    assert words(formatting.percent(verdict.deflated_sharpe, 1)) in text
    assert words(formatting.percent(verdict.probability_of_overfitting, 0)) in text


def test_the_best_the_walk_forward_and_the_bands_are_printed(sweep: SweepDocument, printed: bytes) -> None:
    text = text_of(printed)
    assert sweep.walk_forward is not None
    assert sweep.bootstrap is not None
    for cell in sweep.top[:8]:
        assert words(f"{cell.fast} / {cell.slow} {formatting.ratio(cell.sharpe)}") in text
    assert words(sweep.walk_forward.sentence) in text
    for stretch in sweep.walk_forward.stretches:
        assert words(f"{stretch.start} {stretch.end}") in text
    assert words(formatting.percent(sweep.bootstrap.max_drawdown.median)) in text


def test_it_has_three_pages_a_title_bookmarks_and_the_whole_document(
    sweep: SweepDocument, printed: bytes
) -> None:
    reader = pdf(printed)
    assert len(reader.pages) == 3
    assert reader.metadata is not None
    assert reader.metadata.title == "Sweep: Apple Inc. (AAPL)"
    assert "'/Title': 'Walk-forward'" in str(reader.outline)
    assert list(reader.attachments.values()) == [[published_json(sweep)]]


def test_it_can_be_asked_for_like_every_other_report(sweep: SweepDocument, reader: Client) -> None:
    document = run_sweep(SweepParameters.model_validate({**ASKED, "slow": [60, 100]}))
    answer = reader.get(f"/sweeps/{document.id}.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].endswith('.pdf"')
    assert reader.get(f"/sweeps/{document.id}.xlsx").status_code == 200
    cells = reader.get(f"/sweeps/{document.id}.csv").content.decode().splitlines()
    assert len(cells) == len(document.cells.sharpe) + 1
