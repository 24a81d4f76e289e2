"""Give the text of a file in UTF-8, line by line as an editor counts them, whatever its encoding."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from core.errors import InvalidInput
from ingestion.files.encodings import detect_encoding

LONGEST_LINE = 16_384
"""Bytes; a line of a bar has about eighty, one of a wide table of indicators a few hundred."""

IN_MEMORY = 8 * 2**20
_PIECE = 2**18
_FIRST_LINES = 60


@dataclass(frozen=True, kw_only=True)
class TextLines:
    """A file in UTF-8 without a byte order mark, whose lines end with a line feed.

    count: of its lines. first: the first of them. encoding: that of the file as it was sent.
    """

    file: BinaryIO
    count: int
    first: list[str]
    encoding: str


@contextmanager
def text_lines(file: BinaryIO) -> Iterator[TextLines]:
    """Have the text of a file; raises InvalidInput, naming the line, for what is no text."""
    encoding = detect_encoding(file)
    file.seek(0)
    start = file.read(_PIECE)
    file.seek(0)
    if encoding == "utf-8" and (b"\n" in start or b"\r" not in start):
        yield _checked(file, encoding)
        return
    with SpooledTemporaryFile(IN_MEMORY) as spooled:
        copy = cast("BinaryIO", spooled)
        text = io.TextIOWrapper(file, encoding=encoding, newline=None)
        try:
            while piece := text.read(_PIECE):
                copy.write(piece.encode())
        except UnicodeError:
            raise InvalidInput(
                f"The file begins as text in {encoding}, but later bytes are none. Save it as CSV in UTF-8.",
                field="file",
            ) from None
        finally:
            text.detach()  # the file stays open for its owner
        yield _checked(copy, encoding)


def _checked(file: BinaryIO, encoding: str) -> TextLines:
    """Count the lines; raises InvalidInput for one that cannot be of a table of bars."""
    file.seek(0)
    count = 0
    while line := file.readline(LONGEST_LINE + 1):
        count += 1
        if len(line) > LONGEST_LINE or b"\0" in line:
            raise InvalidInput(f"Line {count} is not a line of a CSV file of bars.", field="file")
    file.seek(0)
    first = [line.decode("utf-8", errors="replace") for line in islice(file, _FIRST_LINES)]
    file.seek(0)
    return TextLines(file=file, count=count, first=first, encoding=encoding)
