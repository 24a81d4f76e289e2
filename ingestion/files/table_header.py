"""Find the table in a text file: its delimiter, the line with the names, and what each column holds."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.errors import InvalidInput
from ingestion.files.cells import DELIMITERS, WHITESPACE, require_table, split_cells
from ingestion.files.column_names import assign_roles, plain_name, price_roles, without_common_part
from ingestion.files.column_roles import PRICE_ROLES, Role
from ingestion.files.date_spelling import looks_like_date
from ingestion.files.headerless import columns_without_header

LINES_SEARCHED = 60
"""Lines of a file in which its header is looked for."""

_SEPARATOR_LINE = re.compile(r"\ufeff?\"?sep=(.)\"?", re.IGNORECASE)
_LEAST_ROWS_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class TableHeader:
    """Where the table of a file is and what its columns hold.

    names: as written; empty where no line names the columns.
    skip: lines before the first row. places: column of each role, from 0.
    ticker: the symbol that the header names, as yfinance writes it.
    sample: cells of the first rows. is_spaced: whether spaces follow the delimiters.
    """

    delimiter: str
    names: tuple[str, ...]
    skip: int
    places: Mapping[Role, int]
    width: int
    ticker: str | None
    sample: tuple[tuple[str, ...], ...]
    is_spaced: bool = False

    @property
    def plain_names(self) -> frozenset[str]:
        """The names in lower case, for recognising a known kind of file."""
        return frozenset(plain_name(name) for name in self.names)


def find_header(
    lines: Sequence[str], *, columns: Mapping[Role, str] | None = None, symbol: str | None = None
) -> TableHeader:
    """Return where the table is, from the first lines of the file.

    columns: the column of a role by its name or its number from 1, as a user gave it.
    symbol: the one wanted, where columns of several symbols stand side by side.
    Raises InvalidInput where no table of daily bars is found.
    """
    lines = lines[:LINES_SEARCHED]
    if not any(line.strip("\ufeff \t\r\n,;") for line in lines):
        raise InvalidInput("The file is empty. Give a CSV file of daily bars.", field="file")
    given = _SEPARATOR_LINE.fullmatch(lines[0].strip())
    delimiters: tuple[str, ...] = (given[1],) if given else DELIMITERS
    columns = columns or _column_of_symbol(lines, delimiters, symbol)
    found = _best_header(lines, delimiters, columns)
    if found is None and not given:
        delimiters = (*DELIMITERS, WHITESPACE)
        require_table(lines)
        found = _best_header(lines, (WHITESPACE,), columns)
    if found is not None:
        return _with_header(lines, *found, columns=columns, symbol=symbol)
    return _without_header(lines, delimiters, columns, skip=1 if given else 0)


def _column_of_symbol(
    lines: Sequence[str], delimiters: Sequence[str], symbol: str | None
) -> Mapping[Role, str]:
    """Return the column that is named after the symbol in a table of closes, one column a symbol."""
    for line in lines:
        for delimiter in delimiters:
            names = split_cells(line, delimiter)
            roles = assign_roles(names)
            if symbol in names and Role.DATE in roles and not price_roles(roles):
                return {Role.DATE: names[roles[Role.DATE]], Role.CLOSE: symbol}
    return {}


def _best_header(
    lines: Sequence[str], delimiters: Sequence[str], columns: Mapping[Role, str]
) -> tuple[int, str] | None:
    """Return the first line with the most names of columns, and its delimiter."""
    best: tuple[int, str] | None = None
    most = 0
    for place, line in enumerate(lines):
        for delimiter in delimiters:
            cells = split_cells(line, delimiter)
            score = _header_score(cells, columns) or _unnamed_date_score(cells, lines[place + 1 :], delimiter)
            if score > most:
                best, most = (place, delimiter), score
    return best


def _header_score(cells: Sequence[str], columns: Mapping[Role, str]) -> int:
    """Return how many roles a line names; 0 for one that is no header."""
    if len(cells) < 2:  # noqa: PLR2004 - a date and a price
        return 0
    named = {cell.strip().casefold() for cell in cells}
    wanted = [name for name in columns.values() if not name.isdigit()]
    if wanted and all(name.strip().casefold() in named for name in wanted):
        return 100
    if any(looks_like_date(cell) for cell in cells[:3]):
        return 0
    roles = assign_roles(without_common_part(cells))
    prices = price_roles(roles)
    if Role.CLOSE in prices and (len(prices) > 1 or Role.DATE in roles):
        return 10 * len(prices) + len(roles)
    if Role.DATE in roles and (len(prices) > 1 or len(cells) == 2):  # noqa: PLR2004
        return 2 + len(roles)
    return 0


def _unnamed_date_score(cells: Sequence[str], rest: Sequence[str], delimiter: str) -> int:
    """Return 1 for names of prices above a row that has a date in a column without a known name."""
    if Role.CLOSE not in assign_roles(without_common_part(cells)) or any(map(looks_like_date, cells)):
        return 0
    row = next((split_cells(line, delimiter) for line in rest if line.strip()), [])
    return int(len(row) == len(cells) and any(map(looks_like_date, row)))


def _with_header(
    lines: Sequence[str], place: int, delimiter: str, *, columns: Mapping[Role, str], symbol: str | None
) -> TableHeader:
    rows = [split_cells(line, delimiter) for line in lines]
    names = rows[place]
    tickers, skip = _header_rows(rows, place)
    sample = _sample(rows[skip:], names)
    if _lacks_index(names, sample):
        names = ["", *names]
    ticker, kept = _one_ticker(tickers, symbol)
    cells = [name if place_ in kept or not tickers else "" for place_, name in enumerate(names)]
    roles = assign_roles(without_common_part(cells))
    _find_dates(roles, sample, columns)
    roles.update(_given(columns, names))
    _complete(roles, names, line=place + 1)
    width = max(_width(names, sample), *(place + 1 for place in roles.values()))
    return TableHeader(
        delimiter=delimiter,
        names=(*names, *[""] * (width - len(names))),
        skip=skip,
        places=roles,
        width=width,
        ticker=ticker,
        sample=tuple(tuple(row) for row in sample),
        is_spaced=f"{delimiter} " in lines[place],
    )


def _lacks_index(names: Sequence[str], sample: Sequence[Sequence[str]]) -> bool:
    """Whether the rows begin with a column of dates that the header leaves out."""
    if not sample or any(len(row) != len(names) + 1 for row in sample) or not looks_like_date(sample[0][0]):
        return False
    date = assign_roles(names).get(Role.DATE)
    return date is None or not _holds_dates(sample, date)


def _width(names: Sequence[str], sample: Sequence[Sequence[str]]) -> int:
    """Return how many cells a row has; most rows decide where they have more than the header."""
    lengths = sorted(len(row) for row in sample)
    return max(len(names), lengths[len(lengths) // 2] if lengths else 0)


def _header_rows(rows: Sequence[Sequence[str]], place: int) -> tuple[list[str], int]:
    """Return the row of tickers beside the names, if any, and how many lines stand before the first row."""
    tickers: list[str] = []
    if (place and _first(rows[place - 1]) in {"ticker", "symbol"}) or (
        place
        and not _first(rows[place - 1])
        and len(set(rows[place - 1][1:])) <= len(rows[place - 1]) // 4 + 1
        and (len(rows[place - 1]) == len(rows[place]))
    ):
        tickers = list(rows[place - 1])
    skip = place + 1
    while skip < len(rows):
        row = rows[skip]
        if _names_tickers(row) and not any(looks_like_date(cell) for cell in row):
            tickers = list(row)
        elif not (_first(row) in {"date", "datetime", "timestamp"} and not any(row[1:])):
            break
        skip += 1
    return tickers, skip


def _names_tickers(row: Sequence[str]) -> bool:
    """Whether a row below the names repeats a symbol in each column of prices."""
    if _first(row) in {"ticker", "symbol"}:
        return True
    others = set(row[1:])
    is_symbol = len(others) == 1 and any(character.isalpha() for character in next(iter(others)))
    return not _first(row) and len(row) > len(PRICE_ROLES) and is_symbol


def _first(row: Sequence[str]) -> str:
    return plain_name(row[0]) if row else ""


def _one_ticker(tickers: Sequence[str], symbol: str | None) -> tuple[str | None, set[int]]:
    """Return the ticker whose columns count, and their places with the first column's."""
    named = {cell.strip().upper() for cell in tickers[1:]} - {""}
    if not named:
        return None, set(range(len(tickers)))
    if len(named) > 1 and (symbol is None or symbol not in named):
        raise InvalidInput(
            f"Columns of {len(named)} symbols stand side by side: {', '.join(sorted(named)[:5])}. Import "
            f"the file "
            "once for each symbol, or write a file for each.",
            field="symbol",
        )
    ticker = symbol if symbol in named else next(iter(named))
    places = {place for place, cell in enumerate(tickers) if cell.strip().upper() == ticker}
    return ticker, {0, *places}


def _sample(rows: Sequence[Sequence[str]], names: Sequence[str]) -> list[list[str]]:
    """Return the first rows below the header that have about as many cells."""
    return [list(row) for row in rows if len(row) >= len(names) - 1 and any(row)][:20]


def _find_dates(roles: dict[Role, int], sample: Sequence[Sequence[str]], columns: Mapping[Role, str]) -> None:
    """Take the first column that holds dates for the dates where no name says which does."""
    if Role.DATE in columns or not sample:
        return
    if Role.DATE in roles and _holds_dates(sample, roles[Role.DATE]):
        return
    taken = {place for role, place in roles.items() if role in PRICE_ROLES}
    for place in range(len(sample[0])):
        if place not in taken and _holds_dates(sample, place):
            roles[Role.DATE] = place
            return


def _holds_dates(sample: Sequence[Sequence[str]], place: int) -> bool:
    cells = [row[place] for row in sample if len(row) > place and row[place]]
    return bool(cells) and sum(looks_like_date(cell) for cell in cells) * 2 > len(cells)


def _given(columns: Mapping[Role, str], names: Sequence[str]) -> dict[Role, int]:
    """Return the places of the columns that a user named; raises InvalidInput for one that is not there."""
    folded = [name.strip().casefold() for name in names]
    places: dict[Role, int] = {}
    for role, name in columns.items():
        if name.strip().casefold() in folded:
            places[role] = folded.index(name.strip().casefold())
        elif name.isdigit() and 1 <= int(name) <= max(len(names), 1):
            places[role] = int(name) - 1
        else:
            raise InvalidInput(
                f"The file has no column “{name[:40]}”. Its columns are "
                f"{', '.join(filter(None, names))[:300]}.",
                field="columns",
            )
    return places


def _complete(roles: dict[Role, int], names: Sequence[str], *, line: int) -> None:
    """Require a date and prices; raises InvalidInput, naming what is missing."""
    if Role.CLOSE not in roles and Role.DATE in roles and len(names) == 2:  # noqa: PLR2004
        roles[Role.CLOSE] = 1 - roles[Role.DATE]
    missing = [role for role in (Role.DATE, Role.CLOSE) if role not in roles]
    if any(role in roles for role in PRICE_ROLES if role != Role.CLOSE):
        missing += [role for role in PRICE_ROLES if role not in roles and role not in missing]
    if missing:
        raise InvalidInput(
            f"Line {line} names no column {', '.join(missing)}. Its columns are "
            f"{', '.join(filter(None, names))[:300]}. "
            "Say which is which, for example columns=date:Day,close:Value.",
            field="columns",
        )


def _without_header(
    lines: Sequence[str], delimiters: Sequence[str], columns: Mapping[Role, str], *, skip: int
) -> TableHeader:
    for place in range(skip, len(lines)):
        for delimiter in delimiters:
            rows = [cells for line in lines[place:] if any(cells := split_cells(line, delimiter))][:20]
            if not rows or not any(looks_like_date(cell) for cell in rows[0][:4]):
                continue
            _require_no_names(lines, place, delimiter, rows[0], columns)
            places = _numbered(columns, rows[0]) if columns else columns_without_header(rows)
            if places is not None and len(rows[0]) > max(places.values()):
                return TableHeader(
                    delimiter=delimiter,
                    names=(),
                    skip=place,
                    places=places,
                    width=len(rows[0]),
                    ticker=None,
                    sample=tuple(tuple(row) for row in rows),
                )
    first = next((number for number, line in enumerate(lines, start=1) if line.strip()), 1)
    raise InvalidInput(
        f"Line {first} names no columns of daily bars: “{lines[first - 1].strip()[:80]}”. Begin the file "
        f"with a line "
        "such as date,open,high,low,close,volume, or say which column is which.",
        field="file",
    )


def _require_no_names(
    lines: Sequence[str], place: int, delimiter: str, row: Sequence[str], columns: Mapping[Role, str]
) -> None:
    """Raise InvalidInput where the line above the rows names their columns in words that are not known."""
    above = split_cells(lines[place - 1], delimiter) if place else []
    if columns or len(row) < 2 or len(above) != len(row) or not all(map(_is_name, above)):  # noqa: PLR2004
        return
    _complete(assign_roles(above), above, line=place)


def _is_name(cell: str) -> bool:
    return any(character.isalpha() for character in cell) and not looks_like_date(cell)


def _numbered(columns: Mapping[Role, str], row: Sequence[str]) -> dict[Role, int]:
    return _given(columns, [""] * len(row))
