"""The client against a server on the loopback interface: data, every refusal, every fault."""

import logging
import traceback
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from urllib.parse import quote

import pytest
from django.utils import timezone
from pytest_django import Settings

from core.errors import HindcastError
from ingestion import errors
from ingestion.models import ActionKind, ApiQuota, ProviderAnswer
from ingestion.providers import http_client
from ingestion.providers.alpha_vantage import client
from ingestion.providers.alpha_vantage.client import AlphaVantage, Match
from ingestion.store.batch import Action
from ingestion.store.validation import validated_bars
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
    weekdays,
)

pytestmark = pytest.mark.django_db

DAY = date(2024, 5, 3)


def ask(symbol: str = "IBM") -> None:
    AlphaVantage.from_settings().daily_bars(symbol, outputsize="compact")


def test_daily_bars_come_as_sent(provider: LoopbackProvider) -> None:
    provider.answer("TIME_SERIES_DAILY", daily("IBM", weekdays(DAY, 100)))
    bars = validated_bars(AlphaVantage.from_settings().daily_bars("IBM", outputsize="compact").rows)
    assert len(bars) == 100
    assert (bars[-1].date, bars[-1].close, bars[-1].volume) == (DAY, Decimal("102.75"), 6_318_079)
    (request,) = provider.requests
    assert request.parameters == {
        "function": "TIME_SERIES_DAILY",
        "symbol": "IBM",
        "outputsize": "compact",
        "apikey": KEY,
    }


def test_splits_and_dividends_come_oldest_first(provider: LoopbackProvider) -> None:
    provider.answer("SPLITS", splits("IBM", ("2021-11-04", "1.0460"), ("1999-05-27", "2.0000")))
    provider.answer(
        "DIVIDENDS",
        dividends(
            "IBM", ("None", "1.70"), ("2024-05-09", "1.67"), ("2024-05-09", "0.33"), ("2024-02-08", "0")
        ),
    )
    client = AlphaVantage.from_settings()
    assert client.splits("IBM") == [
        Action(date=date(1999, 5, 27), kind=ActionKind.SPLIT, value=Decimal(2)),
        Action(date=date(2021, 11, 4), kind=ActionKind.SPLIT, value=Decimal("1.046")),
    ]
    assert client.dividends("IBM") == [
        Action(date=date(2024, 5, 9), kind=ActionKind.DIVIDEND, value=Decimal(2))
    ]


def test_no_splits_is_an_answer_and_a_missing_list_is_none(provider: LoopbackProvider) -> None:
    provider.answer("SPLITS", splits("IBM"), {"symbol": "IBM"})
    client = AlphaVantage.from_settings()
    assert client.splits("IBM") == []
    with pytest.raises(errors.UnexpectedAnswer):
        client.splits("IBM")


@pytest.mark.parametrize("factor", ["None", "0", "-2", "NaN", "abc"])
def test_a_split_without_a_usable_factor_is_not_guessed(provider: LoopbackProvider, factor: str) -> None:
    provider.answer("SPLITS", splits("IBM", ("2021-11-04", factor)))
    with pytest.raises(errors.UnexpectedAnswer, match="splits of IBM in a form"):
        AlphaVantage.from_settings().splits("IBM")


REFUSALS: list[tuple[Mapping[str, object] | Reply, type[HindcastError]]] = [
    (DAILY_QUOTA, errors.DailyQuotaReached),
    (BURST, errors.RateLimited),
    (FULL_IS_PREMIUM, errors.FullHistoryRefused),
    ({"Information": "This is a premium endpoint."}, errors.PremiumOnly),
    ({"Information": "The **demo** API key is for demo purposes only."}, errors.ApiKeyRefused),
    ({"Error Message": "the parameter apikey is invalid or missing."}, errors.ApiKeyRefused),
    (BAD_SYMBOL, errors.UnknownSymbol),
    ({"Information": f"A new wording for {KEY} and {quote(KEY, safe='')}."}, errors.UnexpectedAnswer),
    ({KEY: "as a field"}, errors.UnexpectedAnswer),
    ({}, errors.UnexpectedAnswer),
    (daily(KEY, [DAY]), errors.UnexpectedAnswer),
    (daily("AAPL", [DAY]), errors.UnexpectedAnswer),
    (daily("IBM", []), errors.UnexpectedAnswer),
    ({"Time Series (Daily)": daily("IBM", [DAY])["Time Series (Daily)"]}, errors.UnexpectedAnswer),
    (daily("IBM", [DAY]) | {"Time Series (Daily)": [1]}, errors.UnexpectedAnswer),
    (Reply(body=b"<html><body>Sorry, maintenance</body></html>"), errors.BrokenAnswer),
    (Reply(body=Reply.of(daily("IBM", [DAY])).body[:-40]), errors.BrokenAnswer),
    (Reply(body=b""), errors.BrokenAnswer),
    (Reply(body=b"[]"), errors.BrokenAnswer),
    (Reply(body=b"\xff\xfe\x00"), errors.BrokenAnswer),
    (Reply(body=b"[" * 100_000), errors.BrokenAnswer),
    # What is right JSON and cannot be kept as such.
    (daily("IBM", [DAY], close="1\0"), errors.UnexpectedAnswer),
    (daily("IBM", [DAY], close="\ud83d"), errors.UnexpectedAnswer),
    (daily("IBM", [DAY]) | {"\0": 1}, errors.UnexpectedAnswer),
    (daily("IBM", [DAY]) | {"more": float("inf")}, errors.UnexpectedAnswer),
    (Reply(body=b'{"Time Series (Daily)": %s%s}' % (b"[" * 5_000, b"]" * 5_000)), errors.UnexpectedAnswer),
    (Reply(body=b"{}", headers={"Content-Encoding": "gzip"}), errors.BrokenAnswer),
    (Reply(body=b"{}", headers={"Content-Length": "500"}), errors.BrokenAnswer),
    (Reply(status=500, body=KEY.encode()), errors.BrokenAnswer),
    (Reply(body=b'{"%s": 1, "%s": 2}' % (KEY.encode(), KEY.encode())), errors.UnexpectedAnswer),
    (Reply(status=404), errors.UnexpectedAnswer),
    (Reply(status=429), errors.RateLimited),
    (Reply(status=302, headers={"Location": f"http://127.0.0.1:9/?apikey={KEY}"}), errors.UnexpectedAnswer),
]


@pytest.mark.parametrize(("reply", "kind"), REFUSALS)
def test_every_refusal_and_fault_has_its_error_and_none_shows_the_key(
    provider: LoopbackProvider,
    caplog: pytest.LogCaptureFixture,
    reply: Mapping[str, object] | Reply,
    kind: type[HindcastError],
) -> None:
    caplog.set_level(logging.DEBUG)
    provider.answer("TIME_SERIES_DAILY", reply)
    with pytest.raises(HindcastError) as caught:
        ask()
    assert type(caught.value) is kind
    assert len(caught.value.message) > 40
    require_no_key(caught.value, caplog)


def require_no_key(error: HindcastError, caplog: pytest.LogCaptureFixture) -> None:
    """Search everything a person or a log could get to see."""
    shown = "".join(traceback.format_exception(error)) + error.message + repr(error) + caplog.text
    assert "/query" in caplog.text  # the HTTP library did log the address
    for form in (KEY, quote(KEY, safe="")):
        assert form not in shown
    assert error.__context__ is None
    assert error.__cause__ is None


def test_a_stalled_answer_ends_at_the_time_out(
    provider: LoopbackProvider, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    settings.ALPHA_VANTAGE_TIMEOUT = 0.2
    provider.answer("TIME_SERIES_DAILY", Reply(body=b"{" + b" " * 1000 + b"}", stall=30))
    with pytest.raises(errors.ProviderUnreachable, match=r"did not answer within 0\.2 seconds") as caught:
        ask()
    require_no_key(caught.value, caplog)


def test_a_silent_server_ends_at_the_time_out(
    provider: LoopbackProvider, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    settings.ALPHA_VANTAGE_TIMEOUT = 0.2
    provider.answer("TIME_SERIES_DAILY", Reply(silence=30))
    with pytest.raises(errors.ProviderUnreachable, match=r"did not answer within 0\.2 seconds") as caught:
        ask()
    assert KEY not in "".join(traceback.format_exception(caught.value)) + caplog.text


def test_an_answer_that_drips_for_ever_ends(
    provider: LoopbackProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_client, "LONGEST_ANSWER", 0.05)
    provider.answer("TIME_SERIES_DAILY", Reply(body=b" " * 200_000, stall=0.2))
    with pytest.raises(errors.ProviderUnreachable):
        ask()


def test_an_oversized_answer_is_not_read_to_its_end(
    provider: LoopbackProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_client, "LARGEST_ANSWER", 2**20)
    provider.answer("TIME_SERIES_DAILY", Reply(body=b" " * 2**22))
    with pytest.raises(errors.UnexpectedAnswer, match="longer than 1 MiB"):
        ask()


def test_nobody_listening_is_said_without_the_address(
    provider: LoopbackProvider, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    settings.ALPHA_VANTAGE_BASE_URL = "http://127.0.0.1:9/query"
    with pytest.raises(errors.ProviderUnreachable, match="could not be reached") as caught:
        ask()
    assert KEY not in "".join(traceback.format_exception(caught.value)) + caplog.text
    assert caught.value.__context__ is None


def test_a_redirect_is_not_followed(provider: LoopbackProvider) -> None:
    provider.answer("TIME_SERIES_DAILY", Reply(status=307, headers={"Location": provider.address}))
    with pytest.raises(errors.UnexpectedAnswer, match="redirect"):
        ask()
    assert len(provider.requests) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Reply(status=503),
        Reply(status=429),
        Reply(body=b'{"Meta Data": {"2. Sym'),
        Reply(body=b"<html>Maintenance</html>"),
        Reply(body=b"{}", headers={"Content-Length": "500"}),
        Reply(reset=True),
        Reply(silence=30),
    ],
)
def test_after_a_fault_that_may_be_gone_the_request_is_sent_again_and_counted(
    provider: LoopbackProvider, settings: Settings, fault: Reply
) -> None:
    settings.ALPHA_VANTAGE_TIMEOUT = 0.3
    provider.answer("TIME_SERIES_DAILY", fault, fault, daily("IBM", [DAY]))
    ask()
    assert len(provider.requests) == 3
    assert ApiQuota.objects.get().used == 3


@pytest.mark.parametrize(
    "reply",
    [
        BAD_SYMBOL,
        {"Information": "Something new."},
        daily("AAPL", [DAY]),
        Reply(status=404),
        Reply(status=307, headers={"Location": "http://127.0.0.1:9/"}),
    ],
)
def test_what_will_be_refused_again_is_not_asked_again(
    provider: LoopbackProvider, reply: Mapping[str, object] | Reply
) -> None:
    provider.answer("TIME_SERIES_DAILY", reply)
    with pytest.raises(HindcastError):
        ask()
    assert len(provider.requests) == 1


def test_pauses_double_and_vary(settings: Settings) -> None:
    settings.ALPHA_VANTAGE_RETRY_SECONDS = 1
    for attempt, longest in ((1, 1), (2, 2), (3, 4)):
        pauses = {client._pause_after(attempt) for _ in range(50)}
        assert longest / 2 <= min(pauses) < max(pauses) <= longest


def test_a_probe_that_brings_data_opens_the_day(
    provider: LoopbackProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.answer("TIME_SERIES_DAILY", DAILY_QUOTA, daily("IBM", [DAY]))
    with pytest.raises(errors.DailyQuotaReached) as refusal:
        ask()
    with pytest.raises(errors.DailyQuotaReached):
        ask()
    assert len(provider.requests) == 1
    monkeypatch.setattr(timezone, "now", lambda: refusal.value.until)
    ask()
    quota = ApiQuota.objects.get()
    assert (quota.exhausted_until, quota.used) == (None, 1)
    assert quota.day_begins_at == refusal.value.until.time()


def test_a_key_echoed_beside_the_data_is_not_kept(provider: LoopbackProvider) -> None:
    answer = daily("IBM", [DAY])
    answer["Meta Data"]["1. Information"] = f"For your key {KEY}"
    provider.answer("TIME_SERIES_DAILY", answer)
    ask()
    assert KEY not in str(list(ProviderAnswer.objects.values()))


def test_a_search_names_the_best_matches_and_is_not_paid_for_twice(provider: LoopbackProvider) -> None:
    row = {
        "1. symbol": "TSCO.LON",
        "2. name": "Tesco PLC",
        "3. type": "Equity",
        "4. region": "United Kingdom",
        "8. currency": "GBX",
        "9. matchScore": "0.7273",
    }
    provider.answer("SYMBOL_SEARCH", {"bestMatches": [row]})
    client = AlphaVantage.from_settings()
    for _ in range(2):
        found = client.search("tesco", since=timezone.now() - timedelta(days=1))
        assert found == [Match(symbol="TSCO.LON", name="Tesco PLC", region="United Kingdom", currency="GBX")]
    (request,) = provider.requests
    assert request.parameters["keywords"] == "tesco"


def test_the_client_does_not_show_its_key(provider: LoopbackProvider) -> None:
    assert KEY not in repr(AlphaVantage.from_settings())


def test_the_database_holds_only_a_hash_of_the_key(provider: LoopbackProvider) -> None:
    provider.answer("TIME_SERIES_DAILY", DAILY_QUOTA)
    with pytest.raises(errors.DailyQuotaReached):
        ask()
    quota = ApiQuota.objects.get()
    assert len(quota.key_hash) == 64
    assert KEY not in str(ApiQuota.objects.values().get())


def test_after_a_burst_the_request_is_sent_again_a_little_later(
    provider: LoopbackProvider, settings: Settings
) -> None:
    settings.ALPHA_VANTAGE_BURST_SECONDS = 0.05
    provider.answer("TIME_SERIES_DAILY", BURST, BURST, daily("IBM", [DAY]))
    ask()
    assert len(provider.requests) == 3
    assert all(later.at - earlier.at >= 0.05 for earlier, later in pairwise(provider.requests))


def test_a_lasting_burst_is_given_up(provider: LoopbackProvider) -> None:
    provider.answer("TIME_SERIES_DAILY", BURST)
    with pytest.raises(errors.RateLimited):
        ask()
    assert len(provider.requests) == 3


def test_without_a_key_the_error_names_the_variable(no_key: None) -> None:
    with pytest.raises(errors.ApiKeyMissing, match="ALPHA_VANTAGE_API_KEY"):
        AlphaVantage.from_settings()
