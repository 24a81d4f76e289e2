"""No answer of the provider makes the parser fail otherwise than by one of its own errors."""

import copy
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.errors import InvalidBars
from ingestion.models import DailyBar, Instrument
from ingestion.providers.alpha_vantage import AlphaVantage
from ingestion.tests.conftest import provider as provider  # noqa: PLC0414 - a fixture
from ingestion.tests.loopback_provider import LoopbackProvider, Reply, daily, dividends, splits, weekdays
from ingestion.validation import BarText, validated_bars
from jobs.errors import HindcastError
from tests.fuzz import EXAMPLES

pytestmark = pytest.mark.django_db

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        ["NaN", "1e999", "-1", "0", "2024-02-30", "None", "\uff11.5", "Infinity", "1,000", "IBM"]
    ),
)


def _containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3))


ANYTHING = st.recursive(SCALARS, _containers)
DAYS = weekdays(date(2026, 11, 20), 4)
ANSWERS: dict[str, dict[str, Any]] = {
    "TIME_SERIES_DAILY": daily("IBM", DAYS),
    "SPLITS": splits("IBM", ("2024-01-02", "2.0")),
    "DIVIDENDS": dividends("IBM", ("2024-01-02", "0.5")),
}


@st.composite
def _damaged(draw: st.DrawFn) -> tuple[str, bytes | dict[str, Any]]:
    """Return a function's name and an answer to it that is right but for a few places, or not at all."""
    function = draw(st.sampled_from(sorted(ANSWERS)))
    if draw(st.integers(0, 9)) == 0:
        return function, draw(st.binary(max_size=60))
    answer = copy.deepcopy(ANSWERS[function])
    for _ in range(draw(st.integers(1, 3))):
        _damage(draw, answer)
    return function, answer


def _damage(draw: st.DrawFn, answer: Any) -> None:
    """Replace, remove or add something in a random place."""
    place = answer
    while True:
        keys: list[Any] = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        key = draw(st.sampled_from(keys))
        inner = place[key]
        if not isinstance(inner, dict | list) or draw(st.integers(0, 3)) == 0:
            break
        place = inner
    if draw(st.booleans()):
        place[key] = draw(ANYTHING)
    else:
        del place[key]


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(damaged=_damaged())
def test_no_answer_of_the_provider_makes_the_parser_fail(
    damaged: tuple[str, bytes | dict[str, Any]], provider: LoopbackProvider
) -> None:
    function, answer = damaged
    provider.answer(function, Reply(body=answer) if isinstance(answer, bytes) else answer)
    client = AlphaVantage.from_settings()
    asked: dict[str, Callable[[], object]] = {
        "TIME_SERIES_DAILY": lambda: validated_bars(client.daily_bars("IBM", outputsize="compact").rows),
        "SPLITS": lambda: client.splits("IBM"),
        "DIVIDENDS": lambda: client.dividends("IBM"),
    }
    before = (Instrument.objects.count(), DailyBar.objects.count())
    with suppress(HindcastError):
        asked[function]()
    assert (Instrument.objects.count(), DailyBar.objects.count()) == before


VALUES = st.one_of(
    st.decimals(min_value=-10, max_value=10**13).map(str),
    st.floats().map(str),
    st.text(max_size=12),
    st.sampled_from(["1", "2", "1.5", "0", "-1", "NaN", "1e999999999", "\uff19", "1e-9"]),
)


@settings(max_examples=EXAMPLES * 5, deadline=None)
@given(
    rows=st.lists(
        st.builds(
            BarText,
            place=st.just("line 1"),
            date=st.one_of(st.dates().map(str), st.text(max_size=12)),
            open=VALUES,
            high=VALUES,
            low=VALUES,
            close=VALUES,
            volume=st.one_of(st.integers().map(str), VALUES),
        ),
        max_size=4,
    )
)
def test_rows_become_possible_bars_or_are_refused(rows: list[BarText]) -> None:
    try:
        bars = validated_bars(rows)
    except InvalidBars:
        return
    for bar in bars:
        assert 0 < bar.low <= min(bar.open, bar.close)
        assert max(bar.open, bar.close) <= bar.high
        assert 0 <= bar.volume < 2**63
    assert [bar.date for bar in bars] == sorted({bar.date for bar in bars})
