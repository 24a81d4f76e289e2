"""Sweeps of many symbols: shared by workers, stored once, judged together."""

import multiprocessing
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from multiprocessing.context import ForkContext
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.errors import InvalidInput, NotFound
from ingestion.bars import load_bars
from ingestion.models import Instrument
from jobs.models import Job, JobState
from jobs.queue import cancel, enqueue
from jobs.worker.fair_share import in_turn
from jobs.worker.run import run_next
from strategies.engine import kernel_loader
from strategies.engine.statistics.multiple_testing import holm
from strategies.engine.statistics.spa import DRAWS
from strategies.models import UniverseMember, UniverseSweep
from strategies.sweeps.parameters import SweepParameters
from strategies.sweeps.schemas import SweepDocument
from strategies.sweeps.service import run_sweep
from strategies.universes import service
from strategies.universes.schemas import UniverseDocument, UniverseParameters, UniverseRow
from strategies.universes.service import ask_universe, find_universe
from strategies.universes.verdict import document_of

RANGES: dict[str, Any] = {"fast": [10, 20, 50], "slow": [100, 200], "start": "2012-06-01"}


@pytest.fixture(scope="module", autouse=True)
def _kernels() -> None:
    kernel_loader.wait()


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "SYMBOLS_IN_A_PART", 2)


def asked(**changes: Any) -> UniverseParameters:
    return UniverseParameters.model_validate({**RANGES, **changes})


def work_until_done(document: UniverseDocument) -> UniverseDocument:
    for _ in range(10):
        run_next()
    return find_universe(document.id)


def test_holms_procedure_follows_his_example() -> None:
    """Four tests: 0.01 · 4, 0.02 · 3, 0.03 · 2, and 0.04, raised to the one before it."""
    found = holm(np.array([0.02, 0.01, 0.04, 0.03]))
    np.testing.assert_allclose(found, [0.06, 0.04, 0.06, 0.06])
    np.testing.assert_allclose(holm(np.array([0.9, 0.8])), [1.0, 1.0])


def universe_of(leads: dict[str, float | None], *, p_value: float = 0.9) -> UniverseDocument:
    """Return the document of symbols with the given largest statistics, and draws of independent noise."""
    asked_for = UniverseSweep(
        pk="0" * 20,
        created_at=datetime.now(UTC),
        parameters=asked().model_dump(mode="json"),
        symbols=list(leads),
    )
    row = dict.fromkeys(UniverseRow.model_fields) | {"sweep": "0" * 20, "bars": 1000, "objective": 1.0}
    row |= {
        "total_return": 0.5,
        "benchmark_total_return": 0.4,
        "sharpe": 5.0,
        "skewness": 0.0,
        "kurtosis": 3.0,
        "spa_p_value": p_value,
    }
    noise = np.abs(np.random.default_rng(1).standard_normal((len(leads), DRAWS))).astype("<f2")
    members = [
        UniverseMember(
            symbol=symbol,
            row=row | {"symbol": symbol},
            lead=lead,
            largest=None if lead is None else drawn.tobytes(),
            trials=6,
            sharpe_count=6,
            sharpe_sum=0.06,
            sharpe_square_sum=0.001,
        )
        for (symbol, lead), drawn in zip(leads.items(), noise, strict=True)
    ]
    return document_of(asked_for, members)


@pytest.mark.parametrize("symbols", [1, 51, 300])
def test_a_strong_lead_is_found_among_any_number_of_symbols(symbols: int) -> None:
    found = universe_of({f"S{number}": 6.0 if number == 0 else 0.5 for number in range(symbols)})
    assert found.verdict is not None
    assert found.verdict.significant == 1
    assert "1 symbol has a combination that beats buy and hold at the same exposure" in found.verdict.sentence
    adjusted = {row.symbol: row.adjusted_p_value for row in found.rows}
    assert adjusted["S0"] == pytest.approx(1 / (DRAWS + 1))


def test_a_lead_that_one_symbol_in_twenty_has_by_chance_is_none_among_many() -> None:
    alone = universe_of({"S0": 2.2}).verdict
    among = universe_of({f"S{number}": 2.2 if number == 0 else 0.5 for number in range(100)}).verdict
    assert alone is not None
    assert among is not None
    assert (alone.significant, among.significant) == (1, 0)
    assert "none beats buy and hold" in among.sentence


def test_symbols_whose_combinations_never_trade_beat_nothing() -> None:
    found = universe_of({"S0": None, "S1": 0.0})
    assert found.verdict is not None
    assert found.verdict.significant == 0
    assert [row.adjusted_p_value for row in found.rows] == [None, 1.0]


def test_sweeps_of_earlier_versions_without_draws_are_adjusted_by_holm() -> None:
    found = universe_of({"S0": None, "S1": None}, p_value=0.02)
    assert [row.adjusted_p_value for row in found.rows] == [0.04, 0.04]


def test_no_estimate_is_called_certain() -> None:
    verdict = universe_of({"S0": 0.5, "S1": 0.5}).verdict
    assert verdict is not None
    assert verdict.deflated_sharpe == 1
    assert "deflated Sharpe ratio over 99.9\N{NO-BREAK SPACE}%" in verdict.sentence
    assert "likely" not in verdict.sentence


@pytest.mark.django_db
def test_a_falling_symbol_that_no_rule_ever_buys_is_not_called_skill(operator: Client) -> None:
    """Closes of 5000 times 0.99 to the i: every combination stays in cash while the price falls."""
    sessions = load_bars("AAPL").dates[:500]
    lines = [
        f"{day},{price:.4f},{price:.4f},{price:.4f},{price:.4f},1000"
        for day, price in zip(sessions, 5000 * 0.99 ** np.arange(len(sessions)), strict=True)
    ]
    body = "\n".join(["date,open,high,low,close,volume", *lines])
    answered = operator.post("/api/v1/instruments/FALL/import", body, content_type="text/csv")
    assert answered.status_code in {HTTPStatus.OK, HTTPStatus.CREATED}, answered.content
    done = work_until_done(ask_universe(asked(symbols=["FALL"], start=None)))
    assert done.verdict is not None
    assert done.verdict.significant == 0
    assert done.rows[0].adjusted_p_value is None


@pytest.mark.django_db
def test_every_stored_symbol_is_swept_and_ranked() -> None:
    begun = ask_universe(asked())
    assert (begun.done, begun.symbols, begun.verdict) == (0, 5, None)
    assert Job.objects.count() == 3
    done = work_until_done(begun)
    assert done.is_complete
    assert {row.symbol for row in done.rows} == {"AAPL", "FB", "GOOG", "IBM", "MSFT"} - {
        failure.symbol for failure in done.failures
    }
    objectives = [row.objective for row in done.rows if row.objective is not None]
    assert objectives == sorted(objectives, reverse=True)
    assert done.verdict is not None
    assert done.verdict.trials == 6 * len(done.rows)
    for row in done.rows:
        assert row.adjusted_p_value is None or 0 < row.adjusted_p_value <= 1
    assert done.distribution is not None
    assert done.distribution.lowest <= done.distribution.median <= done.distribution.highest


@pytest.mark.django_db
def test_asking_again_starts_nothing_anew() -> None:
    begun = ask_universe(asked(symbols=["AAPL", "IBM"]))
    assert ask_universe(asked(symbols=["IBM", "AAPL", "AAPL"])).id == begun.id
    assert Job.objects.count() == 1
    work_until_done(begun)
    assert ask_universe(asked(symbols=["AAPL", "IBM"])).is_complete
    assert Job.objects.count() == 1


@pytest.mark.django_db
def test_a_symbol_that_cannot_be_swept_says_why_and_holds_nobody_up() -> None:
    done = work_until_done(ask_universe(asked(symbols=["AAPL", "FB"], slow=[800])))
    assert done.is_complete
    assert [failure.symbol for failure in done.failures] == ["FB"]
    assert "shorter windows" in done.failures[0].error


@pytest.mark.django_db
def test_symbols_without_bars_are_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        ask_universe(asked(symbols=["AAPL", "NONE"]))
    assert refused.value.field == "symbols"
    with pytest.raises(NotFound):
        find_universe("0" * 20)


@pytest.mark.django_db
def test_the_api_answers_with_progress_and_then_with_the_ranking(reader: Client) -> None:
    body = {**RANGES, "symbols": ["AAPL", "IBM"]}
    begun = reader.post("/api/v1/universes", body, content_type="application/json")
    assert begun.status_code == HTTPStatus.ACCEPTED
    work_until_done(UniverseDocument.model_validate_json(begun.content))
    read = reader.get(begun["Location"]).json()
    assert read["is_complete"]
    again = reader.post("/api/v1/universes", body, content_type="application/json")
    assert (again.status_code, again.json()) == (HTTPStatus.OK, read)
    page = reader.get(read["page"]).content.decode()
    assert read["verdict"]["sentence"] in page


@pytest.mark.django_db
def test_a_sweeps_page_starts_the_same_sweep_of_all_symbols(reader: Client) -> None:
    sweep = run_sweep(SweepParameters.model_validate({**RANGES, "symbol": "AAPL"}))
    started = reader.post(f"/sweeps/{sweep.id}/universe/")
    assert started["Location"] == ask_universe(asked()).page
    assert "symbols are done" in reader.get(started["Location"]).content.decode()


def _work(universe_id: str) -> None:
    deadline = time.monotonic() + 90
    while not find_universe(universe_id).is_complete and time.monotonic() < deadline:
        run_next()
        time.sleep(0.05)


def _work_and_hang(universe_id: str, hangs: Event) -> None:
    """Work until the first symbol is stored, then hang in the middle of the second."""
    swept: list[str] = []

    def hanging(parameters: SweepParameters, *, owner: User | None, listed: bool) -> SweepDocument:
        if swept:
            hangs.set()
            time.sleep(600)
        swept.append(parameters.symbol)
        return run_sweep(parameters, owner=owner, listed=listed)

    setattr(service, "run_sweep", hanging)  # noqa: B010 - in this process alone, which ends here
    run_next()


@pytest.fixture
def context() -> ForkContext:
    return multiprocessing.get_context("fork")


@pytest.fixture
def started() -> Iterator[list[BaseProcess]]:
    processes: list[BaseProcess] = []
    yield processes
    for process in processes:
        process.kill()
        process.join()


@pytest.mark.filterwarnings("ignore:This process")  # forking beside other tests' threads
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_leaves_nothing_out_and_nothing_twice(
    context: ForkContext, started: list[BaseProcess]
) -> None:
    call_command("load_stock_data", sample=True, verbosity=0)
    begun = ask_universe(asked())
    hangs = context.Event()
    victim = context.Process(target=_work_and_hang, args=(begun.id, hangs))
    survivor = context.Process(target=_work, args=(begun.id,))
    connections.close_all()  # each process opens its own
    for process in (victim, survivor):
        process.start()
        started.append(process)
    assert hangs.wait(90)
    victim.kill()
    victim.join()
    # Its lease runs out; nobody waits that long in a test.
    left = Job.objects.filter(state=JobState.RUNNING, attempts=1)
    while not left.update(heartbeat=timezone.now() - timedelta(days=1)):
        time.sleep(0.05)
    survivor.join(90)
    assert survivor.exitcode == 0
    done = find_universe(begun.id)
    assert done.is_complete
    members = UniverseMember.objects.filter(universe_id=begun.id)
    assert members.count() == 5
    assert done.verdict is not None
    assert done.verdict.trials == 6 * len(done.rows)
    assert len({row.symbol for row in done.rows}) + len(done.failures) == 5
    assert Job.objects.filter(state=JobState.SUCCEEDED).count() == 3
    assert Job.objects.filter(attempts=2).exists()


@pytest.mark.django_db
def test_asking_again_reads_no_bars() -> None:
    begun = ask_universe(asked())
    with CaptureQueriesContext(connection) as captured:
        assert ask_universe(asked()).id == begun.id
    assert not [query for query in captured.captured_queries if "ingestion_dailybar" in query["sql"]]


@pytest.mark.django_db
def test_the_identity_follows_the_content_of_bars_and_not_when_they_were_fetched() -> None:
    begun = ask_universe(asked())
    Instrument.objects.filter(symbol="IBM").update(fetched_at=timezone.now())
    assert ask_universe(asked()).id == begun.id
    Instrument.objects.get(symbol="IBM").bars.filter(date="2012-07-03").update(volume=1)
    assert ask_universe(asked()).id != begun.id


@pytest.mark.django_db
def test_cancelled_parts_are_told_and_can_be_resumed(reader: Client) -> None:
    begun = ask_universe(asked())
    assert "every 2s" in reader.get(begun.page).content.decode()
    for job in Job.objects.all():
        cancel(job.pk)
    page = reader.get(begun.page).content.decode()
    assert "were cancelled or failed" in page
    assert "every 2s" not in page
    resumed = reader.post(f"{begun.page}resume/", follow=True)
    assert "Workers share the others" in resumed.content.decode()
    assert work_until_done(begun).is_complete


@pytest.mark.django_db
def test_a_finished_ranking_is_stored_and_searched(reader: Client) -> None:
    done = work_until_done(ask_universe(asked()))
    UniverseMember.objects.all().delete()  # the stored document needs them no more
    assert find_universe(done.id) == done
    found = reader.get(f"{done.page}?search=ib").content.decode()
    assert "/sweeps/" in found
    assert ">IBM</a>" in found
    assert ">AAPL</a>" not in found


@pytest.mark.django_db
def test_what_somebody_waits_for_goes_before_parts_of_a_universe() -> None:
    ask_universe(asked())
    waited_for = enqueue("fetch_bars", subject="IBM")
    assert in_turn(Job.objects.due()).first() == waited_for
