"""Fetching end to end: server, client, validation, storage, job."""

import logging
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from django.utils import timezone
from django_q.models import OrmQ, Task
from pytest_django import Settings

from core.errors import InvalidInput
from ingestion.bars import Adjustment, load_bars
from ingestion.coverage import coverage_of
from ingestion.errors import (
    ApiKeyMissing,
    DailyQuotaReached,
    UnexpectedAnswer,
    UnknownSymbol,
)
from ingestion.exchange_calendar import last_closed_session, sessions_between
from ingestion.fetch.service import fetch_stock_data, is_up_to_date, request_fetch
from ingestion.listings import UNITED_STATES, listing_of
from ingestion.models import ApiQuota, CorporateAction, Instrument, ProviderAnswer, QuarantinedBar
from ingestion.tests.factories import stored
from ingestion.tests.fake_provider import (
    BAD_SYMBOL,
    BURST,
    DAILY_QUOTA,
    FULL_IS_PREMIUM,
    KEY,
    LoopbackProvider,
    Reply,
    daily,
    dividends,
    splits,
)
from jobs.models import Job, JobState
from jobs.queue import cancel, resume
from jobs.registry import Cancelled
from jobs.worker.run import run_job, run_next

pytestmark = pytest.mark.django_db


def recent_sessions(count: int) -> list[date]:
    """Return the last closed sessions, oldest first."""
    last = last_closed_session("XNYS", timezone.now())
    sessions: list[date] = sessions_between("XNYS", last - timedelta(days=3 * count + 20), last).tolist()
    return sessions[-count:]


@pytest.fixture
def nvda(provider: LoopbackProvider) -> LoopbackProvider:
    """A provider that serves a hundred bars of NVDA to a free key."""
    days = recent_sessions(100)
    provider.answer("TIME_SERIES_DAILY", FULL_IS_PREMIUM, daily("NVDA", days))
    provider.answer("SPLITS", splits("NVDA", (days[50].isoformat(), "10.0000")))
    provider.answer("DIVIDENDS", dividends("NVDA", (days[60].isoformat(), "0.01")))
    return provider


def test_a_fetch_stores_bars_splits_and_dividends(nvda: LoopbackProvider) -> None:
    result = fetch_stock_data("nvda")
    assert (result.symbol, result.source, result.inserted) == ("NVDA", "alpha_vantage", 100)
    assert (result.splits, result.dividends) == (1, 1)
    bars = load_bars("NVDA", adjustment=Adjustment.SPLITS)
    assert len(bars) == 100
    # The answer's bars do not step at its split: they are adjusted for it already.
    assert "turned back into prices as traded" in result.notice
    assert bars.close[0] == pytest.approx(102.75)
    assert load_bars("NVDA", adjustment=Adjustment.NONE).close[0] == pytest.approx(1027.5)
    assert bars.close[-1] == 102.75
    assert not bars.provisional
    assert bars.missing_sessions == ()


@pytest.mark.parametrize("symbol", ["RELIANCE.BSE", "600104.SHH", "000002.SHZ"])
def test_a_share_of_an_exchange_that_announces_few_holidays_is_fetched(
    provider: LoopbackProvider, symbol: str
) -> None:
    exchange = (listing_of(symbol) or UNITED_STATES).exchange
    last = last_closed_session(exchange, timezone.now())
    days = sessions_between(exchange, last - timedelta(days=30), last).tolist()
    provider.answer("TIME_SERIES_DAILY", daily(symbol, days))
    provider.answer("SPLITS", splits(symbol))
    provider.answer("DIVIDENDS", dividends(symbol))
    assert fetch_stock_data(symbol).inserted == len(days)
    bars = load_bars(symbol)
    assert (bars.exchange, bars.missing_sessions, bars.provisional) == (exchange, (), False)


def test_a_free_key_falls_back_to_the_latest_bars_and_never_asks_for_all_again(
    nvda: LoopbackProvider,
) -> None:
    result = fetch_stock_data("NVDA")
    assert nvda.asked() == [
        "TIME_SERIES_DAILY full",
        "TIME_SERIES_DAILY compact",
        "SPLITS",
        "DIVIDENDS",
    ]
    assert "free key" in result.notice
    nvda.requests.clear()
    nvda.answer("TIME_SERIES_DAILY", daily("IBM", recent_sessions(100)))
    nvda.answer("SPLITS", splits("IBM"))
    nvda.answer("DIVIDENDS", dividends("IBM"))
    fetch_stock_data("IBM")
    assert nvda.asked() == ["TIME_SERIES_DAILY compact", "SPLITS", "DIVIDENDS"]


def test_a_second_fetch_of_the_same_bars_changes_nothing_and_costs_one_request(
    nvda: LoopbackProvider,
) -> None:
    fetch_stock_data("NVDA")
    before = load_bars("NVDA").fingerprint
    nvda.requests.clear()
    result = fetch_stock_data("NVDA")
    assert (result.inserted, result.changed, result.unchanged) == (0, 0, 100)
    assert load_bars("NVDA").fingerprint == before
    assert nvda.asked() == ["TIME_SERIES_DAILY compact"]


def test_a_paying_key_gets_the_full_history_once_and_then_only_what_is_new(
    provider: LoopbackProvider,
) -> None:
    days = recent_sessions(250)
    provider.answer("TIME_SERIES_DAILY", daily("NVDA", days), daily("NVDA", days[-100:]))
    provider.answer("SPLITS", splits("NVDA"))
    provider.answer("DIVIDENDS", dividends("NVDA"))
    assert fetch_stock_data("NVDA").inserted == 250
    fetch_stock_data("NVDA")
    assert provider.asked() == [
        "TIME_SERIES_DAILY full",
        "SPLITS",
        "DIVIDENDS",
        "TIME_SERIES_DAILY compact",
    ]


def test_a_paying_key_closes_a_gap_longer_than_a_compact_answer(provider: LoopbackProvider) -> None:
    days = recent_sessions(250)
    provider.answer("TIME_SERIES_DAILY", daily("NVDA", days[:120]), daily("NVDA", days))
    provider.answer("SPLITS", splits("NVDA"))
    provider.answer("DIVIDENDS", dividends("NVDA"))
    fetch_stock_data("NVDA")
    assert fetch_stock_data("NVDA").inserted == 130
    assert provider.asked()[-1] == "TIME_SERIES_DAILY full"


def test_everything_received_before_is_kept(nvda: LoopbackProvider) -> None:
    days = recent_sessions(150)
    nvda.answer("TIME_SERIES_DAILY", FULL_IS_PREMIUM, daily("NVDA", days[:100]))
    fetch_stock_data("NVDA")
    nvda.answer("TIME_SERIES_DAILY", daily("NVDA", days[50:]))
    assert fetch_stock_data("NVDA").inserted == 50
    assert len(load_bars("NVDA")) == 150


def test_a_step_like_a_splits_has_the_splits_asked_for_again(nvda: LoopbackProvider) -> None:
    days = recent_sessions(101)
    nvda.answer("TIME_SERIES_DAILY", FULL_IS_PREMIUM, daily("NVDA", days[:100]))
    fetch_stock_data("NVDA")
    nvda.requests.clear()
    halved = daily("NVDA", days[1:], open="50", high="52", low="49", close="51")
    nvda.answer("TIME_SERIES_DAILY", halved)
    nvda.answer("SPLITS", splits("NVDA", (days[-1].isoformat(), "2")))
    fetch_stock_data("NVDA")
    assert nvda.asked() == ["TIME_SERIES_DAILY compact", "SPLITS", "DIVIDENDS"]
    assert load_bars("NVDA").close[-2] == pytest.approx(102.75 / 2)


def test_a_fetch_replaces_the_sample_and_says_so(nvda: LoopbackProvider) -> None:
    nvda.answer("TIME_SERIES_DAILY", FULL_IS_PREMIUM, daily("AAPL", recent_sessions(100)))
    nvda.answer("SPLITS", splits("AAPL", ("2020-08-31", "4"), ("2014-06-09", "7")))
    nvda.answer("DIVIDENDS", dividends("AAPL"))
    result = fetch_stock_data("AAPL")
    assert "replace the 3,270 historical bars" in result.notice
    bars = load_bars("AAPL")
    assert (bars.source, len(bars), bars.name, bars.exchange) == ("alpha_vantage", 100, "Apple Inc.", "XNAS")


def test_a_bar_of_a_session_still_open_is_provisional(
    nvda: LoopbackProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2024, 5, 3, 15, tzinfo=UTC))
    days = sessions_between("XNYS", date(2024, 1, 2), date(2024, 5, 3)).tolist()
    nvda.answer("TIME_SERIES_DAILY", FULL_IS_PREMIUM, daily("NVDA", days))
    fetch_stock_data("NVDA")
    assert load_bars("NVDA").provisional
    assert is_up_to_date("NVDA")  # through the last closed session

    monkeypatch.setattr(timezone, "now", lambda: datetime(2024, 5, 3, 20, 30, tzinfo=UTC))
    assert not is_up_to_date("NVDA")
    result = fetch_stock_data("NVDA")
    assert (result.changed, result.revisions) == (1, 0)
    assert not load_bars("NVDA").provisional
    assert is_up_to_date("NVDA")


def test_bars_are_not_stored_without_their_splits(nvda: LoopbackProvider) -> None:
    nvda.answer("SPLITS", DAILY_QUOTA)
    with pytest.raises(DailyQuotaReached):
        fetch_stock_data("NVDA")
    assert not Instrument.objects.filter(symbol="NVDA").exists()


def test_a_bad_bar_costs_itself_alone_and_leaves_what_is_stored(nvda: LoopbackProvider) -> None:
    fetch_stock_data("NVDA")
    before = load_bars("NVDA").fingerprint
    newest = recent_sessions(1)[0]
    nvda.answer("TIME_SERIES_DAILY", daily("NVDA", recent_sessions(100), high="1.00"))
    result = fetch_stock_data("NVDA")
    assert f"lies above the high 1.00 on {newest}" in result.notice
    assert (result.unchanged, result.quarantined) == (99, 1)
    assert load_bars("NVDA").fingerprint == before


def test_a_symbol_the_provider_does_not_know_leaves_nothing(provider: LoopbackProvider) -> None:
    provider.answer("TIME_SERIES_DAILY", BAD_SYMBOL)
    with pytest.raises(UnknownSymbol, match="knows no symbol NOSUCH") as caught:
        fetch_stock_data("NOSUCH")
    assert caught.value.field == "symbol"
    assert not Instrument.objects.filter(symbol="NOSUCH").exists()


def test_where_the_days_requests_run_out_the_next_try_goes_on_and_pays_for_nothing_twice(
    nvda: LoopbackProvider, settings: Settings
) -> None:
    settings.ALPHA_VANTAGE_REQUESTS_PER_DAY = 3
    with pytest.raises(DailyQuotaReached):
        fetch_stock_data("NVDA")
    assert nvda.asked() == ["TIME_SERIES_DAILY full", "TIME_SERIES_DAILY compact", "SPLITS"]
    assert not Instrument.objects.filter(symbol="NVDA").exists()
    settings.ALPHA_VANTAGE_REQUESTS_PER_DAY = 4
    assert fetch_stock_data("NVDA").inserted == 100
    assert nvda.asked()[3:] == ["DIVIDENDS"]
    assert not ProviderAnswer.objects.exists()


def test_bars_kept_from_before_the_last_close_are_asked_for_again(
    nvda: LoopbackProvider, settings: Settings
) -> None:
    settings.ALPHA_VANTAGE_REQUESTS_PER_DAY = 2
    with pytest.raises(DailyQuotaReached):
        fetch_stock_data("NVDA")
    ProviderAnswer.objects.update(received_at=timezone.now() - timedelta(days=7))
    settings.ALPHA_VANTAGE_REQUESTS_PER_DAY = 9
    fetch_stock_data("NVDA")
    assert nvda.asked()[2:] == ["TIME_SERIES_DAILY compact", "SPLITS", "DIVIDENDS"]


def test_bars_on_no_session_and_in_the_future_are_kept_apart_and_shown(nvda: LoopbackProvider) -> None:
    days = recent_sessions(100)
    future = timezone.now().date() + timedelta(days=30)
    saturday = days[-1] - timedelta(days=(days[-1].weekday() + 2) % 7)
    nvda.answer("TIME_SERIES_DAILY", FULL_IS_PREMIUM, daily("NVDA", [*days, saturday, future]))
    result = fetch_stock_data("NVDA")
    assert (result.inserted, result.quarantined) == (100, 2)
    assert "Kept out of the prices: 2 bars" in result.notice
    assert load_bars("NVDA").dates[-1] == np.datetime64(days[-1])
    shown = coverage_of("NVDA").quarantined
    assert [(bar.date, bar.reason) for bar in shown] == [
        (saturday, f"{saturday} is no session of XNYS"),
        (future, f"{future} lies in the future"),
    ]


def test_an_answer_without_a_single_session_is_refused(nvda: LoopbackProvider) -> None:
    nvda.answer("TIME_SERIES_DAILY", FULL_IS_PREMIUM, daily("NVDA", [date(2024, 5, 4)]))
    with pytest.raises(UnexpectedAnswer, match="2024-05-04 is no session of XNYS"):
        fetch_stock_data("NVDA")
    assert not Instrument.objects.filter(symbol="NVDA").exists()


def test_a_bar_of_a_quarantined_day_is_accepted_once_its_exchange_is_corrected(
    nvda: LoopbackProvider,
) -> None:
    thanksgiving = date(2024, 11, 28)
    days = [date(2024, 11, 26), date(2024, 11, 27), thanksgiving]
    nvda.answer("TIME_SERIES_DAILY", FULL_IS_PREMIUM, daily("NVDA", days))
    assert fetch_stock_data("NVDA").quarantined == 1
    Instrument.objects.filter(symbol="NVDA").update(exchange="XLON")
    nvda.answer("TIME_SERIES_DAILY", daily("NVDA", days))
    assert fetch_stock_data("NVDA").inserted == 1
    assert not QuarantinedBar.objects.exists()


def test_a_day_sent_twice_is_refused(nvda: LoopbackProvider) -> None:
    answer = Reply.of(daily("NVDA", [date(2024, 5, 3), date(2024, 5, 2)]))
    twice = Reply(body=answer.body.replace(b'"2024-05-02"', b'"2024-05-03"'))
    nvda.answer("TIME_SERIES_DAILY", twice)
    with pytest.raises(UnexpectedAnswer, match="two entries for “2024-05-03”"):
        fetch_stock_data("NVDA")


def test_a_key_that_was_upgraded_gets_the_history_that_it_lacks(nvda: LoopbackProvider) -> None:
    days = recent_sessions(300)
    nvda.answer(
        "TIME_SERIES_DAILY", FULL_IS_PREMIUM, daily("NVDA", days[-150:-50]), daily("NVDA", days[-100:])
    )
    for _ in range(2):
        fetch_stock_data("NVDA")
    ApiQuota.objects.update(full_history=None)  # as the administration does
    nvda.answer("TIME_SERIES_DAILY", daily("NVDA", days))
    assert fetch_stock_data("NVDA").inserted == 150


def test_progress_names_each_step_and_a_wish_to_cancel_stops_before_storing(
    nvda: LoopbackProvider,
) -> None:
    steps: list[str] = []

    def stop_at_storing(fraction: float, step: str) -> None:
        assert 0 <= fraction <= 1
        steps.append(step)
        if step.startswith("Storing"):
            raise Cancelled

    with pytest.raises(Cancelled):
        fetch_stock_data("NVDA", progress=stop_at_storing)
    assert steps == [
        "Requesting daily bars of NVDA",
        "Validating 100 bars",
        "Requesting splits of NVDA",
        "Requesting dividends of NVDA",
        "Storing 100 bars",
    ]
    assert not Instrument.objects.filter(symbol="NVDA").exists()


def run(job: Job) -> Job:
    run_job(str(job.pk))
    job.refresh_from_db()
    return job


def test_a_job_fetches_and_tells_what_it_stored(nvda: LoopbackProvider) -> None:
    job = run(request_fetch(" nvda "))
    assert (job.kind, job.subject, job.state, job.error) == ("fetch_bars", "NVDA", JobState.SUCCEEDED, "")
    assert job.result is not None
    assert job.result["inserted"] == 100
    assert job.result["sentence"].startswith("100 bars from Alpha Vantage")


def test_a_cancelled_job_asks_for_nothing(nvda: LoopbackProvider) -> None:
    job = run(cancel(request_fetch("NVDA").pk))
    assert job.state == JobState.CANCELLED
    assert nvda.requests == []


@pytest.mark.parametrize(
    "reply",
    [
        Reply.of({"Information": f"Something new about {KEY}."}),
        Reply(status=500, body=KEY.encode()),
        Reply(body=f'{{"apikey": "{KEY}", "cut'.encode()),
    ],
)
def test_a_failed_job_says_why_without_the_key(
    provider: LoopbackProvider, caplog: pytest.LogCaptureFixture, reply: Reply
) -> None:
    caplog.set_level(logging.DEBUG)
    provider.answer("TIME_SERIES_DAILY", reply)
    job = run(request_fetch("NVDA"))
    assert job.state == JobState.FAILED
    assert "rovider" in job.error or "Alpha Vantage" in job.error
    require_no_key(job, caplog)


def require_no_key(job: Job, caplog: pytest.LogCaptureFixture) -> None:
    stored = [Job.objects.values().get(pk=job.pk), list(ApiQuota.objects.values())]
    stored += [
        list(ProviderAnswer.objects.values()),
        list(OrmQ.objects.values()),
        list(Task.objects.values()),
    ]
    assert KEY not in str(stored) + caplog.text


@pytest.mark.parametrize("reply", [DAILY_QUOTA, BURST])
def test_a_job_held_back_by_the_providers_limits_is_parked_and_says_until_when(
    nvda: LoopbackProvider, caplog: pytest.LogCaptureFixture, reply: Mapping[str, object]
) -> None:
    caplog.set_level(logging.DEBUG)
    nvda.answer("TIME_SERIES_DAILY", reply)
    job = run(request_fetch("NVDA"))
    assert (job.state, job.error) == (JobState.QUEUED, "")
    assert "Alpha Vantage says" in job.step
    assert job.next_attempt_at is not None
    assert coverage_of_waiting("NVDA") == job.next_attempt_at
    require_no_key(job, caplog)
    nvda.answer("TIME_SERIES_DAILY", daily("NVDA", recent_sessions(100)))
    ApiQuota.objects.update(exhausted_until=None)
    assert run(resume(job.pk)).state == JobState.SUCCEEDED


def coverage_of_waiting(symbol: str) -> datetime | None:
    """Return the next attempt that the coverage of a symbol tells, once it has a bar."""
    stored(symbol, recent_sessions(1))
    return coverage_of(symbol).next_attempt_at


def test_the_symbol_nearest_to_a_gap_is_fetched_first(provider: LoopbackProvider) -> None:
    days = recent_sessions(120)
    for symbol, stale in (("FRESH", 1), ("RISKY", 99), ("LOST", 110), ("STALE", 50)):
        stored(symbol, days[: 120 - stale], actions=())
        provider.answer("SPLITS", splits(symbol))
        request_fetch(symbol, least_priority=0)
    provider.answer("TIME_SERIES_DAILY", BAD_SYMBOL)
    for _ in range(4):
        run_next()
    assert [request.parameters["symbol"] for request in provider.requests] == [
        "LOST",
        "RISKY",
        "STALE",
        "FRESH",
    ]


def test_without_a_key_the_sample_is_loaded_again(no_key: None) -> None:
    CorporateAction.objects.filter(instrument__symbol="AAPL").delete()
    job = run(request_fetch("AAPL"))
    assert job.state == JobState.SUCCEEDED
    assert job.result is not None
    assert "not current prices" in job.result["notice"]
    split = CorporateAction.objects.get(instrument__symbol="AAPL", date=date(2005, 2, 28))
    assert split.value == Decimal(2)


def test_without_a_key_another_symbol_is_refused_and_the_variable_named(no_key: None) -> None:
    for attempt in (request_fetch, fetch_stock_data):
        with pytest.raises(ApiKeyMissing, match="set ALPHA_VANTAGE_API_KEY") as caught:
            attempt("NVDA")
        assert caught.value.field == "symbol"
    assert not Job.objects.filter(subject="NVDA").exists()


def test_what_is_no_symbol_is_refused_before_anything_is_asked(provider: LoopbackProvider) -> None:
    with pytest.raises(InvalidInput, match="is not a ticker symbol"):
        request_fetch("NV DA&apikey=x")
    assert provider.requests == []
