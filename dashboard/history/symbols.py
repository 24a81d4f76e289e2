"""Offer symbols to choose from: what a user has worked with lately and starred comes first."""

from django.contrib.auth.base_user import AbstractBaseUser

from dashboard.history.listing import recent_symbols
from ingestion.instruments import find_instruments
from ingestion.providers.symbol_search import symbols_like
from ingestion.schemas import InstrumentDocument
from ingestion.watchlist import watched

RECENT = 5
OFFERED = 12


def preferred_symbols(user: AbstractBaseUser) -> list[str]:
    """Return the symbols of the user's newest results, then the starred ones."""
    return list(dict.fromkeys([*recent_symbols(user, RECENT), *watched(user)]))


def offered_instruments(words: str, user: AbstractBaseUser) -> list[InstrumentDocument]:
    """Return the instruments with bars that match what was typed, likely ones first."""
    preferred = preferred_symbols(user)[:OFFERED]
    return find_instruments(symbols_like(words, preferred=preferred, limit=OFFERED))


def usual_symbol(user: AbstractBaseUser) -> str | None:
    """Return the symbol that a new page opens with: the last used, else a starred, else the first one.

    None while nothing is stored.
    """
    found = symbols_like("", preferred=preferred_symbols(user)[:OFFERED], limit=1)
    return found[0] if found else None
