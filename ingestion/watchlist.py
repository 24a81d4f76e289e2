"""The watch lists: which instruments a user keeps in view, and which the schedule keeps up to date."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from core.errors import NotFound
from ingestion.models import Instrument, WatchedInstrument
from ingestion.symbols import parse_symbol

MaybeUser = AbstractBaseUser | AnonymousUser


def watch(user: AbstractBaseUser, symbol: str) -> None:
    """Put `symbol` on the user's list; once it is there, nothing happens.

    Raises NotFound when nothing of it is stored, InvalidInput for what is no symbol.
    """
    symbol = parse_symbol(symbol)
    instrument = Instrument.objects.filter(symbol=symbol).first()
    if instrument is None:
        raise NotFound(f"Nothing of {symbol} is stored. Fetch or import it on the Data page, then watch it.")
    WatchedInstrument.objects.bulk_create(
        [WatchedInstrument(user_id=user.pk, instrument=instrument)], ignore_conflicts=True
    )


def unwatch(user: AbstractBaseUser, symbol: str) -> None:
    """Take `symbol` off the user's list; where it is not on it, nothing happens."""
    WatchedInstrument.objects.filter(user_id=user.pk, instrument__symbol=parse_symbol(symbol)).delete()


def watched(user: MaybeUser) -> list[str]:
    """Return the symbols on the user's list, in order; a visitor without a login has none."""
    if not user.is_authenticated:
        return []
    return list(
        WatchedInstrument.objects.filter(user_id=user.pk)
        .order_by("instrument__symbol")
        .values_list("instrument__symbol", flat=True)
    )


def all_watched() -> QuerySet[Instrument]:
    """Return the instruments that anybody watches, by symbol."""
    return Instrument.objects.filter(watchers__isnull=False).distinct()
