"""How numbers are read: the decimal mark is decided over the whole file."""

import math

import pytest

from core.errors import InvalidInput
from ingestion.files.number_format import DecimalMark, NumberEvidence, Shape, parse_number, shape_of

POINT, COMMA = DecimalMark.POINT, DecimalMark.COMMA


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("1000", Shape.NEUTRAL),
        ("102,5", Shape.COMMA),
        ("102.5", Shape.POINT),
        ("4.020,00", Shape.COMMA),
        ("1,102.00", Shape.POINT),
        ("1.250", Shape.EITHER_POINT),
        ("1,250", Shape.EITHER_COMMA),
        ("0.123", Shape.POINT),
        ("1234.567", Shape.POINT),
        ("1,234,567", Shape.POINT),
        ("1.234.567", Shape.COMMA),
        ("12,34,567.50", Shape.POINT),
        ("1'004.00", Shape.POINT),
        ("1'004,125", Shape.COMMA),
        ("1\u202f004,5", Shape.COMMA),
        ("1.2.3", Shape.NO_NUMBER),
        ("12a", Shape.NO_NUMBER),
        ("", Shape.NO_NUMBER),
    ],
)
def test_a_spelling_tells_its_decimal_mark_or_not(text: str, shape: Shape) -> None:
    assert shape_of(text) == shape


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("4.020,00", COMMA, 4020.0),
        ("1.250", COMMA, 1250.0),
        ("1.250", POINT, 1.25),
        ("12.500", COMMA, 12500.0),
        ("36.91M", POINT, 36_910_000.0),
        ("1,2B", COMMA, 1_200_000_000.0),
        ("2.5K", POINT, 2500.0),
        ("1.5e+07", POINT, 15_000_000.0),
        ("1,5E+07", COMMA, 15_000_000.0),
        ("$187.04", POINT, 187.04),
        ("€ 187,04", COMMA, 187.04),
        ("187,04 EUR", COMMA, 187.04),
        ("12,34,567", POINT, 1_234_567.0),
        ("1'004.00", POINT, 1004.0),
        ("1 234,5", COMMA, 1234.5),
        ("3,2万", POINT, math.nan),
        ("3.2万", POINT, 32_000.0),
        ("-1.5", POINT, -1.5),
        ("102,5", POINT, math.nan),
        ("102.5", COMMA, math.nan),
        ("abc", POINT, math.nan),
        ("0.00002345", POINT, 0.00002345),
    ],
)
def test_numbers_are_read_by_the_decimal_mark(text: str, decimal: DecimalMark, value: float) -> None:
    assert parse_number(text, decimal) == pytest.approx(value, rel=0, abs=0, nan_ok=True)


def evidence_of(*texts: str) -> NumberEvidence:
    evidence = NumberEvidence()
    for line, text in enumerate(texts, start=2):
        evidence.add(text, line)
    return evidence


def test_one_telling_number_decides_for_the_file() -> None:
    assert evidence_of("101", "1.250", "102,5").decide(usual=None) == COMMA
    assert evidence_of("1,250", "102.5").decide(usual=None) == POINT


def test_contradicting_numbers_are_refused_with_both_lines() -> None:
    with pytest.raises(InvalidInput, match=r"line 3 writes “102\.5”.*line 2 writes “102,5”"):
        evidence_of("102,5", "102.5").decide(usual=COMMA)


def test_a_single_slip_among_many_does_not_decide() -> None:
    assert evidence_of("102,5", *["102.5"] * 60).decide(usual=None) == POINT


def test_two_fitting_readings_are_shown_unless_the_kind_of_file_tells() -> None:
    evidence = evidence_of("1.250", "2.500", "100")
    with pytest.raises(InvalidInput, match=r"1\.25 with a decimal point, 1,250 with a decimal comma"):
        evidence.decide(usual=None)
    assert evidence.decide(usual=POINT) == POINT
