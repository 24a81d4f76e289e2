"""What a reader of the charts may rely on: nothing essential is thinned away, nothing is made up."""

import inspect
import json
import math
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import bokeh
import numpy as np
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from core.formatting import money, ratio
from dashboard.charts import forecast
from dashboard.charts.backtest_columns import backtest_columns, backtest_detail
from dashboard.charts.columns import MAX_CANDLES, MAX_POINTS, days_since_epoch, group_starts, thinned
from dashboard.charts.registry import SKELETONS
from dashboard.charts.sparkline import HEIGHT, WIDTH, sparkline_path
from dashboard.presenters.chart_texts import describe_backtest
from dashboard.presenters.table_rows import equity_rows
from forecasting.forecasts.service import issue_forecast
from forecasting.parameters import ForecastParameters
from forecasting.schemas import ForecastDocument
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.schemas import BacktestDocument
from strategies.backtests.service import run_backtest
from strategies.engine.enums import Entry, Rule
from strategies.engine.indicators import Panel
from strategies.engine.rules import BUILT_IN

EPOCH = date(1970, 1, 1)


@pytest.fixture
def run(db: None) -> BacktestDocument:
    return run_backtest(BacktestParameters(symbol="AAPL"))


@pytest.fixture
def look_back(db: None) -> ForecastDocument:
    return issue_forecast(ForecastParameters(symbol="AAPL", as_of=date(2012, 12, 3)))


@given(
    lines=st.integers(1, 3),
    bars=st.integers(2, 400),
    limit=st.integers(20, 100),
    seed=st.integers(0, 2**32 - 1),
)
def test_thinning_keeps_ends_and_extremes_within_the_limit(
    lines: int, bars: int, limit: int, seed: int
) -> None:
    values = list(np.random.default_rng(seed).normal(size=(lines, bars)))
    kept = thinned(values, limit)
    assert len(kept) <= max(limit, 2)
    assert (np.diff(kept) > 0).all()
    assert kept[0] == 0
    assert kept[-1] == bars - 1
    for line in values:
        assert {line.argmin(), line.argmax()} <= set(kept)


def test_a_short_line_is_not_thinned() -> None:
    assert thinned([np.arange(float(MAX_POINTS))]).tolist() == list(range(MAX_POINTS))


@given(bars=st.integers(1, 3000), limit=st.integers(5, 100), data=st.data())
def test_groups_of_bars_hold_every_bar_once_and_show_what_is_in_view_finely(
    bars: int, limit: int, data: st.DataObject
) -> None:
    first = data.draw(st.integers(0, bars - 1))
    after = data.draw(st.integers(first + 1, bars))
    starts = group_starts(bars, np.arange(first, after), limit)
    assert starts[0] == 0
    assert (np.diff(starts) > 0).all()
    assert starts[-1] < bars
    assert first in starts
    assert after in {*starts.tolist(), bars}
    assert limit / 2 < np.sum((starts >= first) & (starts < after)) <= limit or after - first <= limit / 2


def test_the_columns_of_a_run_are_values_of_its_document(run: BacktestDocument) -> None:
    columns = backtest_columns(run, detail_address="/detail/")
    at = {day: index for index, day in enumerate(days_since_epoch(run.series.dates).tolist())}
    price, equity = columns.sources["price"], columns.sources["equity"]
    assert len(price["day"]) <= MAX_POINTS < len(run.series.dates)
    for source, name, values, decimals in (
        (price, "close", run.series.close, 4),
        (price, "indicator_2", run.series.indicators[1].values, 4),
        (equity, "equity", run.series.equity, 2),
        (equity, "benchmark", run.series.benchmark_equity, 2),
        (columns.sources["drawdown"], "drawdown", run.series.drawdown, 4),
    ):
        for day, shown in zip(source["day"], source[name], strict=True):
            value = values[at[int(day or 0)]]
            expected = pytest.approx(np.nan if value is None else value, abs=10.0**-decimals, nan_ok=True)
            assert shown == expected
    assert round(max(run.series.equity), 2) in equity["equity"]
    assert round(run.metrics.max_drawdown, 4) in columns.sources["drawdown"]["drawdown"]
    assert columns.labels["price.indicator_1"] == "Simple 20"
    assert columns.labels["price.indicator_2"] == "Simple 50"
    assert columns.labels["price.indicator_3"] == ""
    assert columns.bases == {"equity": run.parameters.initial_investment}


def test_a_rule_with_an_oscillator_draws_it_in_its_own_panel(db: None) -> None:
    document = run_backtest(BacktestParameters(symbol="FB", rule=Rule.MACD, fast=12, slow=26))
    columns = backtest_columns(document, detail_address="")
    lines = [line for line in document.series.indicators if line.panel == Panel.OSCILLATOR]
    assert lines
    for number, line in enumerate(lines, start=1):
        assert columns.labels[f"oscillator.indicator_{number}"] == line.label
        drawn = columns.sources["oscillator"][f"indicator_{number}"]
        expected = [np.nan if value is None else value for value in line.values]
        assert drawn == pytest.approx(expected, abs=1e-4, nan_ok=True)
    assert columns.labels["price.indicator_1"] == ""


@pytest.mark.parametrize("rule", BUILT_IN)
def test_every_line_of_every_rule_has_a_column(db: None, rule: Rule) -> None:
    document = run_backtest(BacktestParameters(symbol="FB", rule=rule))
    columns = backtest_columns(document, detail_address="")
    shown = {label for key, label in columns.labels.items() if ".indicator_" in key and label}
    assert shown == {line.label for line in document.series.indicators}


def test_a_compared_symbol_and_the_rolling_figures_are_drawn(db: None) -> None:
    document = run_backtest(BacktestParameters(symbol="FB", compare_with="IBM"))
    columns = backtest_columns(document, detail_address="")
    assert columns.labels["compared"] == "IBM"
    assert columns.sources["equity"]["compared"] == pytest.approx(document.series.comparison_equity, abs=0.01)
    for column, values in (
        ("sharpe", document.series.rolling_sharpe),
        ("beta", document.series.rolling_beta),
    ):
        expected = [np.nan if value is None else value for value in values]
        assert not all(np.isnan(expected))
        assert columns.sources["rolling"][column] == pytest.approx(expected, abs=0.01, nan_ok=True)


def test_rolling_figures_stand_in_the_summary_and_the_table_of_the_chart(run: BacktestDocument) -> None:
    betas = [value for value in run.series.rolling_beta if value is not None]
    assert f"the beta to buy and hold between {min(betas):.2f} and {max(betas):.2f}" in describe_backtest(run)
    newest, oldest = equity_rows(run)[0], equity_rows(run)[-1]
    assert (newest.sharpe, newest.beta) == (
        ratio(run.series.rolling_sharpe[-1]),
        ratio(run.series.rolling_beta[-1]),
    )
    assert oldest.day[:4] == str(run.period.start.year)
    short = run_backtest(BacktestParameters(symbol="FB", start=date(2012, 9, 3), end=date(2012, 12, 3)))
    assert "at a time" not in describe_backtest(short)


def test_candles_sum_up_the_bars_of_a_long_run(run: BacktestDocument) -> None:
    candles = backtest_columns(run, detail_address="").sources["bars"]
    assert MAX_CANDLES / 2 < len(candles["day"]) <= MAX_CANDLES
    assert candles["open"][0] == run.series.open[0]
    assert candles["close"][-1] == run.series.close[-1]
    assert max(value or 0 for value in candles["high"]) == max(run.series.high)
    assert min(value or 0 for value in candles["low"]) == min(run.series.low)
    size = math.ceil(len(run.series.dates) / MAX_CANDLES)
    assert candles["volume"][0] == round(sum(run.series.volume[:size]) / size)
    rising = [close >= open_ for open_, close in zip(candles["open"], candles["close"], strict=True)]  # type: ignore[operator]
    assert [not np.isnan(value) for value in candles["rising_close"]] == rising  # type: ignore[arg-type]
    assert [np.isnan(value) for value in candles["falling_close"]] == rising  # type: ignore[arg-type]


def test_every_trade_is_marked_and_an_open_one_has_no_exit(db: None) -> None:
    document = run_backtest(BacktestParameters(symbol="IBM", entry=Entry.ON_STATE))
    assert [trade.open for trade in document.trades].count(True) == 1
    sources = backtest_columns(document, detail_address="").sources
    assert len(sources["long_entries"]["day"]) == len(document.trades)
    assert len(sources["long_exits"]["day"]) == len(document.trades) - 1
    assert sources["long_entries"]["price"] == [trade.entry_price for trade in document.trades]
    assert sources["short_entries"]["day"] == sources["short_exits"]["day"] == []


def test_zooming_into_a_long_run_brings_every_bar_in_view(run: BacktestDocument) -> None:
    start, end = date(2008, 1, 2), date(2008, 12, 31)
    detail = backtest_detail(run, start=start, end=end)
    shown = {EPOCH + timedelta(days=int(day or 0)) for day in detail["price"]["day"]}
    in_view = [
        close for day, close in zip(run.series.dates, run.series.close, strict=True) if start <= day <= end
    ]
    assert set(in_view) <= set(detail["bars"]["close"])
    assert {day for day in run.series.dates if start <= day <= end} <= shown
    assert {run.series.dates[0], run.series.dates[-1]} <= shown


def test_a_short_run_comes_whole_and_asks_for_no_detail(db: None) -> None:
    document = run_backtest(BacktestParameters(symbol="FB"))
    columns = backtest_columns(document, detail_address="/detail/")
    assert len(columns.sources["price"]["day"]) == len(document.series.dates)
    assert columns.detail_address == ""


def test_the_table_of_a_chart_ends_each_year_with_the_documents_values(run: BacktestDocument) -> None:
    rows = equity_rows(run)
    assert [int(row.day[:4]) for row in rows] == list(range(2013, 1999, -1))
    assert rows[0].equity == money(run.metrics.final_equity, "USD")
    assert rows[0].day == str(run.series.dates[-1])


def test_the_table_of_a_short_run_has_months(db: None) -> None:
    document = run_backtest(BacktestParameters(symbol="FB"))
    months = [row.day[:7] for row in equity_rows(document)]
    assert months == sorted(set(months), reverse=True)
    assert len(months) == 11


def test_the_fan_opens_at_the_last_close_and_shows_what_came(look_back: ForecastDocument) -> None:
    sources = forecast.fan_columns(look_back).sources
    bands = sources["bands"]
    assert bands["median"][0] == bands["low_95"][0] == bands["high_95"][0] == look_back.last_close
    assert bands["high_80"][1:] == [point.high_80 for point in look_back.points]
    assert sources["actual"]["close"][1:] == [point.actual for point in look_back.points]
    assert sources["history"]["close"][-1] == look_back.last_close


def test_a_session_without_a_bar_moves_no_later_close_to_another_day(look_back: ForecastDocument) -> None:
    points = list(look_back.points)
    points[4] = points[4].model_copy(update={"actual": None})
    sources = forecast.fan_columns(look_back.model_copy(update={"points": points})).sources
    known = [(point.date, point.actual) for point in points if point.actual is not None]
    days = [EPOCH + timedelta(days=int(day or 0)) for day in sources["actual"]["day"][1:]]
    assert list(zip(days, sources["actual"]["close"][1:], strict=True)) == known


def test_a_forecast_of_the_future_shows_nothing_that_came(db: None) -> None:
    columns = forecast.fan_columns(issue_forecast(ForecastParameters(symbol="AAPL")))
    assert columns.sources["actual"] == {"day": [], "close": []}


def test_past_forecasts_are_parted_by_the_80_percent_band(look_back: ForecastDocument) -> None:
    past = look_back.scorecard.past
    sources = forecast.accuracy_columns(past).sources
    shown = {*sources["inside"]["actual"], *sources["outside"]["actual"]}
    assert shown == {item.actual for item in past}
    expected = sum(item.low_80 <= item.actual <= item.high_80 for item in past)
    assert len(sources["inside"]["day"]) == expected
    assert 0 < expected < len(past)


@pytest.mark.parametrize("kind", SKELETONS)
def test_a_skeleton_is_the_same_whenever_and_wherever_it_is_built(kind: str) -> None:
    build = inspect.unwrap(SKELETONS[kind])
    assert build() == build() == SKELETONS[kind]()


@pytest.mark.parametrize("kind", SKELETONS)
def test_a_skeleton_holds_no_data_no_code_and_only_known_tokens(kind: str) -> None:
    skeleton = SKELETONS[kind]().json
    assert "CustomJS" not in skeleton
    assert json.loads(skeleton)["roots"]
    tokens = (settings.BASE_DIR / "static/css/tokens.css").read_text()
    used = set(re.findall(r"color:\w+=(--[\w-]+)", skeleton))
    assert used
    assert {token for token in used if f"{token}:" not in tokens} == set()
    sources = list(_models(json.loads(skeleton), "ColumnDataSource"))
    assert sources
    for source in sources:
        columns = source["attributes"]["data"]["entries"]
        assert [values for _, values in columns] == [[]] * len(columns)


def _models(value: Any, name: str) -> Iterator[dict[str, Any]]:
    """Yield the models of that name anywhere in a document's JSON."""
    if isinstance(value, dict):
        if value.get("name") == name and "attributes" in value:
            yield value
        for part in value.values():
            yield from _models(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from _models(part, name)


def test_the_browsers_bokeh_is_the_servers() -> None:
    script = settings.VENDOR_FILES["vendor/bokeh.min.js"].read_text()
    assert f'"{bokeh.__version__}"' in script


def test_a_sparkline_fills_its_box() -> None:
    points = [tuple(map(float, pair.split(","))) for pair in sparkline_path([2, 5, 1, 3])[1:].split("L")]
    assert [x for x, _ in points] == [0, WIDTH / 3, 2 * WIDTH / 3, WIDTH]
    assert [y for _, y in points] == [HEIGHT * 3 / 4, 0, HEIGHT, HEIGHT / 2]


def test_a_flat_sparkline_lies_in_the_middle_and_one_value_makes_none() -> None:
    assert sparkline_path([7, 7]) == f"M0.0,{HEIGHT / 2:.1f}L{WIDTH:.1f},{HEIGHT / 2:.1f}"
    assert sparkline_path([7]) == ""


@pytest.mark.parametrize("kind", sorted(set(SKELETONS) - {"heatmap"}))
def test_dates_stand_under_the_lowest_panel(kind: str) -> None:
    skeleton = json.loads(SKELETONS[kind]().json)
    lowest = next(root for root in skeleton["document"]["roots"] if root["id"] == skeleton["roots"][-1])
    (axis,) = lowest["attributes"]["below"]
    assert axis["name"] == "LinearAxis"
    assert axis["attributes"].get("visible", True)
