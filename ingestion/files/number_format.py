"""Decide from all numbers of a file which mark stands before the decimals, and read them by it.

A number such as `1,234` can be read in two ways; one such as `1,5` or `1,234.50` cannot. The whole file is
evidence: where numbers of both kinds contradict each other, or none tells, the file is refused with both
readings instead of being guessed at.
"""

import math
import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from core.errors import InvalidInput


class DecimalMark(StrEnum):
    """What stands before the decimals of a number."""

    POINT = "point"
    COMMA = "comma"

    @property
    def character(self) -> str:
        """The mark itself."""
        return "." if self == DecimalMark.POINT else ","


class Shape(StrEnum):
    """What the spelling of one number says about the decimal mark."""

    NEUTRAL = "neutral"
    POINT = "point"
    COMMA = "comma"
    EITHER_POINT = "either_point"
    EITHER_COMMA = "either_comma"
    NO_NUMBER = "no_number"


NOTHING = frozenset(
    {"", "-", "--", "—", "–", "null", "none", "nan", "n/a", "na", "#n/a", "<na>", "nil", ".", "*"}
)
"""How sources spell a value that is missing, in lower case."""

OUTVOTED = 50
"""Numbers that speak for one mark to one that contradicts: the contradicting rows are set aside."""

_MULTIPLIERS = {
    "k": 1e3,
    "tsd": 1e3,
    "mil": 1e3,
    "тыс": 1e3,
    "천": 1e3,
    "千": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "mio": 1e6,
    "mln": 1e6,
    "mm": 1e6,
    "млн": 1e6,
    "백만": 1e6,
    "百万": 1e6,
    "b": 1e9,
    "bn": 1e9,
    "mrd": 1e9,
    "md": 1e9,
    "mld": 1e9,
    "млрд": 1e9,
    "g": 1e9,
    "t": 1e12,
    "万": 1e4,
    "萬": 1e4,
    "만": 1e4,
    "亿": 1e8,
    "億": 1e8,
    "억": 1e8,
    "lakh": 1e5,
    "l": 1e5,
    "cr": 1e7,
    "crore": 1e7,
}
_SIGNS = "$€£¥₹₩₽₺₫฿₪₱₴₦₿"
_CURRENCY = re.compile(
    rf"^(?:US\$|HK\$|A\$|C\$|R\$|Rs\.?|Kč|zł|kr\.?|CHF|[A-Z]{{3}}(?=[\s\d])|[{_SIGNS}])+|"
    rf"(?:[{_SIGNS}]|(?<=[\d\s])(?:[A-Z]{{3}}|GBp|p|Kč|zł|kr\.?))$"
)
_GAPS = re.compile(r"[\s\u00a0\u202f\u2009'’`´]")
_SCALED = re.compile(r"(?P<number>.*\d)(?P<unit>[^\W\d_]{1,5})\.?")
_EXPONENT = re.compile(r"(?P<number>[\d.,]+)[eE](?P<power>[+-]?\d{1,3})")
_DIGITS = re.compile(r"\d+")
_ONE_MARK = re.compile(r"(\d*)([.,])(\d*)")
_GROUPED = {
    ",": re.compile(r"\d{1,3}(?:,\d{2,3})*,\d{3}"),
    ".": re.compile(r"\d{1,3}(?:\.\d{2,3})*\.\d{3}"),
}
_GROUP = 3


def is_missing(text: str) -> bool:
    """Whether a cell says that there is no value."""
    return text.strip().lower() in NOTHING


@dataclass(frozen=True, slots=True)
class _Parts:
    """A number without what stands around its digits and marks."""

    digits: str
    factor: float
    gapped: bool


@lru_cache(maxsize=65_536)
def _parts(text: str) -> _Parts | None:
    """Return the digits and marks of a number with its factor; None for what is no number."""
    text = text.strip().replace("\u2212", "-").lstrip("+")
    sign = -1.0 if text.startswith("-") else 1.0
    text = _CURRENCY.sub("", text.lstrip("-").strip()).strip()
    factor = sign
    if scaled := _SCALED.fullmatch(text):
        unit = _MULTIPLIERS.get(scaled["unit"].lower())
        if unit is None:
            return None
        text, factor = scaled["number"].strip(), sign * unit
    bare = _GAPS.sub("", text)
    if power := _EXPONENT.fullmatch(bare):
        bare, factor = power["number"], factor * 10.0 ** int(power["power"])
    if not bare or not all(character.isdigit() or character in ".," for character in bare):
        return None
    return _Parts(digits=bare, factor=factor, gapped=bare != text)


@lru_cache(maxsize=65_536)
def shape_of(text: str) -> Shape:
    """Return what the spelling of one number says about the decimal mark."""
    parts = _parts(text)
    if parts is None:
        return Shape.NO_NUMBER
    digits = parts.digits
    if _DIGITS.fullmatch(digits):
        return Shape.NEUTRAL
    if "," in digits and "." in digits:
        return _shape_with_both(digits)
    mark = "," if "," in digits else "."
    if digits.count(mark) > 1:
        # Repeated marks separate thousands, so the other one stands before decimals.
        grouped = _GROUPED[mark].fullmatch(digits) is not None
        return (Shape.POINT if mark == "," else Shape.COMMA) if grouped else Shape.NO_NUMBER
    return _shape_with_one(digits, mark, gapped=parts.gapped)


def _shape_with_both(digits: str) -> Shape:
    """Return the shape of a number with both marks: the one that stands last is before the decimals."""
    decimal = "," if digits.rfind(",") > digits.rfind(".") else "."
    whole, _, decimals = digits.rpartition(decimal)
    other = "." if decimal == "," else ","
    if decimal in whole or other in decimals or not _GROUPED[other].fullmatch(whole):
        return Shape.NO_NUMBER
    return Shape.COMMA if decimal == "," else Shape.POINT


def _shape_with_one(digits: str, mark: str, *, gapped: bool) -> Shape:
    match = _ONE_MARK.fullmatch(digits)
    if match is None:
        return Shape.NO_NUMBER
    whole, decimals = match[1], match[3]
    could_be_thousands = (
        len(decimals) == _GROUP and 1 <= len(whole) <= _GROUP and not whole.startswith("0") and not gapped
    )
    if could_be_thousands:
        return Shape.EITHER_COMMA if mark == "," else Shape.EITHER_POINT
    return Shape.COMMA if mark == "," else Shape.POINT


def parse_number(text: str, decimal: DecimalMark) -> float:
    """Return the number that the text spells with this decimal mark; NaN where it spells none."""
    parts = _parts(text)
    if parts is None:
        return math.nan
    shape = shape_of(text)
    against = Shape.COMMA if decimal == DecimalMark.POINT else Shape.POINT
    if shape in {Shape.NO_NUMBER, against}:
        return math.nan
    thousands = "," if decimal == DecimalMark.POINT else "."
    digits = parts.digits.replace(thousands, "").replace(decimal.character, ".")
    return _scaled(digits, parts.factor)


def _scaled(digits: str, factor: float) -> float:
    """Return the product without the noise of a binary fraction: 36.91M is 36910000 exactly."""
    value = float(digits)
    if factor == 1.0:
        return value
    return float(f"{value * factor:.15g}")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that is quoted in a message."""

    line: int
    text: str


@dataclass(kw_only=True)
class NumberEvidence:
    """What the numbers of a file say about the decimal mark."""

    counts: dict[Shape, int] = field(default_factory=lambda: dict.fromkeys(Shape, 0))
    first: dict[Shape, Cell] = field(default_factory=dict)
    has_ungrouped_thousands: bool = False

    def add(self, text: str, line: int, *, count: int = 1) -> Shape:
        """Take one number into account, or `count` that are spelled alike; return its shape."""
        shape = shape_of(text)
        self.counts[shape] += count
        self.has_ungrouped_thousands |= (
            shape == Shape.NEUTRAL and len(text.strip()) > _GROUP and text.strip().isdigit()
        )
        self.first.setdefault(shape, Cell(line, text.strip()))
        return shape

    def ungrouped_reading(self) -> Shape | None:
        """Return what numbers that fit both readings are where others of the column write thousands unmarked.

        Beside `1250` a `1.250` has no thousands to separate. None: that tells nothing.
        """
        either = [shape for shape in (Shape.EITHER_POINT, Shape.EITHER_COMMA) if self.counts[shape]]
        if not self.has_ungrouped_thousands or len(either) != 1:
            return None
        return Shape.POINT if either[0] == Shape.EITHER_POINT else Shape.COMMA

    def decide(self, *, usual: DecimalMark | None) -> DecimalMark:
        """Return the decimal mark; raises InvalidInput, with both readings, where it cannot be told.

        usual: what the kind of file or its delimiter says, where the numbers say nothing.
        """
        point, comma = self.counts[Shape.POINT], self.counts[Shape.COMMA]
        if point and comma:
            return self._majority(point, comma)
        if point or comma:
            return DecimalMark.POINT if point else DecimalMark.COMMA
        either = self.first.get(Shape.EITHER_POINT) or self.first.get(Shape.EITHER_COMMA)
        if usual is not None or either is None:
            return usual or DecimalMark.POINT
        raise two_readings(either)

    def _majority(self, point: int, comma: int) -> DecimalMark:
        if point >= OUTVOTED * comma:
            return DecimalMark.POINT
        if comma >= OUTVOTED * point:
            return DecimalMark.COMMA
        one, other = self.first[Shape.POINT], self.first[Shape.COMMA]
        raise InvalidInput(
            f"The file contradicts itself: line {one.line} writes “{one.text[:20]}” with a decimal point, "
            f"and "
            f"line {other.line} writes “{other.text[:20]}” with a decimal comma. Nothing was stored. Write "
            f"all "
            "numbers alike.",
            field="decimal",
        )


def two_readings(cell: Cell) -> InvalidInput:
    """Return the error for a number that can be read in two ways."""
    readings = [parse_number(cell.text, mark) for mark in DecimalMark]
    return InvalidInput(
        f"“{cell.text[:20]}” on line {cell.line} can be read in two ways, and no number of the file tells "
        f"which: "
        f"{readings[0]:,.10g} with a decimal point, {readings[1]:,.10g} with a decimal comma. Nothing was "
        f"stored. "
        "Say which it is: decimal=point or decimal=comma.",
        field="decimal",
    )
