"""Tell what a column holds by its name, in the languages and spellings of known sources."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from ingestion.files.column_roles import PRICE_ROLES, Role
from ingestion.files.column_vocabulary import COLUMN_NAMES


def _ranks() -> Mapping[str, tuple[tuple[Role, int], ...]]:
    """Return what a column of each name may hold, with the rank of the name."""
    found: dict[str, tuple[tuple[Role, int], ...]] = {}
    for role, ranks in COLUMN_NAMES.items():
        for rank, names in enumerate(ranks):
            for name in dict.fromkeys(folded(name) for name in names):
                found[name] = (*found.get(name, ()), (role, rank))
    return found


def folded(name: str) -> str:
    """Return a name without accents and capitals: `Schluß` and `SCHLUSS` are one."""
    parts = unicodedata.normalize("NFKD", name.casefold().replace("ł", "l").replace("ı", "i"))
    return "".join(part for part in parts if not unicodedata.combining(part))


_RANKS = _ranks()

_NUMBERED = re.compile(r"^\d+[a-z]?\. ")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_UNIT = re.compile(r"\s*[\(\[][^)\]]*[\)\]]")
_SPACES = re.compile(r"[\s_]+")
_EXPLAINED = re.compile(r"((?:adj )?close) (?:adjusted )?close price adjusted for .*")
_BASE_VOLUME = re.compile(r"volume [a-z0-9]{2,10}")


def plain_name(cell: str) -> str:
    """Return a header cell in lower case, without brackets, numbers, units and punctuation.

    `<CLOSE>`, `4. close`, `Close (EUR)`, `close_price` and `closePrice` lose what sources put around words.
    """
    text = cell.strip().strip("\ufeff\"'").strip()
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1]
    text = _NUMBERED.sub("", _CAMEL.sub(" ", text).lower())
    text = _UNIT.sub("", text) or text
    text = _SPACES.sub(" ", text.replace("*", " ")).strip()
    text = _EXPLAINED.sub(r"\1", text)
    return folded(text.strip(" .:").replace(". ", " ").replace(".", " "))


def roles_of(cell: str) -> tuple[tuple[Role, int], ...]:
    """Return what a column of this name may hold, each with its rank; the lowest rank is the best."""
    name = plain_name(cell)
    found = _RANKS.get(name) or _RANKS.get(name.replace(" ", ""))
    if found is None and _BASE_VOLUME.fullmatch(name):
        return ((Role.VOLUME, 0),)
    return found or ()


def is_second_choice(role: Role, cell: str) -> bool:
    """Whether a column of this name holds the role only where no better name is present."""
    return all(rank > 0 for found, rank in roles_of(cell) if found == role)


def assign_roles(cells: Sequence[str]) -> dict[Role, int]:
    """Return the place of each role that the header names; the first column of the best rank wins."""
    best: dict[Role, tuple[int, int]] = {}
    for place, cell in enumerate(cells):
        for role, rank in roles_of(cell):
            if role not in best or rank < best[role][0]:
                best[role] = (rank, place)
    found = {role: place for role, (_, place) in best.items()}
    if found.get(Role.TIME) == found.get(Role.DATE):
        found.pop(Role.TIME, None)
    return found


def without_common_part(cells: Sequence[str]) -> list[str]:
    """Return the header without the symbol that some sources put before or after each name.

    `AAPL.Open`, `Open_AAPL` and `Open AAPL` become `Open`; a header without such a part stays as it is.
    """
    for separator in (".", "_", " ", ":"):
        for take in (0, -1):
            parts = [cell.strip().split(separator) for cell in cells]
            shared = [part[take] for part in parts if len(part) > 1]
            if len(shared) < len(PRICE_ROLES) or len(set(shared)) != 1:
                continue
            stripped = [
                separator.join(part[1:] if take == 0 else part[:-1])
                if len(part) > 1 and part[take] == shared[0]
                else separator.join(part)
                for part in parts
            ]
            if len(price_roles(assign_roles(stripped))) > len(price_roles(assign_roles(cells))):
                return stripped
    return list(cells)


def price_roles(found: Mapping[Role, int]) -> list[Role]:
    """Return the prices among the roles."""
    return [role for role in PRICE_ROLES if role in found]
