"""Page, printed report, JSON file, workbook and API tell the same figures: there is one document."""

import io
import json
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from core.formatting import UNDEFINED
from dashboard.metrics import METRICS
from dashboard.tests.pdf_text import text_of

pytestmark = pytest.mark.django_db

QUESTION = {"symbol": "IBM", "start": "2004-01-01", "fast": 15, "slow": 60, "commission_fixed": 1}


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture
def asked(reader: Client) -> dict[str, Any]:
    answer = reader.post("/api/v1/backtests", QUESTION, content_type="application/json")
    document: dict[str, Any] = json.loads(answer.content)
    return document


def test_every_figure_is_the_same_wherever_it_is_read(reader: Client, asked: dict[str, Any]) -> None:
    links = asked["links"]
    file = json.loads(reader.get(links["json"]).content)
    again = json.loads(reader.get(f"/api/v1/backtests/{asked['id']}").content)
    assert file == again == asked
    page = words(reader.get(links["page"]).content.decode().replace("&nbsp;", " "))
    report = text_of(reader.get(links["pdf"]).content)
    book = load_workbook(io.BytesIO(reader.get(f"/backtests/{asked['id']}.xlsx").content))
    rows = {row[0]: row[2:4] for row in book["figures"].iter_rows(min_row=2, values_only=True)}
    currency = asked["data"]["currency"]
    for metric in METRICS:
        own, held = asked["metrics"][metric.key], asked["benchmark"][metric.key]
        written = [words(metric.text(value, currency)) for value in (own, held)]
        assert words(f"{metric.label} {written[0]} {written[1]}") in report
        assert rows[metric.key] == (own, held)
        for value, text in zip((own, held), written, strict=True):
            assert text in page
            assert (text == UNDEFINED) == (value is None)


def test_every_trade_is_the_same_in_report_table_and_document(reader: Client, asked: dict[str, Any]) -> None:
    report = text_of(reader.get(asked["links"]["pdf"]).content)
    lines = reader.get(asked["links"]["trades_csv"]).content.decode().splitlines()
    assert len(lines) - 1 == len(asked["trades"]) > 3
    for number, (trade, line) in enumerate(zip(asked["trades"], lines[1:], strict=True), start=1):
        assert f"{number} Long {trade['entry_date']} {trade['exit_date']} {trade['bars']}" in report
        assert line.startswith(f"{trade['entry_date']},{trade['exit_date']},")
        assert repr(trade["pnl"]) in line
