"""The figures of a part of a run, on the page."""

from datetime import date

import pytest
from django.test import Client

from core.formatting import percent, signed_percent
from dashboard.tests.html import markup_of, words_of
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.service import run_backtest
from strategies.backtests.stretch import measure_stretch

pytestmark = pytest.mark.django_db


def test_the_figures_of_two_days_stand_beside_buy_and_hold(reader: Client) -> None:
    run = run_backtest(BacktestParameters(symbol="AAPL", fast=20, slow=50))
    page = markup_of(reader.get(run.links.page))
    (form,) = page.all("form", aria_label="Figures of a stretch")
    assert form.attributes["action"] == f"/backtests/{run.id}/stretch/"
    days = {"start": "2004-01-01", "end": "2009-12-31"}
    part = reader.get(form.attributes["action"], days, headers={"HX-Request": "true"})
    found = measure_stretch(run, start=date(2004, 1, 1), end=date(2009, 12, 31))
    words = words_of(part)
    assert "2004-01-02 to 2009-12-31" in words
    for figures in (found.strategy, found.benchmark):
        assert percent(figures.total_return).replace("\N{NO-BREAK SPACE}", " ") in words
        assert percent(figures.max_drawdown).replace("\N{NO-BREAK SPACE}", " ") in words
    assert found.without_best_trades
    left = signed_percent(found.without_best_trades.total_return).replace("\N{NO-BREAK SPACE}", " ")
    assert f"Without its best 5 trades it returned {left}." in words
    assert not markup_of(part).all("h1")
    assert markup_of(reader.get(form.attributes["action"], days)).all("h1")


@pytest.mark.parametrize(
    "days", [{}, {"start": "soon", "end": "2009-12-31"}, {"start": "2020-01-01", "end": "2021-01-01"}]
)
def test_days_that_are_none_or_have_no_bars_are_told(reader: Client, days: dict[str, str]) -> None:
    run = run_backtest(BacktestParameters(symbol="AAPL", fast=20, slow=50))
    url = f"/backtests/{run.id}/stretch/"
    assert reader.get(url, days).status_code == 422
    part = reader.get(url, days, headers={"HX-Request": "true"})
    assert part.status_code == 422
    page = markup_of(part)
    assert page.one("p", role="alert").text.strip()
    assert page.by_id("stretch-start").attributes["value"] == days.get("start", "")
