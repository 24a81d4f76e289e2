"""Journeys that begin with a file that people look at before it is imported."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

FILE = """Date,Open,High,Low,Close,Volume
2024-01-02,1000,1010,990,1000,5
2024-01-03,100,101,99,100,6
2024-01-04,100,101,99,100,6
"""


def test_a_file_is_previewed_imported_and_its_split_recorded_and_undone(
    visitor: Visitor, tmp_path: Path
) -> None:
    file = tmp_path / "step.csv"
    file.write_text(FILE)
    page = visitor.open("/data/")
    page.get_by_text("Import files of daily bars").click()
    form = page.get_by_role("form", name="Import files of daily bars")
    form.get_by_label("Symbol").fill("QSTEP")
    form.get_by_label("Files").set_input_files(file)
    form.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Nothing is stored yet")).to_be_visible()
    expect(form.get_by_label("Close")).to_have_value("5")
    form.get_by_role("button", name="Import").click()
    expect(page.get_by_text("3 rows of QSTEP: 3 new")).to_be_visible()
    page.get_by_role("button", name="Record split of QSTEP").click()
    expect(page.get_by_text("Recorded by hand.", exact=True)).to_be_visible()
    page.get_by_role("button", name="Undo of QSTEP").click()
    expect(page.get_by_role("button", name="Record split of QSTEP")).to_be_visible()
