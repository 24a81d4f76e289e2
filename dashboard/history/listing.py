"""Finding what was made: filters, the order by any figure, and tuning steps as one row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.paginator import Page, Paginator
from django.db.models import Exists, F, FloatField, Max, Min, OuterRef, Q, QuerySet, Window
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, RowNumber

from core.formatting import signed_percent
from core.results import ResultKind
from dashboard.metrics import METRICS
from dashboard.models import HistoryEntry
from dashboard.presenters.comparison import LESS_IS_BETTER

ROWS_ON_A_PAGE = 25
MOST_STEPS = 50
"""Steps of a chain that are listed under its row."""

NEWEST_READ = 200
"""Results that are looked through for symbols used lately."""

NEWEST = "newest"
FIGURES = {metric.key: metric for metric in METRICS}

KINDS = {
    ResultKind.BACKTEST: "Backtest",
    ResultKind.SWEEP: "Sweep",
    ResultKind.UNIVERSE: "Sweep of many symbols",
    ResultKind.FORECAST: "Forecast",
    ResultKind.REPORT: "Report",
    ResultKind.IMPORT: "Import",
}

PLURALS = {
    ResultKind.BACKTEST: "Backtests",
    ResultKind.SWEEP: "Sweeps",
    ResultKind.UNIVERSE: "Sweeps of many symbols",
    ResultKind.FORECAST: "Forecasts",
    ResultKind.REPORT: "Reports",
    ResultKind.IMPORT: "Imports",
}


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a reader wants to see; an empty text stands for everything. order: NEWEST or a metric's key."""

    search: str = ""
    symbol: str = ""
    kind: str = ""
    rule: str = ""
    order: str = NEWEST
    saved_only: bool = False

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Filters":
        """Return the filters in a URL's query; what is unknown there is left out."""
        kind, order = query.get("kind", ""), query.get("order", NEWEST)
        return cls(
            search=query.get("search", "")[:100],
            symbol=query.get("symbol", "").strip().upper()[:15],
            kind=kind if kind in set(ResultKind) else "",
            rule=query.get("rule", "")[:30],
            order=order if order in FIGURES else NEWEST,
            saved_only="saved" in query,
        )

    @property
    def are_set(self) -> bool:
        """Whether the list is only a part of the history."""
        return bool(self.search or self.symbol or self.kind or self.rule or self.saved_only)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of the list: one result, or a chain of tuning steps by its newest or best."""

    head: HistoryEntry
    steps: list[HistoryEntry]

    @property
    def count(self) -> int:
        """How many results it stands for."""
        return 1 + len(self.steps)


@dataclass(frozen=True, kw_only=True)
class FoundRows:
    """A page of the history. position: which page it is, of how many."""

    rows: list[Row]
    position: Page[Any]


def find_rows(user: AbstractBaseUser, filters: Filters, *, page: int | str = 1) -> FoundRows:
    """Return a page of the user's history; see `Filters`.

    A word of the search is part of a title, a name, a note or the details; a number is a whole number there.
    """
    found = _filtered(visible_entries(user), filters)
    position = Paginator(_chains(found, filters.order), ROWS_ON_A_PAGE).get_page(page)
    wanted = [chain["chain"] for chain in position]
    by_chain: dict[str, list[HistoryEntry]] = {chain: [] for chain in wanted}
    for entry in _ordered(found.filter(chain__in=wanted), filters.order):
        by_chain[entry.chain].append(entry)
    return FoundRows(rows=[_row(entries) for entries in by_chain.values()], position=position)


def visible_entries(user: AbstractBaseUser) -> QuerySet[HistoryEntry]:
    """Return what a user may see: their own entries, and those of nobody that they have not themselves."""
    own = HistoryEntry.objects.filter(user=user.pk, kind=OuterRef("kind"), result_id=OuterRef("result_id"))
    return HistoryEntry.objects.filter(Q(user=user.pk) | (Q(user=None) & ~Exists(own)))


@dataclass(frozen=True, kw_only=True)
class Latest:
    """The newest results of a kind. label: of the kind, in the plural."""

    kind: ResultKind
    label: str
    entries: list[HistoryEntry]


def latest_of_each(user: AbstractBaseUser, limit: int) -> list[Latest]:
    """Return the newest results of each kind that the user has any of, in one statement."""
    place = Window(RowNumber(), partition_by=F("kind"), order_by=(F("obtained_at").desc(), F("pk").desc()))
    by_kind: dict[str, list[HistoryEntry]] = {kind: [] for kind in ResultKind}
    for entry in visible_entries(user).annotate(place=place).filter(place__lte=limit):
        by_kind[entry.kind].append(entry)
    return [
        Latest(kind=kind, label=PLURALS[kind], entries=by_kind[kind]) for kind in ResultKind if by_kind[kind]
    ]


def saved_entries(user: AbstractBaseUser) -> list[HistoryEntry]:
    """Return every run that the user saved, newest first."""
    return list(HistoryEntry.objects.filter(user=user.pk).exclude(saved_at=None))


def backtests_of(user: AbstractBaseUser, *, symbol: str = "", limit: int) -> list[HistoryEntry]:
    """Return the newest backtests, of one symbol or of any, saved ones first."""
    found = visible_entries(user).filter(kind=ResultKind.BACKTEST)
    found = found.filter(symbol=symbol) if symbol else found
    return list(found.order_by(F("saved_at").desc(nulls_last=True), "-obtained_at")[:limit])


def forecasts_of(user: AbstractBaseUser, *, symbol: str, limit: int) -> list[HistoryEntry]:
    """Return the newest forecasts of a symbol."""
    return list(visible_entries(user).filter(kind=ResultKind.FORECAST, symbol=symbol)[:limit])


def recent_symbols(user: AbstractBaseUser, limit: int) -> list[str]:
    """Return the symbols of the user's newest results, each once, the newest first."""
    newest = HistoryEntry.objects.filter(user=user.pk).exclude(symbol="")[:NEWEST_READ]
    return list(dict.fromkeys(newest.values_list("symbol", flat=True)))[:limit]


def figure_of(entry: HistoryEntry, key: str) -> str:
    """Return a figure of an entry as it is written; an empty text where its kind has none."""
    if key not in entry.figures:
        return ""
    value = entry.figures[key]
    if key in {"total_return", "benchmark_total_return"}:
        return signed_percent(value, 1)
    return FIGURES[key].text(value, "")


def _filtered(entries: QuerySet[HistoryEntry], filters: Filters) -> QuerySet[HistoryEntry]:
    for name in ("symbol", "kind", "rule"):
        if value := getattr(filters, name):
            entries = entries.filter(**{name: value})
    if filters.saved_only:
        entries = entries.exclude(saved_at=None)
    for word in filters.search.split():
        entries = entries.filter(_matching(word))
    return entries


def _matching(word: str) -> Q:
    text = word.strip("/,;")
    if text.isdecimal():
        number = rf"\m{text}\M"
        return (
            Q(title__regex=number) | Q(details__regex=number) | Q(name__regex=number) | Q(note__regex=number)
        )
    condition = Q()
    for name in ("title", "details", "rule", "kind", "name", "note"):
        condition |= Q(**{f"{name}__icontains": text})
    return condition


def _figure(order: str) -> Cast:
    return Cast(KeyTextTransform(order, "figures"), FloatField())


def _chains(entries: QuerySet[HistoryEntry], order: str) -> QuerySet[Any, Any]:
    """Return the chains in order: by their newest entry, or by their best figure."""
    by_chain = entries.order_by().values("chain")
    if order == NEWEST:
        return by_chain.annotate(newest=Max("obtained_at")).order_by("-newest", "chain")
    least_first = order in LESS_IS_BETTER
    best = Min(_figure(order)) if least_first else Max(_figure(order))
    by_best = F("best").asc(nulls_last=True) if least_first else F("best").desc(nulls_last=True)
    return by_chain.annotate(best=best).order_by(by_best, "chain")


def _ordered(entries: QuerySet[HistoryEntry], order: str) -> QuerySet[HistoryEntry]:
    if order == NEWEST:
        return entries
    figure = _figure(order)
    by_figure = figure.asc(nulls_last=True) if order in LESS_IS_BETTER else figure.desc(nulls_last=True)
    return entries.order_by(by_figure, "-obtained_at")


def _row(entries: Iterable[HistoryEntry]) -> Row:
    head, *steps = entries
    return Row(head=head, steps=steps[:MOST_STEPS])
