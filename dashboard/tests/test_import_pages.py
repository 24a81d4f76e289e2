"""Files of bars on the Data page: a preview, columns to choose, mappings to keep, and many files at once."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dashboard.tests.html import HTMX, markup_of, words_of
from ingestion.bars import Adjustment, load_bars
from ingestion.models import ImportMapping, Instrument, Upload

pytestmark = pytest.mark.django_db

ODD = "Tag;Eins;Zwei;Drei;Vier;Fuenf\n2024-01-02;10,5;12,5;9,5;11,5;7\n2024-01-03;11,5;12,5;9,5;10,5;8\n"
CHOSEN = {
    f"column_{role}": str(place) for place, role in enumerate(("date", "open", "high", "low", "close"), 1)
}


def file(name: str, content: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode())


def bars(close: int) -> str:
    return f"date,open,high,low,close,volume\n2024-01-02,10,12,9,{close},5\n"


def closes(symbol: str) -> list[float]:
    found: list[float] = load_bars(symbol, adjustment=Adjustment.NONE).close.tolist()
    return found


def send(client: Client, form: dict[str, Any], **headers: str) -> Any:
    return client.post(reverse("import_file"), form, headers=headers)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["without scripts", "with htmx"])
def test_a_preview_shows_rows_and_stores_nothing_until_the_import(
    operator: Client, headers: dict[str, str]
) -> None:
    form = {"file": file("odd.csv", bars(11)), "import_symbol": "QPRE"}
    page = send(operator, form | {"preview": "Preview"}, **headers)
    assert page.status_code == 200
    assert "Preview of odd.csv" in words_of(page)
    assert "Nothing is stored yet" in words_of(page)
    assert not Instrument.objects.filter(symbol="QPRE").exists()
    upload = markup_of(page).one("input", name="upload").attributes["value"]
    page = send(operator, {"upload": upload, "import_symbol": "QPRE", "import": "Import"}, **headers)
    assert "1 rows of QPRE: 1 new" in words_of(page)
    assert not Upload.objects.exists()


def test_columns_are_chosen_in_the_preview_and_kept_under_a_name(operator: Client) -> None:
    page = send(operator, {"file": file("odd.csv", ODD), "import_symbol": "QODD", "preview": "Preview"})
    assert "names no column" in words_of(page)
    assert "Eins" in words_of(page)
    upload = markup_of(page).one("input", name="upload").attributes["value"]
    form = {"upload": upload, "import_symbol": "QODD", "save_as": "My broker", **CHOSEN}
    page = send(operator, form | {"preview": "Preview"})
    assert "Recognised" in words_of(page)
    assert "10.50" in words_of(page)
    page = send(operator, form | {"import": "Import"})
    assert "2 rows of QODD" in words_of(page)
    assert closes("QODD") == [11.5, 10.5]
    assert ImportMapping.objects.get().name == "My broker"
    again = {"file": file("more.csv", ODD), "import_symbol": "QTWO", "mapping": "My broker"}
    assert "2 rows of QTWO" in words_of(send(operator, again))
    assert closes("QTWO") == [11.5, 10.5]
    url = "/api/v1/instruments/QAPI/import"
    assert operator.post(f"{url}?mapping=My+broker", ODD, content_type="text/csv").status_code == 201
    response = operator.post(f"{url}?mapping=Other", ODD, content_type="text/csv")
    assert (response.status_code, "Saved are: My broker" in response.json()["detail"]) == (422, True)


def test_many_files_have_a_result_each(operator: Client) -> None:
    files = [
        file("QAA.csv", bars(10)),
        file("QBB.csv", bars(11)),
        file("QCC.csv", "<html><body>No</body></html>"),
    ]
    page = send(operator, {"file": files}, **HTMX)
    assert page.status_code == 200
    words = words_of(page)
    assert "QAA.csv: 1 rows of QAA: 1 new" in words
    assert "QBB.csv: 1 rows of QBB: 1 new" in words
    assert "QCC.csv: The file is a web page" in words
    assert (closes("QAA"), closes("QBB")) == ([10], [11])


def test_the_sample_makes_way_for_a_file_only_when_told_to(operator: Client) -> None:
    stored = Instrument.objects.get(symbol="AAPL").bars.count()
    form = {"file": file("AAPL.csv", bars(11)), "import_symbol": "AAPL"}
    page = send(operator, form, **HTMX)
    assert page.status_code == 422
    assert "bars of the historical sample, which the file would replace" in words_of(page)
    url = "/api/v1/instruments/AAPL/import"
    refused = operator.post(url, bars(11), content_type="text/csv")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "replace")
    assert Instrument.objects.get(symbol="AAPL").bars.count() == stored
    body = operator.post(f"{url}?replace=true", bars(11), content_type="text/csv").json()
    assert (body["removed"], closes("AAPL")) == (stored, [11])
