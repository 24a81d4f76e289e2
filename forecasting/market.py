"""The stored shares that serve as the market of another."""

from functools import lru_cache
from uuid import UUID

from core.errors import InvalidInput
from forecasting.model.market import Member, member_of
from forecasting.model.price_moves import Prices
from ingestion.bars import Adjustment, load_bars
from ingestion.models import Instrument

MOST_MEMBERS = 30
"""More shares would tell hardly more: in tests four were almost as good as fourteen."""
MEMBERS_KEPT = 64
"""Shares whose features a process keeps in memory; thirty years of one take 500 KB."""


def market_members(symbol: str, currency: str) -> dict[str, Member]:
    """Return the first other shares in the same currency, in order of their symbols.

    An instrument without volume is no share: currencies, metals and indices are left out. What a member
    contributes to a day depends on its bars up to that day only.
    """
    stored = Instrument.objects.filter(currency=currency).exclude(symbol=symbol).order_by("symbol")
    versions = stored.values_list("symbol", "version")[:MOST_MEMBERS]
    found = {name: _member(name, version) for name, version in versions}
    return {name: member for name, member in found.items() if member is not None}


@lru_cache(MEMBERS_KEPT)
def _member(symbol: str, version: UUID) -> Member | None:
    """Return what an instrument contributes at this version of it; None where it contributes nothing."""
    try:
        bars = load_bars(symbol, adjustment=Adjustment.SPLITS)
    except InvalidInput:
        return None
    if not bars.volume.any():
        return None
    return member_of(bars.dates, Prices(open=bars.open, high=bars.high, low=bars.low, close=bars.close))
