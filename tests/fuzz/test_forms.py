"""No question makes a form fail: it is answered or refused with messages, and nothing is stored half."""

from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from core.errors import HindcastError
from core.stored_result import StoredResult
from dashboard.forms import BacktestForm, FetchForm, ForecastForm
from dashboard.forms.base import ParametersForm
from dashboard.forms.range_field import RangeField
from dashboard.forms.sweep import SweepForm
from forecasting.forecasts.service import issue_forecast
from forecasting.models import Forecast
from jobs.models import Job
from strategies.backtests.service import run_backtest
from strategies.models import Backtest, ParameterSweep
from strategies.sweeps.service import run
from tests.fuzz import QUIETLY, STORING, forgotten, require_words

pytestmark = pytest.mark.django_db

NUMBERS = st.one_of(
    st.integers(-5, 400).map(str),
    st.integers().map(str),
    st.floats().map(str),
    st.decimals().map(str),
    st.sampled_from(
        [
            "",
            "1e5",
            "1_000",
            "1,5",
            "\u0661\u0662",
            "0x10",
            "1e-400",
            "\uff11\uff12",
            "+7",
            "--7",
            "1e999999999",
        ]
    ),
)
SMALL = st.integers(1, 60)
RANGES = st.one_of(
    SMALL.map(str),
    st.tuples(SMALL, SMALL).map(lambda ends: f"{ends[0]}-{ends[1]}"),
    st.tuples(SMALL, SMALL, SMALL).map(lambda parts: f"{parts[0]} to {parts[1]} by {parts[2]}"),
    st.lists(NUMBERS, max_size=4).map(", ".join),
    st.sampled_from(
        ["1-999999999", "5-", "-", "1-2-3", "1..9", "9-1", "1-9 step 0", "1 to 2 by 0.0000001", ",,,"]
    ),
)
DAYS = st.one_of(
    st.dates().map(str),
    st.sampled_from(["", "2009-02-30", "0000-00-00", "2009-1-1", "99999-01-01", "2004-02-29T00:00"]),
)
TEXTS = st.text(max_size=40)
DAY_FIELDS = {"start", "end", "as_of"}


def _questions(form: type[ParametersForm[Any]]) -> st.SearchStrategy[dict[str, str]]:
    """Return questions in which most fields are plausible, and any may be anything."""
    fields: dict[str, st.SearchStrategy[str]] = {}
    for name, field in form.base_fields.items():
        choices = [str(value) for value, _ in getattr(field, "choices", [])]
        if choices:
            plausible: st.SearchStrategy[str] = st.sampled_from(choices)
        elif isinstance(field, RangeField):
            plausible = RANGES
        else:
            plausible = DAYS if name in DAY_FIELDS else NUMBERS
        fields[name] = st.one_of(plausible, plausible, plausible, plausible, plausible, TEXTS)
    fields["symbol"] = st.one_of(st.sampled_from(["AAPL", "AAPL", "IBM", "aapl ", "ZZZZ"]), TEXTS)
    return st.fixed_dictionaries({}, optional=fields)


def _query(question: dict[str, str]) -> QueryDict:
    query = QueryDict(mutable=True)
    query.update(question)
    return query


def _require_an_answer_or_messages(form: ParametersForm[Any]) -> None:
    assert form.is_valid() == (not form.errors)
    if form.is_valid():
        assert form.parameters == type(form.parameters).model_validate(form.parameters.model_dump())
        return
    assert all(str(message) for messages in form.errors.values() for message in messages)


@QUIETLY
@given(question=_questions(BacktestForm))
def test_the_form_of_backtests_takes_a_question_or_says_what_is_wrong(question: dict[str, str]) -> None:
    _require_an_answer_or_messages(BacktestForm.from_query(_query(question)))


@QUIETLY
@given(question=_questions(SweepForm))
def test_the_form_of_sweeps_takes_a_question_or_says_what_is_wrong(question: dict[str, str]) -> None:
    _require_an_answer_or_messages(SweepForm.from_query(_query(question)))


@QUIETLY
@given(question=_questions(ForecastForm))
def test_the_form_of_forecasts_takes_a_question_or_says_what_is_wrong(question: dict[str, str]) -> None:
    _require_an_answer_or_messages(ForecastForm.from_query(_query(question)))


@QUIETLY
@given(symbol=TEXTS)
def test_the_form_of_fetches_takes_a_symbol_or_says_what_is_wrong(symbol: str) -> None:
    form = FetchForm({"symbol": symbol})
    assert form.is_valid() or form.errors


@STORING
@given(question=_questions(BacktestForm))
def test_no_question_makes_a_form_fail(question: dict[str, str]) -> None:
    with forgotten():
        form = BacktestForm.from_query(_query(question))
        document = form.result_of(run_backtest)
        if document is None:
            assert any(form.errors.values())
            assert not Backtest.objects.exists()
        else:
            assert Backtest.objects.filter(pk=document.id).exists()
            assert document.metrics.final_equity >= 0
        assert str(form)


@STORING
@given(question=_questions(ForecastForm))
def test_no_question_makes_a_forecast_fail(question: dict[str, str]) -> None:
    with forgotten():
        form = ForecastForm.from_query(_query(question))
        try:
            document = form.result_of(issue_forecast)
        except HindcastError as refusal:
            require_words(refusal)
            document = None
        assert Forecast.objects.exists() == (document is not None)
        assert str(form)


@STORING
@given(question=_questions(SweepForm))
def test_no_question_makes_a_sweep_fail(question: dict[str, str]) -> None:
    with forgotten():
        form = SweepForm.from_query(_query(question))
        result = form.result_of(run)
        assert ParameterSweep.objects.exists() == isinstance(result, StoredResult)
        assert Job.objects.exists() == isinstance(result, Job)
        assert str(form)
