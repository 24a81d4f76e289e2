"""Bars for tests: real sessions, plain prices."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from ingestion.exchange_calendar import sessions_between
from ingestion.models import Source
from ingestion.store.batch import Action, BarBatch, StoreReport
from ingestion.store.validation import Bar
from ingestion.store.writer import store


def bars_on(days: Iterable[date], close: str = "102.75") -> list[Bar]:
    """Return the same bar on each day."""
    return [
        Bar(
            date=day,
            open=Decimal(101),
            high=Decimal(200),
            low=Decimal(1),
            close=Decimal(close),
            volume=6_318_079,
        )
        for day in days
    ]


def sessions(first: date, last: date, exchange: str = "XNYS") -> list[date]:
    """Return the sessions from `first` through `last`, oldest first."""
    days: list[date] = sessions_between(exchange, first, last).tolist()
    return days


def stored(
    symbol: str,
    days: Iterable[date],
    *,
    actions: Sequence[Action] | None = (),
    fetched_at: datetime | None = None,
    provisional_from: date | None = None,
    exchange: str | None = None,
) -> StoreReport:
    """Store bars of Alpha Vantage on these days."""
    return store(
        BarBatch(
            symbol=symbol,
            source=Source.ALPHA_VANTAGE,
            bars=bars_on(days),
            actions=actions,
            fetched_at=fetched_at or datetime.now(UTC),
            provisional_from=provisional_from,
            exchange=exchange,
        )
    )


def stored_closes(
    symbol: str, closes: Mapping[date, float], *, actions: Sequence[Action] | None = ()
) -> StoreReport:
    """Store bars of Alpha Vantage whose four prices are the given ones."""
    bars = [
        Bar(date=day, **dict.fromkeys(("open", "high", "low", "close"), Decimal(str(close))), volume=1000)
        for day, close in closes.items()
    ]
    return store(
        BarBatch(
            symbol=symbol,
            source=Source.ALPHA_VANTAGE,
            bars=bars,
            actions=actions,
            fetched_at=datetime.now(UTC),
        )
    )
