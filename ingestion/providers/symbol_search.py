"""Finding a symbol by a few letters or a name: among what is stored, or at the provider for one request."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Case, Q, Value, When
from django.utils import timezone

from core.errors import InvalidInput
from ingestion.models import Instrument
from ingestion.providers.alpha_vantage.client import AlphaVantage
from ingestion.schemas import MatchDocument

SHOWN = 8
LONGEST_SEARCH = 40
MATCHES_STAY_GOOD = timedelta(days=30)


def stored_matches(words: str) -> list[MatchDocument]:
    """Return the stored instruments whose symbol begins with the words or whose name has them; no request."""
    words = words.strip()[:LONGEST_SEARCH].replace("\0", "")
    if not words:
        return []
    found = Instrument.objects.filter(Q(symbol__istartswith=words) | Q(name__icontains=words))
    return [
        MatchDocument(
            symbol=instrument.symbol,
            name=instrument.name,
            listed=f"{instrument.exchange}, {instrument.currency}",
            is_stored=True,
        )
        for instrument in found.order_by("symbol")[:SHOWN]
    ]


def symbols_like(words: str, *, preferred: Sequence[str] = (), limit: int = SHOWN) -> list[str]:
    """Return symbols with bars in which every word is part of the symbol or of the name; without words, any.

    The symbol that was typed in full comes first, then the `preferred` ones in their order, then symbols
    that begin with the words, then the others by symbol.
    """
    words = words.strip()[:LONGEST_SEARCH].replace("\0", "")
    found = Instrument.objects.filter(extent__isnull=False)
    for word in words.split():
        found = found.filter(Q(symbol__icontains=word) | Q(name__icontains=word))
    ranks = [When(symbol__iexact=words, then=Value(0))] if words else []
    ranks += [When(symbol=symbol, then=Value(place)) for place, symbol in enumerate(preferred, 1)]
    ranks += [When(symbol__istartswith=words, then=Value(len(preferred) + 1))] if words else []
    rank = Case(*ranks, default=Value(len(preferred) + 2)) if ranks else Value(0)
    return list(found.order_by(rank, "symbol").values_list("symbol", flat=True)[:limit])


def provider_matches(words: str) -> list[MatchDocument]:
    """Return what the provider finds; the same words cost one request a month.

    Raises InvalidInput when there are no words, and the errors of `ingestion.errors`.
    """
    words = " ".join(words.lower().split())[:LONGEST_SEARCH].replace("\0", "")
    if not words:
        raise InvalidInput("Give the beginning of a symbol or of a name.", field="symbol")
    matches = AlphaVantage.from_settings().search(words, since=timezone.now() - MATCHES_STAY_GOOD)
    stored = set(
        Instrument.objects.filter(symbol__in=[match.symbol for match in matches]).values_list(
            "symbol", flat=True
        )
    )
    return [
        MatchDocument(
            symbol=match.symbol,
            name=match.name,
            listed=", ".join(filter(None, (match.region, match.currency))),
            is_stored=match.symbol in stored,
        )
        for match in matches[:SHOWN]
    ]
