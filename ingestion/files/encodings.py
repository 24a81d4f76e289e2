"""Tell how the characters of a text file are encoded."""

import codecs
import io
from typing import BinaryIO

from core.errors import InvalidInput
from ingestion.files.column_names import roles_of

EAST_ASIAN = ("cp949", "cp932", "gb18030", "big5")
EUROPEAN = ("cp1252", "cp1250", "cp1251", "cp1254", "cp1253")

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PIECE = 2**20
_SAMPLE = 256 * 1024
_DELIMITERS = ",;\t|"


def detect_encoding(file: BinaryIO) -> str:
    """Return the name of the encoding; raises InvalidInput for bytes that are no text.

    UTF-8 is proven by the whole file. Of older encodings the one counts in which the header has known
    names of columns; where none tells, the frequencies of the letters do.
    """
    file.seek(0)
    start = file.read(_SAMPLE)
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    if b"\0" in start:
        return _without_mark(start)
    if _is_utf8(file):
        return "utf-8"
    return _by_header(start) or _by_frequency(start)


def _without_mark(start: bytes) -> str:
    """Return the kind of UTF-16 whose zero bytes stand where plain letters have them."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    half = len(start) // 2
    if odd > 0.6 * half and even < 0.1 * half:
        return "utf-16-le"
    if even > 0.6 * half and odd < 0.1 * half:
        return "utf-16-be"
    raise InvalidInput("The file holds bytes that are no text. Send a CSV file of daily bars.", field="file")


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while piece := file.read(_PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _decoded(start: bytes, encoding: str) -> str | None:
    """Return the beginning of the file as text; None where it is none in this encoding."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(start)
    except UnicodeDecodeError:
        return None


def _by_header(start: bytes) -> str | None:
    """Return the encoding that makes known column names of bytes beyond ASCII; None where none does."""
    best, most = None, 0
    for encoding in (*EAST_ASIAN, *EUROPEAN):
        text = _decoded(start, encoding)
        names = 0 if text is None else _known_names(text)
        if names > most:
            best, most = encoding, names
    return best


def _known_names(text: str) -> int:
    """Return how many cells of the first lines are known column names with letters beyond ASCII."""
    lines = list(io.StringIO(text))[:40]
    return max(
        (
            sum(not cell.isascii() and bool(roles_of(cell)) for cell in line.strip().split(delimiter))
            for line in lines
            for delimiter in _DELIMITERS
        ),
        default=0,
    )


def _by_frequency(start: bytes) -> str:
    from charset_normalizer import from_bytes

    found = from_bytes(start, cp_isolation=[*EAST_ASIAN, *EUROPEAN]).best()
    name = found.encoding if found is not None else "cp1252"
    if _decoded(start, name) is None:
        raise InvalidInput("The file is no text in a known encoding. Save it as CSV in UTF-8.", field="file")
    return name
