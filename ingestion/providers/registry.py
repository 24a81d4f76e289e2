"""Know the providers of market data, and choose the one that a symbol is fetched from.

To add one: a client in a package of its own, a `Source`, its settings, an entry here, and a fetcher in
`ingestion.fetch.service`.
"""

from dataclasses import dataclass

from django.conf import settings

from core.errors import InvalidInput
from ingestion.models import Instrument, Source


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A source that is requested over the network.

    setting: the one that holds its key. terms: what a free key is for, in a sentence for users.
    """

    source: Source
    setting: str
    terms: str

    @property
    def name(self) -> str:
        """What it is called in settings and commands."""
        return str(self.source)

    @property
    def label(self) -> str:
        """What it is called in sentences."""
        return str(self.source.label)

    @property
    def has_key(self) -> bool:
        """Whether its key is configured."""
        return bool(getattr(settings, self.setting))


PROVIDERS = (
    Provider(
        source=Source.ALPHA_VANTAGE,
        setting="ALPHA_VANTAGE_API_KEY",
        terms="A free key gives the latest 100 bars of a symbol, 25 requests a day, for personal use.",
    ),
    Provider(
        source=Source.TIINGO,
        setting="TIINGO_API_KEY",
        terms="A free key gives the whole history of a symbol in one request, 50 requests an hour, for "
        "personal, internal use alone: its data may not be shown to others.",
    ),
)


def provider_named(name: str) -> Provider:
    """Return the provider of this name; raises InvalidInput for another one."""
    for provider in PROVIDERS:
        if provider.name == name:
            return provider
    known = " or ".join(provider.name for provider in PROVIDERS)
    raise InvalidInput(f"“{name[:20]}” is no provider of market data: give {known}.", field="provider")


def has_any_key() -> bool:
    """Whether bars can be fetched at all."""
    return any(provider.has_key for provider in PROVIDERS)


def provider_for(symbol: str, name: str | None = None) -> Provider | None:
    """Return the provider to fetch a symbol from; None where no key is configured.

    The one that is named; else the one that the symbol's bars are from; else the configured one; else any
    other. Of these the first that has a key, except that a named one is needed.
    """
    if name is not None:
        return provider_named(name)
    stored = Instrument.objects.filter(symbol=symbol).values_list("source", flat=True).first()
    wanted = (stored, settings.MARKET_DATA_PROVIDER)
    ordered = sorted(
        PROVIDERS,
        key=lambda provider: _rank(provider.name, wanted),
    )
    return next((provider for provider in ordered if provider.has_key), None)


def _rank(name: str, wanted: tuple[str | None, ...]) -> int:
    return wanted.index(name) if name in wanted else len(wanted)
