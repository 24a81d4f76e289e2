"""Tell the columns of a table without names by what they hold."""

import re
from collections.abc import Sequence

from ingestion.files.column_roles import PRICE_ROLES, Role
from ingestion.files.date_spelling import looks_like_date
from ingestion.files.number_format import DecimalMark, Shape, parse_number, shape_of

_TIME = re.compile(r"\d{1,2}:\d{2}(:\d{2})?|0{6}|\d{6}")
_SYMBOL = re.compile(r"[A-Za-z^][A-Za-z0-9.\-=/&^]*")
_ORDERS = (
    (Role.OPEN, Role.HIGH, Role.LOW, Role.CLOSE),
    (Role.OPEN, Role.CLOSE, Role.HIGH, Role.LOW),
    (Role.CLOSE, Role.OPEN, Role.HIGH, Role.LOW),
    (Role.CLOSE, Role.HIGH, Role.LOW, Role.OPEN),
)
_ALIKE = 0.2
"""An adjusted close is at least this fraction of the close; a volume hardly ever lies so near."""


def columns_without_header(rows: Sequence[Sequence[str]]) -> dict[Role, int] | None:
    """Return what the columns of these rows hold; None where it cannot be told.

    The order of the prices is the only one of the usual ones in which the high is never below, and the low
    never above, any other price.
    """
    date = next((place for place, cell in enumerate(rows[0][:4]) if looks_like_date(cell)), None)
    if date is None:
        return None
    places = {Role.DATE: date}
    if date and _SYMBOL.fullmatch(rows[0][0]):
        places[Role.SYMBOL] = 0
    first = date + 1
    if first < len(rows[0]) and _TIME.fullmatch(rows[0][first]) and len(rows[0]) > first + len(PRICE_ROLES):
        places[Role.TIME] = first
        first += 1
    numbers = [_numbers(row[first:]) for row in rows if len(row) == len(rows[0])]
    if any(len(row) < len(PRICE_ROLES) for row in numbers):
        return None
    fitting = [order for order in _ORDERS if all(_fits(order, row) for row in numbers)]
    if not fitting or (len(fitting) > 1 and fitting[0] != _ORDERS[0]):
        return None
    places.update({role: first + place for place, role in enumerate(fitting[0])})
    volume = _volume(numbers, fitting[0].index(Role.CLOSE))
    if volume is not None:
        places[Role.VOLUME] = first + volume
    return places


def _numbers(cells: Sequence[str]) -> list[float]:
    """Return the leading cells that are numbers."""
    found = []
    for cell in cells:
        shape = shape_of(cell)
        if shape == Shape.NO_NUMBER:
            break
        found.append(parse_number(cell, DecimalMark.COMMA if shape == Shape.COMMA else DecimalMark.POINT))
    return found


def _fits(order: Sequence[Role], row: Sequence[float]) -> bool:
    price = dict(zip(order, row, strict=False))
    return (
        price[Role.LOW] <= min(price.values())
        and price[Role.HIGH] >= max(price.values())
        and min(row[:4]) > 0
    )


def _volume(numbers: Sequence[Sequence[float]], close: int) -> int | None:
    """Return the column of volumes after the prices; an adjusted close may stand before it."""
    width = min(len(row) for row in numbers)
    if width <= len(PRICE_ROLES):
        return None
    first = len(PRICE_ROLES)
    is_adjusted_close = all(_ALIKE < row[first] / row[close] <= 1.0001 for row in numbers)  # noqa: PLR2004
    return first + 1 if is_adjusted_close and width > first + 1 else first
