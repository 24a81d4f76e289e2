"""The printed reports say what the documents say, look the same each time, and fetch nothing."""

import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import cast

import pytest
from pypdf.generic import DictionaryObject, StreamObject
from pytest_django import DjangoDbBlocker

from core import formatting
from core.documents import published_json
from core.formatting import UNDEFINED
from dashboard.metrics import METRICS
from dashboard.reports import warm_up
from dashboard.reports.combined import CombinedDocument, combined_report
from dashboard.reports.filenames import ReportDocument
from dashboard.reports.returns import years_of
from dashboard.tests.pdf_text import pdf, text_of, without_storing
from forecasting.schemas import ForecastDocument
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.schemas import BacktestDocument, CalendarReturns, ReturnsByPeriod
from strategies.backtests.service import run_backtest
from strategies.engine.enums import Direction, Rule

SITE = "https://hindcast.example/"


def printed(document: ReportDocument) -> bytes:
    from dashboard.reports.pdf import report_pdf

    return report_pdf(document, published=published_json(document), site_address=SITE)


@pytest.fixture(scope="module")
def combined(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> CombinedDocument:
    with django_db_blocker.unblock():
        return without_storing(lambda: combined_report("AAPL"))


@pytest.fixture(scope="module")
def backtest(combined: CombinedDocument) -> BacktestDocument:
    return combined.backtest


@pytest.fixture(scope="module")
def forecast(combined: CombinedDocument) -> ForecastDocument:
    return combined.forecast


@pytest.fixture(scope="module")
def printed_backtest(backtest: BacktestDocument) -> bytes:
    return printed(backtest)


def words(text: str) -> str:
    return " ".join(text.split())


def test_every_key_figure_in_the_report_is_the_documents(
    backtest: BacktestDocument, printed_backtest: bytes
) -> None:
    published = json.loads(published_json(backtest))
    text = text_of(printed_backtest)
    for metric in METRICS:
        strategy = metric.text(published["metrics"][metric.key], published["data"]["currency"])
        held = metric.text(published["benchmark"][metric.key], published["data"]["currency"])
        assert words(f"{metric.label} {strategy} {held}") in text


def test_an_undefined_figure_is_a_dash_with_its_reason(
    backtest: BacktestDocument, printed_backtest: bytes
) -> None:
    assert backtest.benchmark.profit_factor is None
    text = text_of(printed_backtest)
    assert f"Profit factor {formatting.ratio(backtest.metrics.profit_factor)} {UNDEFINED}" in text
    assert words(f"Profit factor of buy & hold: {backtest.undefined.benchmark['profit_factor']}") in text


def test_the_report_says_what_a_reader_must_know(backtest: BacktestDocument, printed_backtest: bytes) -> None:
    text = text_of(printed_backtest)
    told = (backtest.summary, *backtest.notices, backtest.disclosure, backtest.data.source_description)
    for sentence in told:
        assert words(sentence) in text
    assert backtest.data.sha256 in text
    assert f"{SITE}backtests/{backtest.id}/" in text


def test_every_trade_of_a_short_run_is_printed(backtest: BacktestDocument, printed_backtest: bytes) -> None:
    text = text_of(printed_backtest)
    assert backtest.trades
    for number, trade in enumerate(backtest.trades, start=1):
        entry, shares = formatting.price(trade.entry_price), formatting.shares(trade.shares)
        row = f"{number} Long {trade.entry_date} {trade.exit_date} {trade.bars} {shares} {entry}"
        assert row in text


def test_the_worst_drawdowns_are_printed(backtest: BacktestDocument, printed_backtest: bytes) -> None:
    text = text_of(printed_backtest)
    assert len(backtest.drawdowns) == 10
    for spell in backtest.drawdowns:
        recovery = spell.recovery or "not yet"
        assert words(f"{formatting.percent(spell.depth)} {spell.peak} {spell.trough} {recovery}") in text


@pytest.mark.django_db
def test_a_compared_symbol_stands_beside_the_strategy() -> None:
    document = run_backtest(BacktestParameters(symbol="AAPL", compare_with="MSFT"))
    assert document.comparison is not None
    text = text_of(printed(document))
    figures = document.comparison.metrics
    held = f"{formatting.money(figures.final_equity, 'USD')} {formatting.percent(figures.total_return)}"
    assert words(f"MSFT, bought and held {held}") in text


@pytest.mark.django_db
@pytest.mark.parametrize("rule", list(Rule))
def test_each_rule_is_printed_with_the_lines_it_decides_by(rule: Rule) -> None:
    texts = {"buy": "close > sma(20)", "short": "rsi(14) > 70"} if rule == Rule.CUSTOM else {}
    document = run_backtest(
        BacktestParameters.model_validate(
            {"symbol": "FB", "rule": rule, "direction": Direction.LONG_SHORT, **texts}
        )
    )
    content = printed(document)
    assert len(pdf(content).pages) <= 4
    tree = pdf(content).root_object["/StructTreeRoot"].get_object()
    images = [text for text in alternative_texts(tree) if "mark for each entry" in text]
    assert len(images) == 1
    for line in document.series.indicators:
        assert line.label in images[0]


def test_nothing_is_printed_over_something_else(printed_backtest: bytes) -> None:
    # A box that lost its height would let what follows begin above its own text.
    heights: dict[str, float] = {}

    def note(text: str, page: list[float], line: list[float], *_: object) -> None:
        heights.setdefault(text.strip(), line[4] * page[1] + line[5] * page[3] + page[5])

    pdf(printed_backtest).pages[0].extract_text(visitor_text=note)
    told = ("Key figures", "Final equity", "Expected shortfall", "Undefined figures", "Hypothetical results")
    order = [next(y for text, y in heights.items() if text.startswith(start)) for start in told]
    assert order == sorted(order, reverse=True)


def test_returns_are_printed_by_month_and_by_year(
    backtest: BacktestDocument, printed_backtest: bytes
) -> None:
    yearly, monthly = backtest.calendar.yearly, backtest.calendar.monthly
    text = text_of(printed_backtest)
    assert "Returns by month and by year" in text
    for year, own, held in zip(yearly.periods, yearly.strategy, yearly.benchmark, strict=True):
        months = [
            value
            for period, value in zip(monthly.periods, monthly.strategy, strict=True)
            if period.startswith(year)
        ]
        written = [formatting.signed(100 * value, 1) for value in (*months, own, held)]
        assert words(f"{year} {' '.join(written)}") in text


def test_a_return_is_shaded_by_sign_and_size_and_a_month_without_bars_is_empty() -> None:
    months = ReturnsByPeriod(
        periods=["2012-11", "2012-12", "2013-01"], strategy=[-0.2, 0.0004, 0.05], benchmark=[0.0, 0.0, 0.0]
    )
    years = ReturnsByPeriod(periods=["2012", "2013"], strategy=[-0.2, 0.05], benchmark=[0.0, -0.35])
    first, second = years_of(CalendarReturns(monthly=months, yearly=years))
    assert [(cell.text, cell.shade) for cell in first.months[9:]] == [
        ("", ""), ("-20.0", "loss-3"), ("0.0", ""),
    ]  # fmt: skip
    assert (second.months[0].text, second.months[0].shade) == ("+5.0", "gain-2")
    assert (first.strategy.shade, second.strategy.shade, second.benchmark.shade) == (
        "loss-2", "gain-1", "loss-3",
    )  # fmt: skip


def test_equal_documents_give_equal_bytes(backtest: BacktestDocument, printed_backtest: bytes) -> None:
    again = BacktestDocument.model_validate_json(published_json(backtest))
    assert printed(again) == printed_backtest


def test_what_prints_is_loaded_without_asking_the_database() -> None:
    warm_up()
    assert "dashboard.reports.pdf" in sys.modules


def test_the_published_json_is_attached(backtest: BacktestDocument, printed_backtest: bytes) -> None:
    attached = pdf(printed_backtest).attachments
    assert attached == {"hindcast-AAPL-sma-20-50-2000-03-01-2013-03-01.json": [published_json(backtest)]}


def test_the_report_can_be_read_by_a_screen_reader(printed_backtest: bytes) -> None:
    reader = pdf(printed_backtest)
    root, metadata = reader.root_object, reader.metadata
    assert metadata is not None
    assert metadata.title == "Backtest: Apple Inc. (AAPL)"
    assert str(root["/Lang"]) == "en"
    assert str(root["/MarkInfo"]) == "{'/Marked': True}"
    assert b'pdfuaid:part="1"' in cast("StreamObject", root["/Metadata"].get_object()).get_data()
    alternatives = list(alternative_texts(root["/StructTreeRoot"].get_object()))
    assert len(alternatives) == 4
    assert "Two bars for each of 14" in alternatives[1]
    assert "The strategy ends at" in alternatives[0]
    assert "beta to buy and hold" in alternatives[2]


def alternative_texts(node: object) -> Iterator[str]:
    if isinstance(node, list):
        for child in node:
            yield from alternative_texts(child.get_object())
    elif isinstance(node, DictionaryObject):
        if "/Alt" in node:
            yield str(node["/Alt"])
        if "/K" in node:
            yield from alternative_texts(node["/K"].get_object())


def test_pages_are_numbered_and_bookmarked(printed_backtest: bytes) -> None:
    reader = pdf(printed_backtest)
    pages = [page.extract_text() for page in reader.pages]
    for number, text in enumerate(pages, start=1):
        assert f"page {number} of {len(pages)}" in text
        assert "AAPL · backtest · 2000-03-01 to 2013-03-01" in text
    assert "'/Title': 'Method'" in str(reader.outline)


@pytest.mark.django_db
def test_a_run_with_many_trades_stays_short_and_says_what_it_leaves_out() -> None:
    document = run_backtest(BacktestParameters(symbol="AAPL", fast=1, slow=3))
    content = printed(document)
    left_out = len(document.trades) - 100
    assert left_out > 500
    text = text_of(content)
    assert f"The newest 100 of {len(document.trades)} trades" in text
    assert f"{left_out} older trades left out here" in text
    assert f"{SITE}backtests/{document.id}.csv" in text
    assert str(document.trades[left_out].entry_date) in text
    assert str(document.trades[left_out - 1].exit_date) not in text
    assert len(pdf(content).pages) <= 5


@pytest.mark.django_db
def test_a_run_of_one_bar_without_a_trade_is_printed() -> None:
    document = run_backtest(BacktestParameters.model_validate({"symbol": "AAPL", "start": "2013-03-01"}))
    assert document.period.bars == 1
    assert "There was no trade." in text_of(printed(document))


@pytest.mark.django_db
def test_a_run_that_loses_everything_is_printed() -> None:
    ruin = BacktestParameters(symbol="AAPL", fast=1, slow=2, commission_rate=0.2)
    assert "-100.00 %" in text_of(printed(run_backtest(ruin)))


def test_a_forecast_prints_every_point_and_its_scorecard(forecast: ForecastDocument) -> None:
    text = text_of(printed(forecast))
    for point in forecast.points:
        prices = (point.low_95, point.low_80, point.median, point.high_80, point.high_95)
        assert f"{point.date} {' '.join(formatting.price(price) for price in prices)}" in text
    for score in forecast.scorecard.horizons:
        error = formatting.percent(score.mean_absolute_error)
        rivals = f"{formatting.percent(score.random_walk_error)} {formatting.percent(score.drift_error)}"
        assert words(f"{score.horizon} {formatting.count(score.forecasts)} {error} {rivals}") in text
    held = " ".join(formatting.percent(band.coverage, 1) for band in forecast.scorecard.calibration)
    assert words(f"of the closes, held {held}") in text
    for sentence in (forecast.summary, *forecast.notices, forecast.scorecard.sentence, forecast.disclosure):
        assert words(sentence) in text
    assert forecast.model.sha256 in text
    assert f"{SITE}forecasts/{forecast.id}/" in text
    assert "Market None: its own prices alone." in text


def test_a_forecast_prints_the_shares_that_were_its_market(forecast: ForecastDocument) -> None:
    seen = forecast.model_copy(
        update={"model": forecast.model.model_copy(update={"market": ["IBM", "MSFT"]})}
    )
    assert "Market IBM, MSFT." in text_of(printed(seen))


def test_the_combined_report_has_all_three_parts(combined: CombinedDocument) -> None:
    text = text_of(printed(combined))
    assert combined.look_back is not None
    assert combined.look_back_result is not None
    told = (
        combined.backtest.summary,
        combined.forecast.summary,
        combined.look_back.summary,
        combined.look_back_result.sentence,
        combined.backtest.disclosure,
        combined.forecast.disclosure,
    )
    for sentence in told:
        assert words(sentence) in text
    for point in combined.look_back.points:
        assert point.actual is not None
        probability = formatting.percent(point.probability_above_last_close, 1)
        assert words(f"{probability} {formatting.price(point.actual)}") in text


@pytest.fixture
def loopback() -> Iterator[tuple[str, list[str]]]:
    """The URL of a server on this machine, and the paths that it has been asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


def test_markup_in_a_document_is_printed_as_text_and_fetches_nothing(
    backtest: BacktestDocument, loopback: tuple[str, list[str]]
) -> None:
    url, asked = loopback
    hostile = f'<img src="{url}/image"><link rel="stylesheet" href="{url}/style">'
    document = backtest.model_copy(
        update={
            "summary": hostile,
            "notices": [hostile],
            "disclosure": hostile,
            "data": backtest.data.model_copy(update={"name": hostile, "source_description": hostile}),
        }
    )
    text = text_of(printed(document))
    assert text.count("<img src=") >= 5
    assert asked == []


@pytest.mark.parametrize("markup", ['<img src="{}">', '<link rel="stylesheet" href="{}">'])
def test_even_markup_that_slipped_through_would_fetch_nothing(
    loopback: tuple[str, list[str]], tmp_path: Path, markup: str
) -> None:
    from weasyprint import HTML
    from weasyprint.urls import FatalURLFetchingError

    from dashboard.reports.html_to_pdf import data_only

    url, asked = loopback
    file = tmp_path / "secret.css"
    file.write_text("body::before { content: 'leaked' }")
    for target in (url, file.as_uri()):
        with pytest.raises(FatalURLFetchingError):
            HTML(string=markup.format(target), url_fetcher=data_only()).write_pdf()
    assert asked == []
