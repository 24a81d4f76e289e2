"""No answer of the provider makes the parser fail otherwise than by one of its own errors."""

import copy
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import HindcastError
from ingestion.providers.alpha_vantage.client import AlphaVantage
from ingestion.store.validation import validated_bars
from ingestion.tests.conftest import provider as provider  # noqa: PLC0414 - a fixture
from ingestion.tests.fake_provider import LoopbackProvider, Reply, daily, dividends, splits, weekdays
from tests.fuzz import EXAMPLES, QUIETLY, forgotten

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


@settings(QUIETLY, max_examples=max(40, EXAMPLES // 2))
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
    with forgotten(), suppress(HindcastError):
        asked[function]()
