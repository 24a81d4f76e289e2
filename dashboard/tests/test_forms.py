"""What a person who fills in a form may rely on."""

import json
import re
from datetime import date
from urllib.parse import urlencode

import pytest
from crispy_forms.utils import render_crispy_form
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core.errors import InvalidInput
from dashboard.forms import BacktestForm, FetchForm, ForecastForm
from forecasting.parameters import ForecastParameters, ModelKind
from ingestion.bars import Adjustment
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.service import run_backtest
from strategies.engine.enums import (
    Average,
    Direction,
    Entry,
    Fill,
    Rule,
)

pytestmark = pytest.mark.django_db


def _backtest(query: str) -> BacktestForm:
    return BacktestForm.from_query(QueryDict(query))


def test_a_symbol_alone_asks_for_the_defaults() -> None:
    form = _backtest("symbol=aapl")
    assert form.is_valid(), form.errors
    assert form.parameters == BacktestParameters(symbol="AAPL")


def test_every_field_reaches_its_parameter() -> None:
    form = _backtest(
        "symbol=MSFT&start=2005-01-03&end=2010-12-31&initial_investment=2500&rule=triple_ma"
        "&average=exponential&fast=12&middle=20&slow=26&signal=7&band_percent=1.5"
        "&commission_percent=0.07&entry=on_state&direction=long_short&fill=same_close"
        "&stop_loss_percent=5&take_profit_percent=120&trailing_stop_percent=7.5"
        "&slippage_bps=5&commission_fixed=1.5&position_percent=50&fractional_shares=false"
        "&risk_free_percent=3&adjustment=none&compare_with=ibm"
    )
    assert form.is_valid(), form.errors
    assert form.parameters == BacktestParameters(
        symbol="MSFT",
        start=date(2005, 1, 3),
        end=date(2010, 12, 31),
        initial_investment=2500,
        rule=Rule.TRIPLE_MA,
        average=Average.EXPONENTIAL,
        fast=12,
        middle=20,
        slow=26,
        signal=7,
        band=0.015,
        direction=Direction.LONG_SHORT,
        stop_loss=0.05,
        take_profit=1.2,
        trailing_stop=0.075,
        compare_with="IBM",
        commission_rate=0.0007,
        entry=Entry.ON_STATE,
        fill=Fill.SAME_CLOSE,
        slippage_bps=5,
        commission_fixed=1.5,
        position_size=0.5,
        fractional_shares=False,
        risk_free_rate=0.03,
        adjustment=Adjustment.NONE,
    )


class TestStoredParameters(TestCase):
    """What is stored comes back: the form of a run asks for that very run."""

    @given(
        commission=st.integers(0, 2000),
        position=st.integers(1, 10_000),
        risk_free=st.integers(-1000, 10_000),
        cash=st.integers(1, 10**9),
        fast=st.integers(1, 500),
    )
    def test_a_form_showing_parameters_asks_for_them_again(
        self, commission: int, position: int, risk_free: int, cash: int, fast: int
    ) -> None:
        parameters = BacktestParameters(
            symbol="IBM",
            start=date(2004, 2, 29),
            initial_investment=cash / 100,
            fast=fast,
            slow=fast + 1,
            commission_rate=commission / 10_000,
            position_size=position / 10_000,
            risk_free_rate=risk_free / 10_000,
            stop_loss=position / 10_000,
        )
        shown = BacktestForm.showing(parameters)
        again = BacktestForm({field.name: field.value() for field in shown})
        assert again.is_valid(), again.errors
        assert again.parameters == parameters


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("symbol=AAPL&fast=50&slow=20", "slow", "longer than the fast one, 50 bars"),
        ("symbol=AAPL&fast=0", "fast", "from 1 to 1,000"),
        ("symbol=AAPL&fast=", "fast", "Give a whole number."),
        ("symbol=AAPL&fast=2.5", "fast", "Give a whole number."),
        ("symbol=AAPL&initial_investment=-1", "initial_investment", "from 0.01"),
        ("symbol=AAPL&initial_investment=nan", "initial_investment", "Give a number"),
        ("symbol=AAPL&initial_investment=1e400", "initial_investment", "from 0.01 to 1,000,000,000,000"),
        ("symbol=AAPL&start=2012-01-01&end=2011-01-01", "end", "after the first day, 2012-01-01"),
        ("symbol=AAPL&start=yesterday", "start", "year-month-day"),
        ("symbol=AAPL&commission_percent=21", "commission_percent", "a percentage from 0 to 20."),
        ("symbol=AAPL&commission_percent=1e1000000000", "commission_percent", "a percentage from 0 to 20."),
        ("symbol=AAPL&position_percent=0", "position_percent", "a percentage above 0 and up to 100."),
        ("symbol=AAPL&risk_free_percent=-11", "risk_free_percent", "a percentage from -10 to 100."),
        ("symbol=AAPL&slippage_bps=-1", "slippage_bps", "from 0 to 1,000"),
        ("symbol=AAPL&average=median", "average", "Select a valid choice"),
        ("symbol=AAPL&rule=guess", "rule", "Select a valid choice"),
        ("symbol=AAPL&rule=macd&signal=1", "signal", "from 2 to 1,000"),
        ("symbol=AAPL&rule=triple_ma&middle=20", "middle", "longer than the fast one, 20 bars"),
        ("symbol=AAPL&rule=ma_envelope&band_percent=51", "band_percent", "a percentage from 0 to 50."),
        ("symbol=AAPL&stop_loss_percent=0", "stop_loss_percent", "a percentage above 0 and up to 100."),
        ("symbol=AAPL&compare_with=AAPL", "compare_with", "another symbol than AAPL"),
    ],
)
def test_an_error_is_told_at_its_field_in_the_fields_own_unit(query: str, field: str, message: str) -> None:
    form = _backtest(query)
    assert not form.is_valid()
    assert list(form.errors) == [field]
    assert message in form.errors[field][0]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("symbol=NOPE", "symbol"),
        ("symbol=AAPL&compare_with=NOPE", "compare_with"),
        ("symbol=AAPL&start=2050-01-01", "start"),
        ("symbol=AAPL&end=1990-01-01", "end"),
        ("symbol=FB&fast=100&slow=900", "slow"),
    ],
)
def test_what_the_data_refuse_is_told_at_its_field(query: str, field: str) -> None:
    form = _backtest(query)
    assert form.result_of(run_backtest) is None
    assert list(form.errors) == [field]


def test_an_error_about_no_field_is_told_of_the_form_as_a_whole() -> None:
    def refuse(parameters: BacktestParameters) -> None:
        raise InvalidInput("Not today.", field="nothing_shown")

    form = _backtest("symbol=AAPL")
    assert form.result_of(refuse) is None
    assert form.non_field_errors() == ["Not today."]


def test_settings_that_few_change_are_open_where_they_differ_or_are_wrong() -> None:
    assert not _backtest("symbol=AAPL")._more_is_open()
    assert _backtest("symbol=AAPL&slippage_bps=5")._more_is_open()
    assert not BacktestForm.showing(BacktestParameters(symbol="AAPL"))._more_is_open()
    assert BacktestForm.showing(BacktestParameters(symbol="AAPL", position_size=0.5))._more_is_open()


def _hidden(form: BacktestForm) -> set[str]:
    """The fields of the form that are not shown, as crispy wraps them."""
    page = render_crispy_form(form)
    return set(re.findall(r'id="div_id_(\w+)"[^>]*\bis-unused\b', page))


@pytest.mark.parametrize(
    ("query", "hidden"),
    [
        ("symbol=AAPL", {"middle", "signal", "band_percent"}),
        ("symbol=AAPL&rule=macd", {"average", "middle", "band_percent"}),
        ("symbol=AAPL&rule=ma_envelope", {"fast", "middle", "signal"}),
        ("symbol=AAPL&rule=guess", {"middle", "signal", "band_percent"}),
        # What is wrong is shown, or nobody could mend it.
        ("symbol=AAPL&signal=1", {"middle", "band_percent"}),
    ],
)
def test_only_what_the_chosen_rule_uses_is_shown(query: str, hidden: set[str]) -> None:
    form = _backtest(query)
    form.is_valid()
    assert _hidden(form) == hidden


def test_every_preset_of_every_rule_fills_in_a_form_that_can_be_run() -> None:
    rules = _backtest("symbol=AAPL").rules
    assert [rule.key for rule in rules if not rule.presets] == ["custom"]
    for rule in rules:
        for preset in rule.presets:
            form = _backtest(urlencode({"symbol": "AAPL", "rule": rule.key, **json.loads(preset.fill)}))
            assert form.is_valid(), (preset.title, form.errors)


def test_a_forecast_is_asked_for_with_its_day_of_issue_and_model() -> None:
    form = ForecastForm.from_query(QueryDict("symbol=ibm&horizon=10&as_of=2012-03-01&model=symbol"))
    assert form.is_valid(), form.errors
    assert form.parameters == ForecastParameters(
        symbol="IBM", horizon=10, as_of=date(2012, 3, 1), model=ModelKind.SYMBOL
    )


def test_a_forecast_too_far_ahead_is_refused_at_its_field() -> None:
    form = ForecastForm.from_query(QueryDict("symbol=IBM&horizon=61"))
    assert not form.is_valid()
    assert form.errors == {"horizon": ["Give a whole number of sessions from 1 to 60."]}


@pytest.mark.parametrize(("text", "symbol"), [(" nvda ", "NVDA"), ("brk.b", "BRK.B")])
def test_a_symbol_to_fetch_is_put_into_capitals(text: str, symbol: str) -> None:
    form = FetchForm({"symbol": text})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["symbol"] == symbol


@pytest.mark.parametrize("text", ["", "???", "A" * 16, "AAPL;DROP"])
def test_what_is_no_symbol_is_not_fetched(text: str) -> None:
    form = FetchForm({"symbol": text})
    assert not form.is_valid()
    assert list(form.errors) == ["symbol"]
