"""What kinds of files are unpacked, and how others are named."""

import gzip
import io
import zipfile
from datetime import datetime

import openpyxl
import pytest

from core.errors import InvalidInput
from ingestion.files import unpacking
from ingestion.files.unpacking import unpack

CSV = b"Date,Open,High,Low,Close,Volume\n2024-01-04,100,102,99,101,1000\n"


def contents(content: bytes, name: str = "bars.csv") -> dict[str, bytes]:
    return {found.name: found.file.read() for found in unpack(io.BytesIO(content), name)}


def zipped(**files: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return content.getvalue()


def test_gzip_and_zip_are_unpacked() -> None:
    assert contents(gzip.compress(CSV), "bars.csv.gz") == {"bars.csv": CSV}
    archive = zipped(
        a_dot_csv=CSV, folder__b_dot_txt=CSV, readme_dot_md=b"no", folder___dot_hidden_dot_csv=b"no"
    )
    assert contents(archive, "many.zip") == {"a.csv": CSV, "b.txt": CSV}


def test_a_workbook_becomes_text_whatever_its_name() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Date", "Open", "High", "Low", "Close", "Volume"])
    sheet.append([datetime(2024, 1, 4), 100, 102.5, 99, 101.25, 1000])  # noqa: DTZ001
    content = io.BytesIO()
    book.save(content)
    assert contents(content.getvalue(), "renamed.csv") == {
        "renamed.csv": b"Date,Open,High,Low,Close,Volume\n2024-01-04,100,102.5,99,101.25,1000\n"
    }


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (
            b"<!DOCTYPE html><html><head><title>Consent</title></head><body>Too many requests</body></html>",
            "a web page, not a table of prices: “Consent” Too many requests",
        ),
        (b"\n <html><body>Exceeded the daily hits limit</body></html>", "Exceeded the daily hits limit"),
        (b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', "an XML document.*AccessDenied"),
        (b'{"Information": "We have detected your API key; 25 requests per day."}', "25 requests per day"),
        (
            b'{"chart": {"result": null, "error": {"code": "x", "description": "No data found"}}}',
            "No data found",
        ),
        (b'[{"date": "2024-01-04", "close": 1}]', "The file is JSON"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old form"),
        (b"PAR1\x15", "Parquet"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n", "picture"),
        (b"\x1f\x8b\x08cut", "gzip file is damaged"),
        (b"PK\x03\x04cut", "zip archive is damaged"),
    ],
)
def test_other_files_are_named_as_what_they_are(content: bytes, named: str) -> None:
    with pytest.raises(InvalidInput, match=named):
        contents(content)


def test_an_archive_may_not_unpack_without_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "LARGEST_UNPACKED", 2**20)
    with pytest.raises(InvalidInput, match="unpacks to more than"):
        contents(gzip.compress(b"\0" * 2**22))
    with pytest.raises(InvalidInput, match="holds no CSV"):
        contents(zipped(a_dot_exe=b"no"))


def test_a_header_in_angle_brackets_is_no_markup() -> None:
    assert contents(b"<TICKER>,<PER>,<DATE>\nA,D,20240104\n")
