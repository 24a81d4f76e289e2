"""What can go wrong with market data, in words for the user.

    Unavailable
    └── ProviderUnavailable       trying later may help
        ├── ProviderUnreachable   no connection, or no answer in time
        ├── MustWait              not before a time that is known
        │   ├── RateLimited       requests came too fast
        │   └── DailyQuotaReached the key's requests of the day are used up
        └── UnexpectedAnswer      something that is not the data asked for
            └── BrokenAnswer      spoilt on its way or by a fault there: asking again may help
    InvalidInput
    ├── InvalidBars               rows that cannot be what was traded; nothing of them is stored
    └── ProviderRefused           the same request will be refused again
        ├── AddressRefused        the configured address is none that a key may be sent to
        ├── ApiKeyMissing
        ├── ApiKeyRefused         unknown key, or one for demonstration
        ├── UnknownSymbol
        ├── PremiumOnly           the key's plan does not include the request
        └── FullHistoryRefused    the key's plan includes the latest 100 bars only

No message contains an API key: texts of the provider pass `core.redaction` first.
"""

from datetime import datetime

from core.errors import InvalidInput, Unavailable


class ProviderUnavailable(Unavailable):
    """The provider did not deliver; the same request may succeed later."""


class ProviderUnreachable(ProviderUnavailable):
    """No connection, or no complete answer within the time-out."""


class MustWait(ProviderUnavailable):
    """No request is sent before `until`."""

    def __init__(self, message: str, *, until: datetime) -> None:
        super().__init__(message)
        self.until = until


class RateLimited(MustWait):
    """The provider says that requests come too fast."""


class DailyQuotaReached(MustWait):
    """The key's requests of this day are used up."""


class UnexpectedAnswer(ProviderUnavailable):
    """An answer that is not the data asked for and no error that Hindcast knows."""


class BrokenAnswer(UnexpectedAnswer):
    """An answer spoilt on its way, or by a fault at the provider's: cut, garbled, or a server error."""


class ProviderRefused(InvalidInput):
    """The provider refuses this request, and will refuse it again."""


class AddressRefused(ProviderRefused):
    """The configured address of the provider is not public, or not HTTPS."""


class ApiKeyMissing(ProviderRefused):
    """There is no API key to ask the provider with."""


class ApiKeyRefused(ProviderRefused):
    """The provider does not accept the API key."""


class UnknownSymbol(ProviderRefused):
    """The provider has no such symbol."""


class PremiumOnly(ProviderRefused):
    """The key's plan does not include this request."""


class FullHistoryRefused(PremiumOnly):
    """The key's plan includes only the latest 100 daily bars."""


class InvalidBars(InvalidInput):
    """Rows that cannot be a session's prices. `problems` names each row and what is wrong with it."""

    SHOWN = 5

    def __init__(self, problems: list[str]) -> None:
        more = len(problems) - self.SHOWN
        shown = " ".join(problems[: self.SHOWN]) + (f" And {more} more rows." if more > 0 else "")
        super().__init__(f"{shown} Nothing was stored. Correct the rows at their source, then try again.")
        self.problems = problems
