"""Tell what kind of file was sent, unpack gzip and zip, and turn workbooks into text.

What is no table of bars (a web page, an API's message, a PDF) is refused under its own name, with what to do.
"""

import csv
import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from html import unescape
from pathlib import PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO, cast

from core.errors import InvalidInput

LARGEST_UNPACKED = 400 * 2**20
"""Bytes of one file after unpacking: a file of a million rows has 80 MB."""

MOST_FILES = 1_000
"""Files in a zip archive."""

IN_MEMORY = 8 * 2**20
_PIECE = 2**20
_TEXT_SUFFIXES = {".csv", ".txt", ".tsv", ".tab", ".dat", ".prn", ".asc"}
_BOOK_SUFFIXES = {".xlsx", ".xlsm"}
_SUFFIXES = {*_TEXT_SUFFIXES, *_BOOK_SUFFIXES, ".gz"}


@dataclass(frozen=True, kw_only=True)
class TableFile:
    """A text file with a table of bars.

    name: the file's own, within an archive.
    problem: why a file of an archive is no table; the others are read all the same.
    is_workbook: whether it was made of an Excel workbook, so that numbers have a decimal point.
    """

    name: str
    file: BinaryIO
    is_workbook: bool = False
    problem: InvalidInput | None = None


def unpack(file: BinaryIO, name: str = "") -> Iterator[TableFile]:
    """Yield the tables in a file: itself, or those inside an archive, each seekable and at its beginning.

    Raises InvalidInput for what is no table, and for an archive that unpacks to more than the limits.
    """
    file.seek(0)
    start = file.read(512)
    file.seek(0)
    if start.startswith(b"\x1f\x8b"):
        with _copy_of(file) as copy:
            yield from unpack(copy, PurePosixPath(name).stem)
    elif start.startswith(b"PK\x03\x04"):
        yield from _unzip(file, name)
    else:
        _require_text(start, file)
        yield TableFile(name=name, file=file)


@contextmanager
def _copy_of(file: BinaryIO) -> Iterator[BinaryIO]:
    """Have the content of a gzip file as a seekable file."""
    with _bounded_copy() as (copy, fill):
        try:
            fill(cast("IO[bytes]", gzip.GzipFile(fileobj=file)))
        except (OSError, EOFError, zlib.error):
            raise InvalidInput(
                "The gzip file is damaged or cut off. Download it again.", field="file"
            ) from None
        yield copy


@contextmanager
def _bounded_copy() -> Iterator[tuple[BinaryIO, Callable[[IO[bytes]], None]]]:
    """Have an empty seekable file and a function that fills it, up to the limit."""
    with SpooledTemporaryFile(IN_MEMORY) as spooled:
        copy = cast("BinaryIO", spooled)

        def fill(source: IO[bytes]) -> None:
            while piece := source.read(_PIECE):
                if copy.tell() + len(piece) > LARGEST_UNPACKED:
                    raise InvalidInput(
                        f"The file unpacks to more than {LARGEST_UNPACKED // 2**20} MB. Import it in parts.",
                        field="file",
                    )
                copy.write(piece)
            copy.seek(0)

        yield copy, fill


def _unzip(file: BinaryIO, name: str) -> Iterator[TableFile]:
    try:
        archive = zipfile.ZipFile(file)
        names = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
        if "xl/workbook.xml" in names:
            yield _workbook(file, name)
            return
        wanted = [entry for entry in names if _is_wanted(entry)]
        if not wanted:
            raise InvalidInput(
                "The zip archive holds no CSV, text or Excel file. Put the files of bars into it.",
                field="file",
            )
        if len(wanted) > MOST_FILES:
            raise InvalidInput(
                f"The zip archive holds {len(wanted):,} files. Import at most {MOST_FILES:,} at a time.",
                field="file",
            )
        for entry in sorted(wanted):
            name = PurePosixPath(entry).name
            with archive.open(entry) as content, _bounded_copy() as (copy, fill):
                fill(content)
                try:
                    yield from unpack(copy, name)
                except InvalidInput as problem:
                    yield TableFile(name=name, file=copy, problem=problem)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError):
        raise InvalidInput("The zip archive is damaged. Make it again.", field="file") from None
    except RuntimeError:
        raise InvalidInput("The zip archive needs a password. Send it without one.", field="file") from None


def _is_wanted(entry: str) -> bool:
    path = PurePosixPath(entry)
    hidden = path.name.startswith((".", "~")) or "__MACOSX" in path.parts
    return not hidden and path.suffix.lower() in _SUFFIXES


def _workbook(file: BinaryIO, name: str) -> TableFile:
    """Return the first sheet with cells as comma-separated text."""
    import pandas as pd

    file.seek(0)
    try:
        sheets = pd.read_excel(file, sheet_name=None, header=None, dtype=object)
    except (ValueError, KeyError, zipfile.BadZipFile, zlib.error):
        raise InvalidInput(
            "The Excel workbook cannot be read. Open it and save it as CSV.", field="file"
        ) from None
    filled = [sheet for sheet in sheets.values() if not sheet.empty]
    if not filled:
        raise InvalidInput("The Excel workbook has no filled sheet.", field="file")
    # Notes often come first, the table of bars is the longest sheet.
    rows = max(filled, key=len).itertuples(index=False, name=None)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_cell_text(cell) for cell in row] for row in rows)
    return TableFile(name=name, file=io.BytesIO(text.getvalue().encode()), is_workbook=True)


def _cell_text(cell: object) -> str:
    """Return a cell of a workbook as text: dates in ISO form, missing values empty."""
    if cell is None or cell != cell:  # noqa: PLR0124 - NaN and NaT differ from themselves
        return ""
    if isinstance(cell, datetime):
        return (
            cell.isoformat(sep=" ")
            if cell.time().replace(microsecond=0) != datetime.min.time()
            else f"{cell:%Y-%m-%d}"
        )
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


_SIGNATURES: Sequence[tuple[bytes, str]] = (
    (b"\xd0\xcf\x11\xe0", "an Excel workbook of the old form (.xls). Open it and save it as .xlsx or CSV"),
    (b"PAR1", "a Parquet file. Write it as CSV, for example with pandas' to_csv"),
    (b"%PDF", "a PDF document. Download the prices as CSV"),
    (b"\x89PNG", "a picture. Download the prices as CSV"),
    (b"\xff\xd8\xff", "a picture. Download the prices as CSV"),
    (b"GIF8", "a picture. Download the prices as CSV"),
    (b"7z\xbc\xaf", "a 7z archive. Unpack it, or send a zip archive"),
    (b"Rar!", "a RAR archive. Unpack it, or send a zip archive"),
    (b"BZh", "a bzip2 file. Unpack it, or send gzip or zip"),
    (b"\xfd7zXZ", "an xz file. Unpack it, or send gzip or zip"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file. Unpack it, or send gzip or zip"),
    (b"\x89HDF", "an HDF5 file. Write it as CSV"),
    (b"SQLite format 3", "an SQLite database. Write the table as CSV"),
    (b"\x80\x04\x95", "a Python pickle. Write it as CSV"),
)


def _require_text(start: bytes, file: BinaryIO) -> None:
    """Raise InvalidInput for a file that is known to be something else than a table in text."""
    for signature, kind in _SIGNATURES:
        if start.startswith(signature):
            raise InvalidInput(f"The file is {kind}.", field="file")
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:1] == b"<" and _is_markup(text):
        raise InvalidInput(_web_page(_beginning(file)), field="file")
    if text[:1] in {b"{", b"["}:
        raise InvalidInput(_json(_beginning(file)), field="file")


def _is_markup(text: bytes) -> bool:
    """Whether the text begins as HTML or XML does; `<TICKER>,<DATE>` is a header of Stooq or MetaTrader."""
    return (
        re.match(
            rb"<(!doctype|html|head|body|\?xml|!--|script|table|div|p>|meta|title|center|svg|error)",
            text,
            re.IGNORECASE,
        )
        is not None
    )


def _beginning(file: BinaryIO) -> str:
    file.seek(0)
    text = file.read(65_536).decode("utf-8", errors="replace")
    file.seek(0)
    return text


_HIDDEN = re.compile(r"<(script|style)\b.*?</\1>", re.IGNORECASE | re.DOTALL)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def _web_page(text: str) -> str:
    """Return the message for a web page, with its title and first words."""
    visible = _HIDDEN.sub(" ", text)
    title = _TITLE.search(visible)
    words = _plain(_TAG.sub(" ", _TITLE.sub(" ", visible)))
    said = " ".join(filter(None, (f"“{_plain(title[1])}”" if title and _plain(title[1]) else "", words)))[
        :200
    ]
    kind = (
        "an XML document"
        if text.lstrip().lower().startswith("<?xml") and "<html" not in text.lower()
        else "a web page"
    )
    return (
        f"The file is {kind}, not a table of prices"
        + (f": {said}" if said else "")
        + ". The site sent it in place of the download: open the link in a browser, or try again later."
    )


def _plain(text: str) -> str:
    return " ".join(unescape(text).split())


def _json(text: str) -> str:
    """Return the message for JSON: what an API says in it, or that it is no CSV."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    said = _message_in(found)
    if said:
        return (
            f"The file is a message of an API, not a table of prices: “{said[:200]}”. Request the data "
            f"again when "
            "the limit allows it."
        )
    return "The file is JSON. Send CSV: most sites and libraries offer it beside JSON."


def _message_in(found: object) -> str:
    """Return the words of a JSON object that holds a message instead of data."""
    if not isinstance(found, dict) or len(found) > 8:  # noqa: PLR2004 - data has more
        return ""
    for name, value in found.items():
        if name.lower() in {
            "information",
            "note",
            "error message",
            "error",
            "message",
            "detail",
            "msg",
            "description",
        }:
            return value if isinstance(value, str) else _message_in(value)
    return next((said for value in found.values() if (said := _message_in(value))), "")
