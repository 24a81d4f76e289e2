"""Reading our own files back: the text of a PDF, the rows of a table."""

import csv
import io
from collections.abc import Callable

from django.db import transaction
from pypdf import PdfReader


def pdf(content: bytes) -> PdfReader:
    """Return the PDF, opened."""
    return PdfReader(io.BytesIO(content))


def text_of(content: bytes) -> str:
    """Return the text of all pages with every run of white space as one space."""
    return " ".join(" ".join(page.extract_text() for page in pdf(content).pages).split())


def rows_of(content: bytes) -> list[dict[str, str]]:
    """Return the rows of a CSV file by column name."""
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def without_storing[Result](compute: Callable[[], Result]) -> Result:
    """Return what `compute` returns and roll back what it stored."""
    with transaction.atomic():
        result = compute()
        transaction.set_rollback(True)
    return result
