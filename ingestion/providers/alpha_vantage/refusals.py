"""What Alpha Vantage means by an answer that is not the data: it says everything with HTTP 200."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum, auto
from typing import Any

from core.errors import HindcastError
from ingestion.errors import (
    ApiKeyRefused,
    DailyQuotaReached,
    FullHistoryRefused,
    MustWait,
    PremiumOnly,
    RateLimited,
    UnexpectedAnswer,
    UnknownSymbol,
)


class ErrorKind(Enum):
    """Why there is no data in an answer."""

    TOO_FAST = auto()
    DAILY_QUOTA = auto()
    FULL_HISTORY_IS_PREMIUM = auto()
    ENDPOINT_IS_PREMIUM = auto()
    DEMO_KEY = auto()
    BAD_KEY = auto()
    BAD_SYMBOL = auto()
    UNKNOWN = auto()


_WORDS: tuple[tuple[ErrorKind, tuple[str, ...]], ...] = (
    # The order matters: the message about bursts also contains the words of the later ones.
    (ErrorKind.TOO_FAST, ("spreading out", "burst pattern", "rate limit exceed")),
    (
        ErrorKind.DAILY_QUOTA,
        ("requests per day", "daily limit", "daily quota", "daily rate limit"),
    ),
    (ErrorKind.TOO_FAST, ("calls per minute", "requests per minute", "too many requests", "slow down")),
    (ErrorKind.FULL_HISTORY_IS_PREMIUM, ("outputsize=full",)),
    (ErrorKind.ENDPOINT_IS_PREMIUM, ("premium endpoint",)),
    (ErrorKind.DEMO_KEY, ("api key is for demo purposes",)),
    (ErrorKind.BAD_KEY, ("apikey is invalid or missing",)),
    (ErrorKind.BAD_SYMBOL, ("invalid api call",)),
    (ErrorKind.TOO_FAST, ("higher api call volume",)),
)


def refusal_text(answer: Mapping[str, Any]) -> str:
    """Return the provider's words in an answer without data; empty where it says nothing."""
    texts = (answer.get(field) for field in ("Information", "Note", "Error Message"))
    return " ".join(text for text in texts if isinstance(text, str))


def classify(text: str) -> ErrorKind:
    """Return what the provider's words mean; UNKNOWN for any wording not seen before."""
    lowered = text.lower()
    for refusal, phrases in _WORDS:
        if any(phrase in lowered for phrase in phrases):
            return refusal
    return ErrorKind.UNKNOWN


_ERRORS: Mapping[ErrorKind, tuple[type[HindcastError], str]] = {
    ErrorKind.TOO_FAST: (
        RateLimited,
        (
            "Alpha Vantage says that requests come too fast. Wait a minute and try again; another program "
            "with the same key may be using up its limit."
        ),
    ),
    ErrorKind.DAILY_QUOTA: (
        DailyQuotaReached,
        (
            "Alpha Vantage says that this key's requests of the day are used up. Try again later; what is "
            "stored stays usable."
        ),
    ),
    ErrorKind.FULL_HISTORY_IS_PREMIUM: (
        FullHistoryRefused,
        "This Alpha Vantage key has no full history: the free plan includes the latest 100 daily bars.",
    ),
    ErrorKind.ENDPOINT_IS_PREMIUM: (
        PremiumOnly,
        (
            "This Alpha Vantage key's plan does not include what was asked for {symbol}. A key with a "
            "premium plan is needed."
        ),
    ),
    ErrorKind.DEMO_KEY: (
        ApiKeyRefused,
        (
            "This is Alpha Vantage's key for demonstration. Get a free key of your own from its site and set "
            "ALPHA_VANTAGE_API_KEY."
        ),
    ),
    ErrorKind.BAD_KEY: (
        ApiKeyRefused,
        "Alpha Vantage does not accept this API key. Check ALPHA_VANTAGE_API_KEY for missing letters.",
    ),
    ErrorKind.BAD_SYMBOL: (
        UnknownSymbol,
        (
            "Alpha Vantage knows no symbol {symbol}. Check the spelling; shares outside the United States "
            "have a suffix, such as TSCO.LON."
        ),
    ),
    ErrorKind.UNKNOWN: (
        UnexpectedAnswer,
        "Alpha Vantage did not send data of {symbol} but said: “{words}”. Nothing was stored.",
    ),
}


def to_exception(refusal: ErrorKind, *, symbol: str, words: str, until: datetime) -> HindcastError:
    """Return the error to raise for what the provider means.

    words: the provider's own, without the API key; quoted only where nothing better is known.
    until: when to ask again, where the provider means that it must not be asked before.
    """
    error, message = _ERRORS[refusal]
    text = message.format(symbol=symbol, words=words)
    if issubclass(error, MustWait):
        return error(text, until=until)
    return error(text, field="symbol" if error is UnknownSymbol else None)
