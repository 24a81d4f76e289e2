"""The combined report joins what the other services compute, and judges the look back honestly."""

from datetime import date, timedelta

import pytest

from core.errors import NotFound
from dashboard.reports.combined import combined_report, look_back_result
from dashboard.reports.parameters import ReportChoice
from forecasting.forecasts.service import issue_forecast
from forecasting.parameters import ForecastParameters
from forecasting.schemas import ForecastDocument
from ingestion.models import DailyBar
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.service import run_backtest

pytestmark = pytest.mark.django_db


@pytest.fixture
def look_back() -> ForecastDocument:
    return issue_forecast(ForecastParameters(symbol="AAPL", as_of=date(2013, 1, 16)))


def test_its_parts_are_the_default_backtest_and_the_newest_forecast() -> None:
    report = combined_report("aapl")
    assert report.symbol == "AAPL"
    assert report.backtest == run_backtest(BacktestParameters(symbol="AAPL"))
    assert report.forecast == issue_forecast(ForecastParameters(symbol="AAPL"))


def test_the_look_back_ends_on_the_last_bar() -> None:
    report = combined_report("AAPL")
    assert report.look_back is not None
    assert report.look_back_result is not None
    assert report.look_back.points[-1].date == report.forecast.issued_on
    assert report.look_back_result.sessions == len(report.look_back.points) == 30


def test_the_same_question_on_the_same_data_is_the_same_report() -> None:
    assert combined_report("AAPL") == combined_report("AAPL")
    assert combined_report("AAPL").id != combined_report("AAPL", ReportChoice(initial_investment=500)).id


def test_a_close_on_the_edge_of_a_band_is_inside(look_back: ForecastDocument) -> None:
    edges = [point.model_copy(update={"actual": point.high_80}) for point in look_back.points]
    result = look_back_result(look_back.model_copy(update={"points": edges}))
    assert result is not None
    assert (result.inside_80, result.inside_95) == (30, 30)
    outside = [point.model_copy(update={"actual": point.high_80 + 0.01}) for point in look_back.points]
    result = look_back_result(look_back.model_copy(update={"points": outside}))
    assert result is not None
    assert (result.inside_80, result.inside_95) == (0, 30)


def test_errors_are_shares_of_the_close_at_issue(look_back: ForecastDocument) -> None:
    price = look_back.last_close
    points = [
        point.model_copy(update={"median": price * 1.02, "actual": price * 0.97})
        for point in look_back.points
    ]
    result = look_back_result(look_back.model_copy(update={"points": points}))
    assert result is not None
    assert result.mean_absolute_error == pytest.approx(0.05)
    assert result.random_walk_error == pytest.approx(0.03)
    assert "5.0 %" in " ".join(result.sentence.split())
    assert "3.0 %" in " ".join(result.sentence.split())


def test_only_closes_that_came_are_judged(look_back: ForecastDocument) -> None:
    half = [
        point if place < 10 else point.model_copy(update={"actual": None})
        for place, point in enumerate(look_back.points)
    ]
    result = look_back_result(look_back.model_copy(update={"points": half}))
    assert result is not None
    assert result.sessions == 10
    none = [point.model_copy(update={"actual": None}) for point in look_back.points]
    assert look_back_result(look_back.model_copy(update={"points": none})) is None


def test_a_history_too_short_for_a_look_back_says_so() -> None:
    first = DailyBar.objects.filter(instrument__symbol="FB").order_by("date").values_list("date", flat=True)
    DailyBar.objects.filter(instrument__symbol="FB", date__gt=first[0] + timedelta(days=110)).delete()
    report = combined_report("FB")
    assert report.look_back is None
    assert report.look_back_result is None
    assert report.links.look_back is None
    assert "no look back" in report.notices[0]


def test_an_unknown_symbol_is_not_found() -> None:
    with pytest.raises(NotFound, match="NOPE"):
        combined_report("NOPE")
