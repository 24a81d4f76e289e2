"""Offer symbols to choose from: what a user has worked with lately and starred comes first."""

from collections.abc import Sequence

from django.contrib.auth.base_user import AbstractBaseUser

from dashboard.history.listing import recent_symbols
from ingestion.instruments import find_instruments
from ingestion.providers.symbol_search import symbols_like
from ingestion.schemas import InstrumentDocument
from ingestion.watchlist import watched
from jobs.models import Job, JobState

RECENT = 5
OFFERED = 12
MOST_STARRED = 40
ATTENTION = 5
FILLED_UP_TO = 12
"""Rows of the overview that other symbols fill up: on a small site it shows all."""


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


def overview_symbols(user: AbstractBaseUser, starred: Sequence[str]) -> list[str]:
    """Return the starred symbols, those used lately, those whose fetches failed, then others to fill up."""
    failed = Job.objects.filter(kind="fetch_bars", state=JobState.FAILED).values_list("subject", flat=True)
    others = [*recent_symbols(user, RECENT), *failed[:ATTENTION]]
    kept = starred[:MOST_STARRED]
    filling = symbols_like("", limit=max(FILLED_UP_TO, len(kept)))
    known = symbols_like("", preferred=list(dict.fromkeys([*kept, *others])), limit=len(kept) + len(others))
    return list(dict.fromkeys([*kept, *(symbol for symbol in others if symbol in known), *filling]))[
        : max(FILLED_UP_TO, len(kept) + RECENT + ATTENTION)
    ]
