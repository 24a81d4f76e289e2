"""No question makes a form fail: it is answered or refused with messages, and nothing is stored half."""

from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.forms import BacktestForm, ForecastForm
from dashboard.forms.parameters import ParametersForm
from strategies.models import Backtest
from strategies.running import run_backtest
from tests.fuzz import EXAMPLES

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
DAYS = st.one_of(
    st.dates().map(str),
    st.sampled_from(["", "2009-02-30", "0000-00-00", "2009-1-1", "99999-01-01", "2004-02-29T00:00"]),
)
TEXTS = st.text(max_size=40)


def _questions(form: type[ParametersForm[Any]]) -> st.SearchStrategy[dict[str, str]]:
    """Return questions in which most fields are plausible, and any may be anything."""
    fields: dict[str, st.SearchStrategy[str]] = {}
    for name, field in form.base_fields.items():
        choices = [str(value) for value, _ in getattr(field, "choices", [])]
        plausible = st.sampled_from(choices) if choices else DAYS if name in {"start", "end"} else NUMBERS
        fields[name] = st.one_of(plausible, plausible, plausible, TEXTS)
    fields["symbol"] = st.one_of(st.sampled_from(["AAPL", "IBM", "aapl ", "ZZZZ"]), TEXTS)
    return st.fixed_dictionaries({}, optional=fields)


def _query(question: dict[str, str]) -> QueryDict:
    query = QueryDict(mutable=True)
    query.update(question)
    return query


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(question=_questions(BacktestForm))
def test_no_question_makes_a_form_fail(question: dict[str, str]) -> None:
    form = BacktestForm.from_query(_query(question))
    before = Backtest.objects.count()
    document = form.answered_by(run_backtest)
    if document is None:
        assert any(form.errors.values())
        assert Backtest.objects.count() == before
    else:
        assert Backtest.objects.filter(pk=document.id).exists()
        assert document.metrics.final_equity >= 0
    str(form)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(question=_questions(ForecastForm))
def test_no_question_makes_the_form_of_forecasts_fail(question: dict[str, str]) -> None:
    form = ForecastForm.from_query(_query(question))
    assert form.is_valid() or any(form.errors.values())
    str(form)
