"""What a reader is told beside the figures."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from core.formatting import signed_percent
from ingestion.bars import Bars
from ingestion.models import Instrument
from strategies.backtests.inputs import BacktestInputs
from strategies.backtests.narrative import disclosure, notices, summary
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.run import Run, compute
from strategies.backtests.service import run_backtest

pytestmark = pytest.mark.django_db


def ask(**parameters: Any) -> BacktestParameters:
    return BacktestParameters.model_validate({"symbol": "AAPL", "fast": 50, "slow": 200, **parameters})


def told(**parameters: Any) -> str:
    """The notices and the summary, with ordinary spaces."""
    document = run_backtest(ask(**parameters))
    return " ".join([document.summary, *document.notices]).replace("\N{NO-BREAK SPACE}", " ")


def computed(parameters: BacktestParameters) -> Run:
    return compute(BacktestInputs.load(parameters))


def with_fresh_bars(run: Run) -> Run:
    """The same run, whose bars have not yet been asked for their gaps."""
    return replace(run, inputs=replace(run.inputs, bars=replace(run.inputs.bars)))


def test_the_summary_stands_beside_buy_and_hold() -> None:
    document = run_backtest(ask())
    text = document.summary.replace("\N{NO-BREAK SPACE}", " ")
    assert text.startswith("From 2000-03-01 to 2013-03-01 the strategy turned 10,000 USD into 159,175 USD")
    assert "buy and hold into 145,088 USD (+1,350.9 %)" in text
    assert "more than simply holding" in text


def test_a_strategy_behind_holding_is_told_so() -> None:
    assert "less than simply holding" in told(start="2004-01-02")


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({}, "historical sample prices, not current ones"),
        ({}, "made only 6 trades"),
        ({}, "The first 199 bars of the period have no slow average yet"),
        ({"fast": 1, "slow": 2}, "The first bar of the period has no slow average yet"),
        ({"start": "1998-01-01"}, "The first stored bar is of 2000-03-01, so trading starts then"),
        ({"end": "2020-01-01"}, "The last stored bar up to 2020-01-01 is of 2013-03-01"),
        ({"start": "0001-01-01", "end": "9999-12-31"}, "trading ends then"),
        ({"start": "2012-09-01"}, "less than a year of 252"),
        ({"fill": "same_close"}, "That is optimistic"),
        ({"commission_rate": 0}, "No costs are charged"),
        ({"average": "exponential"}, "remembers where it began"),
        ({"adjustment": "none"}, "was split on 2000-06-21, 2005-02-28"),
        ({"end": "2000-12-29"}, "There was no trade: the rule never asked for a position inside the period."),
        (
            {"start": "2012-01-03", "end": "2012-06-29"},
            "There was no trade: the rule asked for its position before the period already",
        ),
        (
            {"initial_investment": 5, "fractional_shares": False, "end": "2004-01-01"},
            "less than one share and its costs",
        ),
        ({"initial_investment": 12, "fractional_shares": False}, "could not be filled: the money"),
        (
            {"start": "2009-06-01", "end": "2009-12-31", "entry": "on_state", "fill": "same_close"},
            "the same as simply holding",
        ),
        ({"commission_fixed": 20_000}, "less than the fixed commission of an order"),
        ({"initial_investment": 5, "fractional_shares": False}, "Buy and hold could not buy anything"),
    ],
)
def test_what_limits_a_run_is_said(parameters: dict[str, Any], words: str) -> None:
    assert words in told(**parameters)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"fast": 2, "slow": 4}, "weak evidence"),
        ({"start": "2004-01-03"}, "so trading starts then"),
        ({"end": "2012-12-30"}, "so trading ends then"),
        ({"start": "2004-01-02"}, "no slow average yet"),
        ({"start": "2006-01-03", "average": "exponential"}, "remembers where it began"),
        ({"start": "2006-01-03", "adjustment": "none"}, "was split"),
        ({}, "There was no trade"),
    ],
)
def test_what_does_not_limit_a_run_is_not_said(parameters: dict[str, Any], words: str) -> None:
    assert words not in told(**parameters)


def test_a_signal_on_the_last_bar_is_announced() -> None:
    first_trade = run_backtest(ask(fast=20, slow=50)).trades[1]
    whole = run_backtest(ask(fast=20, slow=50)).series.dates
    signal = whole[whole.index(first_trade.entry_date) - 1]
    assert f"The close of the last bar, {signal}, gave a signal" in told(fast=20, slow=50, end=str(signal))


def test_a_lone_signal_on_the_last_bar_is_the_reason_for_no_trade() -> None:
    document = run_backtest(ask())
    dates = document.series.dates
    signal = dates[dates.index(document.trades[0].entry_date) - 1]
    assert "the only signal came on the last bar" in told(end=str(signal))


def test_missing_sessions_and_a_provisional_bar_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    run = computed(ask())
    monkeypatch.setattr(Bars, "missing_sessions", tuple(date(2012, 3, day) for day in (5, 6, 7, 8)))
    bars = replace(run.inputs.bars, provisional=True)
    text = " ".join(notices(replace(run, inputs=replace(run.inputs, bars=bars))))
    assert (
        "4 sessions of the exchange in this period have no bar: 2012-03-05, 2012-03-06, 2012-03-07 and 1 more"
        in text
    )
    assert "fetched before its session had closed" in text


def test_growth_is_told_over_calendar_time_where_many_sessions_are_missing() -> None:
    few = " ".join(run_backtest(ask()).notices)
    assert "years of the calendar" not in few
    Instrument.objects.get(symbol=ask().symbol).bars.filter(date__week_day__in=(2, 3)).delete()
    document = run_backtest(ask())
    (notice,) = [notice for notice in document.notices if "years of the calendar" in notice]
    dates, metrics = document.series.dates, document.metrics
    years = (dates[-1] - dates[0]).days / 365.25
    growth = (1 + (metrics.total_return or 0)) ** (1 / years) - 1
    assert f"the return is {signed_percent(growth, 2)} a year" in notice
    assert abs(growth) < abs(metrics.cagr or 0)


def test_sessions_missing_before_the_period_are_not_its_concern(monkeypatch: pytest.MonkeyPatch) -> None:
    run = computed(ask(start="2012-04-02"))
    monkeypatch.setattr(Bars, "missing_sessions", (date(2012, 3, 5),))
    assert "no bar" not in " ".join(notices(with_fresh_bars(run)))


def test_a_run_without_trades_is_summed_up_as_such() -> None:
    assert "never traded and kept its 10,000" in summary(computed(ask(end="2000-12-29"))).replace("\xa0", " ")


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({}, "at the open of the day after its signal"),
        ({}, "Dividends are not counted"),
        ({"fill": "same_close"}, "which no order can rely on"),
        ({"adjustment": "splits_and_dividends"}, "Dividends are counted as reinvested"),
        ({"commission_rate": 0.0025, "slippage_bps": 7}, "0.250 % of its amount"),
        ({"slippage_bps": 7}, "7 basis points of slippage"),
    ],
)
def test_the_disclosure_tells_what_was_assumed(parameters: dict[str, Any], words: str) -> None:
    text = disclosure(computed(ask(**parameters))).replace("\N{NO-BREAK SPACE}", " ")
    assert "hypothetical" in text
    assert "hindsight" in text
    assert words in text
