"""Decide of which exchange and currency a file's bars are, and which rows lie on no session."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from core.errors import InvalidInput
from ingestion.exchange_calendar import fitting_exchanges, off_session
from ingestion.files.reading import FileSeries
from ingestion.files.requests import ImportRequest
from ingestion.listings import UNITED_STATES, currency_of, is_marked, listing_of
from ingestion.models import Instrument, Source

PROPOSED = 30
"""Exchanges that a message proposes."""

SATURDAY = 5
MOST = 0.5


@dataclass(frozen=True, kw_only=True)
class FileListing:
    """Where the bars are taken to be listed; is_guess: nothing but a plain symbol says so."""

    exchange: str
    currency: str
    is_guess: bool


def listing_for(symbol: str, request: ImportRequest, of_format: str | None) -> FileListing:
    """Return the exchange and currency: as given, as stored, by the suffix, or by the kind of file.

    of_format: the exchange that all files of the recognised source are of. Raises InvalidInput for a suffix
    that is not known, where nobody says which exchange it means.
    """
    stored = Instrument.objects.filter(symbol=symbol).exclude(source=Source.SAMPLE).first()
    listing = listing_of(symbol)
    by_symbol = listing.exchange if listing is not None and is_marked(symbol) else None
    exchange = request.exchange or (stored.exchange if stored else None) or by_symbol or of_format
    if exchange is None and listing is None:
        raise InvalidInput(
            f"The symbol {symbol} does not tell its exchange: its suffix is not known. Give exchange (an "
            f"ISO 10383 code "
            "such as XLON) and currency.",
            field="exchange",
        )
    is_guess = exchange is None
    exchange = exchange or UNITED_STATES.exchange
    if request.currency is not None:
        currency = request.currency
    elif stored is not None and stored.exchange == exchange:
        currency = stored.currency
    elif listing is not None and listing.exchange == exchange:
        currency = listing.currency
    else:
        currency = currency_of(exchange)
    return FileListing(exchange=exchange, currency=currency, is_guess=is_guess)


def rows_off_session(series: FileSeries, listing: FileListing, now: datetime) -> NDArray[np.bool_]:
    """Return which bars lie on no session; shape (bars,).

    Raises InvalidInput where that shows that the bars are of another exchange: one on which every day is a
    session, if traded bars do not fit a guessed one, or if most bars do not fit a given one.
    """
    table = series.table
    off = off_session(listing.exchange, table.days, now)
    if not off.any():
        return off
    traded = off & (table.volume > 0) & (table.prices[1] > table.prices[2]) & _past(series, now)
    if off.mean() > MOST or (listing.is_guess and traded.any()):
        fitting = [code for code in fitting_exchanges(table.days, now) if code != listing.exchange]
        if fitting or off.mean() > MOST:
            raise _other_exchange(series, listing, off, fitting)
    return off


def _past(series: FileSeries, now: datetime) -> NDArray[np.bool_]:
    return np.asarray(series.table.days <= np.datetime64(now.date()))


def _other_exchange(
    series: FileSeries, listing: FileListing, off: NDArray[np.bool_], fitting: list[str]
) -> InvalidInput:
    place = int(np.flatnonzero(off)[0])
    day = series.table.days[place].item()
    count = int(off.sum())
    rest = "" if count == 1 else f", and neither are {count - 1:,} other days of the file"
    proposed = ", ".join(fitting[:PROPOSED])
    advice = (
        f"The rows fit {proposed}. Of which exchange are they? Give exchange, for example "
        f"exchange={fitting[0]}"
        if fitting
        else "Give the exchange that the rows are of, or correct the dates"
    )
    return InvalidInput(
        f"Line {series.lines[place]}: {day} is no session of {listing.exchange}{rest}. {advice}. Nothing "
        f"was stored.",
        field="exchange",
    )
