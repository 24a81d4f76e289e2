"""From a question to a stored document, on the sample bars."""

import gzip
import json
from datetime import UTC, date, datetime
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.db.models import QuerySet
from pytest_django import DjangoAssertNumQueries

from core.documents import published_json
from core.errors import HindcastError, InvalidInput, NotFound
from core.stored_result import StoredResult
from ingestion.models import CorporateAction, DailyBar, Instrument
from strategies import inputs
from strategies.backtests import run as computation
from strategies.backtests import service
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.schemas import BacktestDocument, Metrics
from strategies.backtests.service import (
    BACKTESTS,
    data_changed_since,
    find_backtest,
    recent_backtests,
    run,
    run_backtest,
)
from strategies.engine.simulation import ReconciliationError
from strategies.models import Backtest

pytestmark = pytest.mark.django_db


def ask(**parameters: Any) -> BacktestParameters:
    return BacktestParameters.model_validate({"symbol": "AAPL", "fast": 50, "slow": 200, **parameters})


def test_the_same_question_is_computed_once_and_has_one_address() -> None:
    first, second = run(ask()), run(ask())
    assert (first.is_new, second.is_new) == (True, False)
    assert published_json(first.document) == published_json(second.document)
    assert Backtest.objects.count() == 1
    assert find_backtest(first.document.id) == first.document
    assert first.document.links.page == f"/backtests/{first.document.id}/"


def test_another_question_has_another_address() -> None:
    documents = [run_backtest(ask()), run_backtest(ask(commission_rate=0)), run_backtest(ask(symbol="IBM"))]
    assert len({document.id for document in documents}) == 3


def test_another_engine_computes_anew_and_leaves_stored_runs_readable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = run_backtest(ask())
    monkeypatch.setattr(inputs, "ENGINE_VERSION", "later")
    after = run(ask())
    assert after.is_new
    assert after.document.id != before.id
    assert find_backtest(before.id) == before


def test_the_document_is_consistent_with_itself() -> None:
    document = run_backtest(ask(start="2004-01-02", end="2012-12-31", fast=10, slow=30))
    series, metrics = document.series, document.metrics
    columns = series.model_dump(exclude={"indicators", "comparison_equity"})
    columns |= {line.key: line.values for line in series.indicators}
    assert {len(values) for values in columns.values()} == {document.period.bars}
    assert (series.dates[0], series.dates[-1]) == (document.period.start, document.period.end)
    assert series.equity[-1] == metrics.final_equity
    assert series.benchmark_equity[-1] == document.benchmark.final_equity
    assert min(series.drawdown) == metrics.max_drawdown
    assert len(document.trades) == metrics.trades
    assert sum(trade.open for trade in document.trades) == metrics.open_trades
    profits = sum(trade.pnl for trade in document.trades)
    assert document.parameters.initial_investment + profits == pytest.approx(metrics.final_equity, abs=0.01)
    assert [line.key for line in series.indicators] == ["fast", "slow"]
    assert all(None not in line.values for line in series.indicators)


def test_every_undefined_figure_says_why_and_no_defined_one_does() -> None:
    document = run_backtest(ask(start="2013-02-25"))
    for metrics, reasons in (
        (document.metrics, document.undefined.metrics),
        (document.benchmark, document.undefined.benchmark),
    ):
        missing = {name for name in Metrics.model_fields if getattr(metrics, name) is None}
        assert missing
        assert set(reasons) == missing
        assert all(reason.endswith(".") for reason in reasons.values())


def test_a_document_is_strict_json() -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    text = published_json(run_backtest(ask(start="2013-02-25")))
    published = json.loads(text, parse_constant=refuse)
    assert list(published) == sorted(published)
    assert published["schema"] == "hindcast.backtest"
    assert BacktestDocument.model_validate(published).id == published["id"]


def test_bars_before_the_start_warm_the_averages_up() -> None:
    document = run_backtest(ask(start="2004-01-01"))
    assert document.period.start == date(2004, 1, 2)
    assert all(line.values[0] is not None for line in document.series.indicators)
    assert document.data.first == date(2000, 3, 1)
    assert document.data.bars > document.period.bars


@pytest.mark.parametrize(
    ("parameters", "field", "words"),
    [
        ({"symbol": "NONE"}, "symbol", ["NONE"]),
        ({"start": "2014-01-01"}, "start", ["2014-01-01", "2000-03-01", "2013-03-01"]),
        ({"end": "1999-12-31"}, "end", ["2000-03-01", "2013-03-01"]),
        ({"start": "2012-12-22", "end": "2012-12-23"}, "start", ["2012-12-22", "2012-12-21"]),
        ({"end": "2000-03-31"}, "slow", ["200", "23"]),
    ],
)
def test_a_question_that_the_bars_cannot_answer_is_refused_at_its_field(
    parameters: dict[str, str], field: str, words: list[str]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        run_backtest(ask(**parameters))
    assert refused.value.field == field
    for word in words:
        assert word in refused.value.message
    assert not Backtest.objects.exists()


def test_prices_that_grew_beyond_exact_sums_are_refused() -> None:
    least = dict.fromkeys(("open", "high", "low", "close"), 0.000001)
    DailyBar.objects.filter(instrument__symbol="AAPL", date="2000-03-01").update(**least)
    with pytest.raises(InvalidInput, match="grew too much") as refused:
        run_backtest(ask(adjustment="none"))
    assert refused.value.field == "adjustment"


def test_a_result_that_does_not_add_up_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ReconciliationError("The trades explain 1.00, the equity is 2.00.")

    monkeypatch.setattr(computation, "backtest", broken)
    with pytest.raises(HindcastError, match="does not add up"):
        run_backtest(ask())
    assert not Backtest.objects.exists()


def test_an_unknown_id_leads_nowhere() -> None:
    with pytest.raises(NotFound, match="no backtest with this id"):
        find_backtest("0" * 20)


def test_a_document_of_an_earlier_form_is_refused_in_words_and_its_json_still_read() -> None:
    stored = run(ask())
    old = json.loads(stored.published.json) | {"schema_version": 1}
    del old["drawdowns"]
    row = Backtest.objects.filter(pk=stored.id)
    row.update(document=gzip.compress(json.dumps(old).encode()))
    with pytest.raises(NotFound, match="earlier version"):
        find_backtest(stored.id)
    assert json.loads(BACKTESTS.find(stored.id).published.json)["schema_version"] == 1
    assert [run.id for run in recent_backtests()] == [stored.id]


def test_a_changed_bar_is_noticed_and_a_later_one_is_not() -> None:
    document = run_backtest(ask(end="2012-06-29"))
    assert not data_changed_since(document)
    bars = DailyBar.objects.filter(instrument__symbol="AAPL")
    bars.filter(date="2012-07-02").update(volume=1)
    assert not data_changed_since(document)
    bars.filter(date="2012-06-28").update(volume=1)
    assert data_changed_since(document)
    assert run_backtest(ask(end="2012-06-29")).id != document.id


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("bars", {"provisional": True}),
        ("instrument", {"source": "alpha_vantage"}),
        ("actions", {"date": date(2005, 3, 1)}),
    ],
)
def test_whatever_the_document_says_of_the_data_decides_its_address(
    table: str, change: dict[str, Any]
) -> None:
    question = ask(adjustment="none")
    document = run_backtest(question)
    rows: dict[str, QuerySet[Any]] = {
        "bars": DailyBar.objects.filter(instrument__symbol="AAPL", date=document.period.end),
        "instrument": Instrument.objects.filter(symbol="AAPL"),
        "actions": CorporateAction.objects.filter(
            instrument__symbol="AAPL", kind="split", date=date(2005, 2, 28)
        ),
    }
    assert rows[table].update(**change) == 1
    assert data_changed_since(document)
    changed = run(question)
    assert changed.is_new
    assert (changed.document.data, changed.document.notices) != (document.data, document.notices)
    assert not data_changed_since(changed.document)


def test_a_missing_session_that_is_filled_changes_data_and_address() -> None:
    gap = DailyBar.objects.filter(instrument__symbol="AAPL", date="2012-06-28")
    kept = gap.get()
    gap.delete()
    document = run_backtest(ask())
    assert date(2012, 6, 28) in document.data.missing_sessions
    kept.save(force_insert=True)
    assert data_changed_since(document)
    assert run_backtest(ask()).id != document.id


def test_fetching_the_same_bars_again_changes_nothing() -> None:
    document = run_backtest(ask(adjustment="none"))
    DailyBar.objects.filter(instrument__symbol="AAPL").update(fetched_at=datetime.now(UTC))
    assert not data_changed_since(document)
    assert not run(ask(adjustment="none")).is_new


def test_splits_last_asked_for_before_the_last_bar_are_pointed_out_at_another_address() -> None:
    document = run_backtest(ask())
    assert not any("asked for" in notice for notice in document.notices)
    instrument = Instrument.objects.filter(symbol="AAPL")
    for asked, words in ((datetime(2013, 2, 28, tzinfo=UTC), "on 2013-02-28"), (None, "never asked for")):
        instrument.update(actions_fetched_at=asked)
        later = run(ask())
        assert later.is_new
        assert any(words in notice for notice in later.document.notices)
    instrument.update(actions_fetched_at=datetime(2013, 3, 1, tzinfo=UTC))
    again = run(ask())
    assert (again.is_new, again.document) == (False, document)


def test_bars_that_are_gone_count_as_changed() -> None:
    document = run_backtest(ask())
    DailyBar.objects.filter(instrument__symbol="AAPL").delete()
    assert data_changed_since(document)


def test_recent_backtests_are_listed_without_their_documents(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    documents = [run_backtest(ask(fast=fast)) for fast in (5, 10, 20)]
    with django_assert_num_queries(1) as queries:
        recent = recent_backtests(2)
    assert '"document"' not in queries.captured_queries[0]["sql"]
    assert len(recent) == 2
    found = {document.id: document for document in documents}
    for summary in recent:
        document = found[summary.id]
        assert summary.parameters == document.parameters
        assert summary.summary == document.summary
        assert summary.total_return == document.metrics.total_return
        assert summary.benchmark_total_return == document.benchmark.total_return


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_the_same_time_get_one_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    # A test with real transactions empties the database behind it, so one before may have.
    call_command("load_stock_data", "AAPL", verbosity=0)
    together = Barrier(2)
    compute = computation.compute

    def compute_together(asked: Any) -> Any:
        together.wait(timeout=30)
        return compute(asked)

    monkeypatch.setattr(service, "compute", compute_together)
    answers: list[StoredResult[BacktestDocument]] = []

    def asker() -> None:
        try:
            answers.append(run(ask()))
        finally:
            connections.close_all()

    threads = [Thread(target=asker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.is_new for one in answers) == [False, True]
    assert answers[0].document == answers[1].document
    assert Backtest.objects.count() == 1
