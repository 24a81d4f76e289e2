"""Running backtests: load the bars, compute, store once, and find again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property

import numpy as np
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection
from pydantic import ValidationError

from core.document_ids import document_id, is_document_id
from core.documents import SerializedDocument
from core.errors import InvalidInput, NotFound
from core.results import ResultKind, announce_result, require_room
from ingestion.bars import Bars, load_bars
from ingestion.notices import actions_notice
from ingestion.provenance import data_fingerprint_fields, matching_bars
from ingestion.schemas import DataDocument
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.run import Run
from strategies.backtests.schemas import SCHEMA_VERSION, BacktestDocument
from strategies.backtests.serializer import document_of
from strategies.engine import ENGINE_VERSION
from strategies.engine.alignment import on_the_days_of
from strategies.engine.backtest import backtest
from strategies.engine.prices import Prices
from strategies.engine.rules import RULES
from strategies.inputs import (
    failures_in_words,
    first_traded_bar,
    last_day,
    prices_of,
    split_days,
    strategy_of,
)
from strategies.models import Backtest


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A stored backtest, and whether this request computed it: what is published of it, read when asked for.

    made: what was published just now, and its document.
    """

    id: str
    is_new: bool
    made: tuple[SerializedDocument, BacktestDocument] | None = None

    @cached_property
    def published(self) -> SerializedDocument:
        """What is published of the backtest."""
        return self.made[0] if self.made else find_published(self.id)

    @cached_property
    def document(self) -> BacktestDocument:
        """The document, read from its JSON unless it was computed just now."""
        return self.made[1] if self.made else read_backtest(self.published)


@dataclass(frozen=True, kw_only=True)
class BacktestSummary:
    """What lists show of a stored backtest; returns are fractions over its whole period."""

    id: str
    symbol: str
    created_at: datetime
    parameters: BacktestParameters
    summary: str
    total_return: float
    benchmark_total_return: float


def run_backtest(
    parameters: BacktestParameters, *, owner: AbstractBaseUser | None = None, listed: bool = True
) -> BacktestDocument:
    """Return the document that answers `parameters` on the bars stored now.

    A question that was answered on the same bars is not computed again.
    Raises InvalidInput when bars for it are missing or too few, naming the field, and
    HindcastError when the result does not add up and so is not shown.
    """
    return answer(parameters, owner=owner, listed=listed).document


def answer(
    parameters: BacktestParameters, *, owner: AbstractBaseUser | None = None, listed: bool = True
) -> Answer:
    """Return what `run_backtest` does, and whether it was computed just now.

    owner: who asks. listed: whether it is a result of its own, and no part of a larger one.
    """
    answered = _answer(parameters, owner)
    if listed and (owner is not None or answered.is_new):
        document = answered.made[1] if answered.made else None
        announce_result(ResultKind.BACKTEST, answered.id, owner=owner, document=document)
    return answered


def _answer(parameters: BacktestParameters, owner: AbstractBaseUser | None) -> Answer:
    asked = _material(parameters)
    backtest_id = _identity(asked)
    if Backtest.objects.filter(pk=backtest_id).exists():
        return Answer(id=backtest_id, is_new=False)
    require_room(owner)
    run = _compute(asked)
    return _store(document_of(run, backtest_id=backtest_id, generated_at=datetime.now(UTC)), owner)


def find_backtest(backtest_id: str) -> BacktestDocument:
    """Return the stored document with this id; raises NotFound as `find_published` and `read_backtest` do."""
    return read_backtest(find_published(backtest_id))


def find_backtests(identifiers: Sequence[str]) -> list[BacktestDocument]:
    """Return the stored documents with these ids, in their order, read at once; raises as `find_backtest`."""
    known = [identifier for identifier in identifiers if is_document_id(identifier)]
    rows = Backtest.objects.filter(pk__in=known).values_list("pk", "digest", "document")
    stored = {pk: SerializedDocument(digest=digest, stored=bytes(document)) for pk, digest, document in rows}
    if not stored.keys() >= set(identifiers):
        raise _no_such_backtest()
    return [read_backtest(stored[identifier]) for identifier in identifiers]


def read_backtest(published: SerializedDocument) -> BacktestDocument:
    """Return the document that was published; raises NotFound for one in the form of an earlier version."""
    try:
        return BacktestDocument.model_validate_json(published.json)
    except ValidationError:
        raise NotFound(
            "This backtest was stored by an earlier version of Hindcast, in a form that is no longer shown. "
            "The API still hands out its JSON. Run the same question again on the Backtest page to see it."
        ) from None


def find_published(backtest_id: str) -> SerializedDocument:
    """Return what is published of the backtest with this id, without reading it; raises NotFound."""
    stored = _stored(backtest_id) if is_document_id(backtest_id) else None
    if stored is None:
        raise _no_such_backtest()
    return stored


def find_digest(backtest_id: str) -> str:
    """Return the digest of what is published of the backtest with this id; raises NotFound."""
    stored = (
        Backtest.objects.filter(pk=backtest_id) if is_document_id(backtest_id) else Backtest.objects.none()
    )
    digest = stored.values_list("digest", flat=True).first()
    if digest is None:
        raise _no_such_backtest()
    return digest


def _no_such_backtest() -> NotFound:
    return NotFound(
        "There is no backtest with this id. Run it again on the Backtest page: the same question on "
        "the same data gets the same url."
    )


def data_changed_since(document: BacktestDocument) -> bool:
    """Whether what `document` says of its bars and splits is no longer so.

    Bars added after its last one do not count, nor does fetching the same bars again.
    """
    data, comparison = document.data, document.comparison
    if comparison is not None and matching_bars(comparison.data, end=document.parameters.end) is None:
        return True
    bars = matching_bars(data, end=data.last)
    if bars is None:
        return True
    first = int(np.searchsorted(bars.dates, np.datetime64(document.period.start)))
    return list(split_days(bars, first)) != document.unadjusted_splits


def recent_backtests(limit: int = 10) -> list[BacktestSummary]:
    """Return the backtests stored last, newest first, without reading their documents."""
    columns = (
        "id",
        "symbol",
        "created_at",
        "parameters",
        "summary",
        "total_return",
        "benchmark_total_return",
    )
    return [
        BacktestSummary(**{**row, "parameters": BacktestParameters.model_validate(row["parameters"])})
        for row in Backtest.objects.values(*columns)[:limit]
    ]


@dataclass(frozen=True, eq=False, kw_only=True)
class _Material:
    """A question with the bars that answer it; `first` is the index of the first traded bar."""

    parameters: BacktestParameters
    bars: Bars
    first: int
    splits: tuple[date, ...]
    compared_bars: Bars | None


def _material(parameters: BacktestParameters) -> _Material:
    bars = load_bars(parameters.symbol, end=parameters.end, adjustment=parameters.adjustment)
    first = first_traded_bar(parameters, bars)
    return _Material(
        parameters=parameters,
        bars=bars,
        first=first,
        splits=split_days(bars, first),
        compared_bars=_compared_bars(parameters, end=last_day(bars)),
    )


def _compared_bars(parameters: BacktestParameters, *, end: date) -> Bars | None:
    """Return the bars of the compared symbol up to the last traded day."""
    if parameters.compare_with is None:
        return None
    try:
        return load_bars(parameters.compare_with, end=end, adjustment=parameters.adjustment)
    except InvalidInput as problem:
        raise InvalidInput(problem.message, field="compare_with") from None


def _identity(asked: _Material) -> str:
    """Return the hash of question, data, engine and form: what decides the document."""
    compared = asked.compared_bars
    return document_id(
        {
            "parameters": asked.parameters.model_dump(mode="json", exclude=asked.parameters.unstated),
            "data": data_fingerprint_fields(DataDocument.of(asked.bars)),
            "compared_data": None if compared is None else data_fingerprint_fields(DataDocument.of(compared)),
            "actions_notice": actions_notice(asked.bars),
            "unadjusted_splits": [day.isoformat() for day in asked.splits],
            "engine_version": ENGINE_VERSION,
            "schema_version": SCHEMA_VERSION,
        }
    )


def _stored(backtest_id: str) -> SerializedDocument | None:
    row = Backtest.objects.filter(pk=backtest_id).values_list("digest", "document").first()
    return None if row is None else SerializedDocument(digest=row[0], stored=bytes(row[1]))


def _store(document: BacktestDocument, owner: AbstractBaseUser | None) -> Answer:
    """Store `document`, unless another process was faster: then its document is the answer."""
    published = SerializedDocument.of(document)
    row: dict[str, str | bytes | float | None] = {
        "id": document.id,
        "symbol": document.parameters.symbol,
        "parameters": document.parameters.model_dump_json(),
        "document": published.compressed,
        "digest": published.digest,
        "data_sha256": document.data.sha256,
        "engine_version": ENGINE_VERSION,
        "summary": document.summary,
        "total_return": document.metrics.total_return,
        "benchmark_total_return": document.benchmark.total_return,
        "owner_id": owner.pk if owner else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STORE, row)
        is_new = cursor.rowcount == 1
    return Answer(id=document.id, is_new=is_new, made=(published, document) if is_new else None)


# One statement that tells whether it stored; get_or_create takes five and a transaction.
_STORE = """
    INSERT INTO strategies_backtest (
        id, symbol, parameters, document, digest, data_sha256, engine_version, summary, total_return,
        benchmark_total_return, owner_id
    )
    VALUES (
        %(id)s, %(symbol)s, %(parameters)s, %(document)s, %(digest)s, %(data_sha256)s, %(engine_version)s,
        %(summary)s, %(total_return)s, %(benchmark_total_return)s, %(owner_id)s
    )
    ON CONFLICT (id) DO NOTHING
"""


def _compute(asked: _Material) -> Run:
    parameters, bars = asked.parameters, asked.bars
    for name in RULES[parameters.rule].windows[-1:]:
        window = getattr(parameters, name)
        if window > len(bars):
            raise InvalidInput(
                f"The {name} window of {window:,d} bars is longer than all {len(bars):,d} bars of "
                f"{bars.symbol} stored up to {last_day(bars)}. Choose a shorter window, or fetch more bars.",
                field=name,
            )
    prices = prices_of(bars)
    with failures_in_words(parameters, bars):
        result = backtest(
            prices,
            strategy_of(parameters, parameters.rule_parameters),
            first=asked.first,
            risk_free_rate=parameters.risk_free_rate,
            compared=_compared_prices(asked, prices.since(asked.first)),
        )
    return Run(
        parameters=parameters,
        bars=bars,
        first=asked.first,
        splits=asked.splits,
        compared_bars=asked.compared_bars,
        result=result,
    )


def _compared_prices(asked: _Material, traded: Prices) -> Prices | None:
    """Return the compared symbol's prices on the traded days; raises InvalidInput when they begin later."""
    bars = asked.compared_bars
    if bars is None:
        return None
    prices = on_the_days_of(traded, prices_of(bars))
    if prices is None:
        raise InvalidInput(
            f"Trading starts on {traded.dates[0]}, before the first stored bar of {bars.symbol}, "
            f"{bars.dates[0]}. Start then or later, or compare with another symbol.",
            field="compare_with",
        )
    return prices
