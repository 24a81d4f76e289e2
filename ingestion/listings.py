"""Where a symbol is listed and in which currency it is quoted, by how the symbol is written.

Suffixes are those of Yahoo and of Alpha Vantage. Codes of exchanges are ISO 10383, of currencies ISO 4217;
GBX, ZAC and ILA are the hundredths in which London, Johannesburg and Tel Aviv quote, XXX is an unknown one.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

UNKNOWN_CURRENCY = "XXX"
"""ISO 4217's code for no currency."""


class Listing(NamedTuple):
    """exchange: ISO 10383 code, for the calendar; currency: that of the quoted prices."""

    exchange: str
    currency: str


UNITED_STATES = Listing("XNYS", "USD")
"""NYSE and Nasdaq share one calendar, so it may stand for either."""

ALWAYS_OPEN = "24/7"
OPEN_ON_WEEKDAYS = "24/5"

SUFFIXES: Mapping[str, Listing] = {
    # Alpha Vantage
    "LON": Listing("XLON", "GBX"),
    "TRT": Listing("XTSE", "CAD"),
    "TRV": Listing("XTSX", "CAD"),
    "DEX": Listing("XETR", "EUR"),
    "FRK": Listing("XFRA", "EUR"),
    "PAR": Listing("XPAR", "EUR"),
    "AMS": Listing("XAMS", "EUR"),
    "BRU": Listing("XBRU", "EUR"),
    "LIS": Listing("XLIS", "EUR"),
    "MIL": Listing("XMIL", "EUR"),
    "BSE": Listing("XBOM", "INR"),
    "NSE": Listing("XBOM", "INR"),
    "SHH": Listing("XSHG", "CNY"),
    "SHZ": Listing("XSHG", "CNY"),  # Shenzhen keeps Shanghai's sessions
    "SAO": Listing("BVMF", "BRL"),
    # Yahoo, Stooq and others
    "US": UNITED_STATES,
    "L": Listing("XLON", "GBX"),
    "IL": Listing("XLON", "USD"),
    "UK": Listing("XLON", "GBX"),
    "DE": Listing("XETR", "EUR"),
    "F": Listing("XFRA", "EUR"),
    "SG": Listing("XSTU", "EUR"),
    "BE": Listing("XFRA", "EUR"),
    "MU": Listing("XFRA", "EUR"),
    "HM": Listing("XHAM", "EUR"),
    "HA": Listing("XFRA", "EUR"),
    "DU": Listing("XDUS", "EUR"),
    "PA": Listing("XPAR", "EUR"),
    "AS": Listing("XAMS", "EUR"),
    "BR": Listing("XBRU", "EUR"),
    "LS": Listing("XLIS", "EUR"),
    "MI": Listing("XMIL", "EUR"),
    "MC": Listing("XMAD", "EUR"),
    "VI": Listing("XWBO", "EUR"),
    "IR": Listing("XDUB", "EUR"),
    "HE": Listing("XHEL", "EUR"),
    "AT": Listing("ASEX", "EUR"),
    "TL": Listing("XTAL", "EUR"),
    "RG": Listing("XRIS", "EUR"),
    "VS": Listing("XLIT", "EUR"),
    "CO": Listing("XCSE", "DKK"),
    "ST": Listing("XSTO", "SEK"),
    "OL": Listing("XOSL", "NOK"),
    "IC": Listing("XICE", "ISK"),
    "SW": Listing("XSWX", "CHF"),
    "WA": Listing("XWAR", "PLN"),
    "PR": Listing("XPRA", "CZK"),
    "BD": Listing("XBUD", "HUF"),
    "RO": Listing("XBSE", "RON"),
    "IS": Listing("XIST", "TRY"),
    "ME": Listing("XMOS", "RUB"),
    "SR": Listing("XSAU", "SAR"),
    "JO": Listing("XJSE", "ZAC"),
    "TO": Listing("XTSE", "CAD"),
    "V": Listing("XTSX", "CAD"),
    "NE": Listing("XTSE", "CAD"),
    "CN": Listing("XTSE", "CAD"),
    "MX": Listing("XMEX", "MXN"),
    "SA": Listing("BVMF", "BRL"),
    "BA": Listing("XBUE", "ARS"),
    "SN": Listing("XSGO", "CLP"),
    "CL": Listing("XBOG", "COP"),
    "LM": Listing("XLIM", "PEN"),
    "NS": Listing("XBOM", "INR"),  # the National Stock Exchange keeps Bombay's sessions
    "BO": Listing("XBOM", "INR"),
    "HK": Listing("XHKG", "HKD"),
    "T": Listing("XTKS", "JPY"),
    "JP": Listing("XTKS", "JPY"),
    "KS": Listing("XKRX", "KRW"),
    "KQ": Listing("XKRX", "KRW"),
    "SS": Listing("XSHG", "CNY"),
    "SH": Listing("XSHG", "CNY"),
    "SZ": Listing("XSHG", "CNY"),
    "TW": Listing("XTAI", "TWD"),
    "TWO": Listing("XTAI", "TWD"),
    "SI": Listing("XSES", "SGD"),
    "BK": Listing("XBKK", "THB"),
    "JK": Listing("XIDX", "IDR"),
    "KL": Listing("XKLS", "MYR"),
    "PS": Listing("XPHS", "PHP"),
    "AX": Listing("XASX", "AUD"),
    "AU": Listing("XASX", "AUD"),
    "NZ": Listing("XNZE", "NZD"),
    "KA": Listing("XKAR", "PKR"),
}

_INDICES: Mapping[str, Listing] = {
    "FTSE": Listing("XLON", "GBP"),
    "GDAXI": Listing("XETR", "EUR"),
    "FCHI": Listing("XPAR", "EUR"),
    "STOXX50E": Listing("XETR", "EUR"),
    "AEX": Listing("XAMS", "EUR"),
    "BFX": Listing("XBRU", "EUR"),
    "IBEX": Listing("XMAD", "EUR"),
    "SSMI": Listing("XSWX", "CHF"),
    "ATX": Listing("XWBO", "EUR"),
    "OMX": Listing("XSTO", "SEK"),
    "OMXH25": Listing("XHEL", "EUR"),
    "N225": Listing("XTKS", "JPY"),
    "HSI": Listing("XHKG", "HKD"),
    "KS11": Listing("XKRX", "KRW"),
    "KQ11": Listing("XKRX", "KRW"),
    "TWII": Listing("XTAI", "TWD"),
    "STI": Listing("XSES", "SGD"),
    "NSEI": Listing("XBOM", "INR"),
    "NSEBANK": Listing("XBOM", "INR"),
    "BSESN": Listing("XBOM", "INR"),
    "JKSE": Listing("XIDX", "IDR"),
    "KLSE": Listing("XKLS", "MYR"),
    "AXJO": Listing("XASX", "AUD"),
    "AORD": Listing("XASX", "AUD"),
    "NZ50": Listing("XNZE", "NZD"),
    "GSPTSE": Listing("XTSE", "CAD"),
    "BVSP": Listing("BVMF", "BRL"),
    "MXX": Listing("XMEX", "MXN"),
    "MERV": Listing("XBUE", "ARS"),
    "IPSA": Listing("XSGO", "CLP"),
    "GSPC": UNITED_STATES,
    "SPX": UNITED_STATES,
    "DJI": UNITED_STATES,
    "DJT": UNITED_STATES,
    "DJU": UNITED_STATES,
    "IXIC": UNITED_STATES,
    "NDX": UNITED_STATES,
    "NYA": UNITED_STATES,
    "RUT": UNITED_STATES,
    "VIX": UNITED_STATES,
    "OEX": UNITED_STATES,
    "SOX": UNITED_STATES,
    "TNX": UNITED_STATES,
    "TYX": UNITED_STATES,
    "FVX": UNITED_STATES,
    "IRX": UNITED_STATES,
    "XAX": UNITED_STATES,
}
"""Indices by their symbols at Yahoo, without the leading ^; their points count as the currency."""

_CURRENCIES: Mapping[str, str] = {
    "XNYS": "USD", "XNAS": "USD", "ARCX": "USD", "BATS": "USD", "XASE": "USD", "OOTC": "USD", "CMES": "USD",
    "XCBF": "USD", "IEPA": "USD", "us_futures": "USD", "AIXK": "KZT", "XBDA": "BMD", "XBEL": "RSD",
    "XCYS": "EUR", "XEEE": "EUR", "XEUR": "EUR", "XLJU": "EUR", "XLUX": "EUR", "XBRA": "EUR", "XZAG": "EUR",
    "XTSX": "CAD",
}  # fmt: skip

CLASS_OF_SHARE = re.compile(r"[A-EKMN]|P[A-Z]?|PR[A-Z]?|W|WS|U|UN|R|RT|CL")
"""What follows the dot of a share class, preferred share, warrant, unit or right in the United States."""

_CURRENCY_CODES = (
    "USD|EUR|GBP|JPY|CHF|AUD|NZD|CAD|SEK|NOK|DKK|PLN|CZK|HUF|TRY|ZAR|MXN|BRL|INR|CNY|CNH|HKD|SGD|KRW|TWD|THB|IDR|"
    "MYR|PHP|ILS|RUB|RON|BGN|ISK|CLP|COP|ARS|PEN|SAR|AED|XAU|XAG|XPT|XPD"
)
_QUOTES = "USD|USDT|USDC|BUSD|EUR|GBP|JPY|KRW|AUD|CAD|CHF|BRL|TRY|INR|BTC|ETH"
_COINS = (
    "BTC|ETH|BNB|XRP|ADA|SOL|DOGE|DOT|LTC|BCH|LINK|XLM|TRX|AVAX|SHIB|MATIC|UNI|ATOM|ETC|XMR|FIL|NEAR|APT|ARB|OP|PEPE|"
    "USDT|USDC|DAI|EOS|XTZ|AAVE|ALGO|VET|ICP|SUI|TON"
)
_FX = re.compile(
    rf"(?:({_CURRENCY_CODES})?({_CURRENCY_CODES})=X|({_CURRENCY_CODES})[-_]?({_CURRENCY_CODES}))"
)
_CRYPTO = re.compile(rf"([A-Z0-9]{{2,10}})-({_QUOTES})|({_COINS})[-_]?({_QUOTES})")
_FUTURES = re.compile(r"[A-Z0-9]{1,5}=F")


def listing_of(symbol: str) -> Listing | None:
    """Return where the symbol is listed as far as it says so; None for a suffix that is not known."""
    return _INDICES.get(symbol[1:]) if symbol.startswith("^") else _pair(symbol) or _by_suffix(symbol)


def _pair(symbol: str) -> Listing | None:
    """Return the market of a pair of currencies, of a coin or of a future; None: the symbol is none."""
    if found := _FX.fullmatch(symbol):
        return Listing(OPEN_ON_WEEKDAYS, found[2] or found[4])
    if found := _CRYPTO.fullmatch(symbol):
        quoted: str = found[2] or found[4]
        return Listing(ALWAYS_OPEN, {"USDT": "USD", "USDC": "USD", "BUSD": "USD"}.get(quoted, quoted)[:3])
    if _FUTURES.fullmatch(symbol):
        return Listing("us_futures", "USD")
    return None


def _by_suffix(symbol: str) -> Listing | None:
    _, dot, suffix = symbol.rpartition(".")
    if not dot:
        return UNITED_STATES
    if suffix in SUFFIXES:
        return SUFFIXES[suffix]
    return UNITED_STATES if CLASS_OF_SHARE.fullmatch(suffix) else None


def is_marked(symbol: str) -> bool:
    """Whether the symbol itself says where it is listed; a plain one is taken for the United States'."""
    listing = listing_of(symbol)
    return listing is not None and (listing != UNITED_STATES or symbol.startswith("^"))


def currency_of(exchange: str) -> str:
    """Return the currency that an exchange quotes in; UNKNOWN_CURRENCY where there is no usual one."""
    if exchange in _CURRENCIES:
        return _CURRENCIES[exchange]
    # Main markets come before those that quote in another currency.
    usual = next((listing.currency for listing in SUFFIXES.values() if listing.exchange == exchange), None)
    return usual or UNKNOWN_CURRENCY
