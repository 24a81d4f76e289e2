"""What a person in a browser may rely on when backtesting."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from core.formatting import percent, signed_percent
from dashboard.metrics import METRICS, metric_rows
from dashboard.presenters.trades import PAGE_SIZE
from dashboard.tests.html import HTMX, Markup, markup_of, words_of
from ingestion.models import DailyBar, Instrument
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.schemas import BacktestDocument
from strategies.backtests.service import run_backtest
from strategies.models import Backtest

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> BacktestDocument:
    return run_backtest(BacktestParameters(symbol="AAPL", fast=30, slow=120, initial_investment=2500))


def test_the_first_page_shows_the_defaults_with_their_result(reader: Client) -> None:
    response = reader.get(reverse("backtests"))
    assert response.status_code == 200
    page = markup_of(response)
    assert page.by_id("id_fast").attributes["value"] == "20"
    assert page.by_id("id_commission_percent").attributes["value"] == "0.1"
    assert page.has_id("backtest-chart")
    assert "Key figures" in words_of(response)


def test_the_page_opens_with_what_this_browser_asked_last(reader: Client) -> None:
    asked = {"symbol": "IBM", "fast": "11", "slow": "77", "initial_investment": "4321"}
    reader.get(reverse("backtests"), asked, headers=HTMX)
    page = markup_of(reader.get(reverse("backtests")))
    for name, value in asked.items():
        if name != "symbol":
            assert page.by_id(f"id_{name}").attributes["value"] == value
    back = page.one("a", href=f"{reverse('backtests')}?symbol=IBM")
    assert back.text == "Back to the defaults"


def test_a_run_that_is_gone_leaves_the_defaults(reader: Client) -> None:
    reader.cookies["last_run"] = "0123456789abcdef0123"
    page = markup_of(reader.get(reverse("backtests")))
    assert page.by_id("id_fast").attributes["value"] == "20"


def test_the_rendered_result_is_not_shared_where_it_is_the_readers_own(
    reader: Client, operator: Client, run: BacktestDocument
) -> None:
    reader.post(reverse("save_run", args=[run.id]), {"note": "Mine alone"})
    assert "Mine alone" in words_of(reader.get(run.links.page))
    assert "Mine alone" not in words_of(operator.get(run.links.page))


def test_a_browser_is_sent_on_to_the_runs_own_address(reader: Client) -> None:
    response = reader.get(reverse("backtests"), {"symbol": "msft", "fast": "10"})
    document = run_backtest(BacktestParameters(symbol="MSFT", fast=10))
    assert response.status_code == 302
    assert response["Location"] == document.links.page
    assert "HX-Request" in response["Vary"]


def test_htmx_gets_the_result_alone_and_the_address_to_show(reader: Client) -> None:
    response = reader.get(reverse("backtests"), {"symbol": "MSFT", "fast": "10"}, headers=HTMX)
    assert response.status_code == 200
    assert response["HX-Push-Url"] == run_backtest(BacktestParameters(symbol="MSFT", fast=10)).links.page
    assert "HX-Request" in response["Vary"]
    page = markup_of(response)
    # htmx takes the first title in it for the page's; the drawings of the result have titles too.
    assert "MSFT SMA 10/50" in page.elements[0].text
    assert page.elements[1].attributes["id"] == "result"
    assert not page.all("html")
    assert not page.has_id("question-form")


def test_a_form_that_showed_errors_is_replaced_with_the_result(reader: Client) -> None:
    headers = HTMX | {"HX-Target": "workbench"}
    page = markup_of(reader.get(reverse("backtests"), {"symbol": "MSFT"}, headers=headers))
    assert page.has_id("result")
    assert page.by_id("question-form").attributes["hx-target"] == "#result"


def test_going_back_gets_the_whole_page(reader: Client, run: BacktestDocument) -> None:
    headers = HTMX | {"HX-History-Restore-Request": "true"}
    response = reader.get(run.links.page, headers=headers)
    assert markup_of(response).all("html")


def test_an_invalid_form_keeps_what_was_typed_and_stores_nothing(reader: Client) -> None:
    before = Backtest.objects.count()
    query = {"symbol": "AAPL", "fast": "60", "slow": "50", "initial_investment": "777"}
    response = reader.get(reverse("backtests"), query, headers=HTMX)
    assert response.status_code == 422
    assert (response["HX-Retarget"], response["HX-Reswap"]) == ("#question-form", "outerHTML")
    assert "HX-Push-Url" not in response
    page = markup_of(response)
    assert page.elements[0].attributes["id"] == "question-form"
    assert page.elements[0].attributes["hx-target"] == "#workbench"
    assert page.by_id("id_slow").attributes["aria-invalid"] == "true"
    assert page.message_of("slow") == "The slow window must be longer than the fast one, 60 bars."
    assert page.by_id("id_initial_investment").attributes["value"] == "777"
    assert page.one("a", href="#id_slow").text == "Slow window"
    assert Backtest.objects.count() == before


def test_an_invalid_address_shows_the_whole_page_with_its_messages(reader: Client) -> None:
    response = reader.get(reverse("backtests"), {"symbol": "NOPE"})
    assert response.status_code == 422
    page = markup_of(response)
    assert page.all("html")
    assert page.message_of("symbol").startswith("No bars of NOPE are stored.")


def test_the_page_of_a_run_asks_for_that_run(reader: Client, run: BacktestDocument) -> None:
    page = markup_of(reader.get(run.links.page))
    assert page.by_id("id_fast").attributes["value"] == "30"
    assert page.by_id("id_slow").attributes["value"] == "120"
    assert page.by_id("id_initial_investment").attributes["value"] == "2500"


def test_every_figure_on_the_page_is_the_documents(reader: Client, run: BacktestDocument) -> None:
    page = markup_of(reader.get(run.links.page))
    rows = [row for rows in metric_rows(run).values() for row in rows]
    assert [row.metric for row in rows] == list(METRICS)
    for row in rows:
        assert _figures_beside(page, row.metric.label) == [row.strategy, row.benchmark], row.metric.label


def _figures_beside(page: Markup, label: str) -> list[str]:
    """Return strategy and benchmark in the row of the key figures with this label, without reasons."""
    (position,) = [
        index
        for index, element in enumerate(page.elements)
        if (element.tag, element.attributes.get("aria-label")) == ("th", label)
    ]
    cells = [element for element in page.elements[position:] if element.tag == "td"][:2]
    return [cell.text.strip().split(":")[0] for cell in cells]


def test_the_page_shows_drawdowns_years_and_trades_of_the_document(
    reader: Client, run: BacktestDocument
) -> None:
    response = reader.get(run.links.page)
    page, words = markup_of(response), words_of(response)
    for spell in run.drawdowns:
        assert (
            f"{percent(spell.depth)} {spell.peak} {spell.trough}".replace("\N{NO-BREAK SPACE}", " ") in words
        )
    assert len(page.all("svg", class_="bar-chart")) == 2
    looks = page.all("button", **{"data-look": "backtest-chart"})
    assert len(looks) == len(run.drawdowns) + len(run.trades)
    assert f"{len(run.trades)} trades, " in words


def test_a_compared_symbol_has_a_column_of_figures(reader: Client) -> None:
    run = run_backtest(BacktestParameters(symbol="FB", compare_with="IBM"))
    words = words_of(reader.get(run.links.page))
    assert run.comparison is not None
    assert "IBM, held" in words
    assert percent(run.comparison.metrics.total_return).replace("\N{NO-BREAK SPACE}", " ") in words


def test_the_calendar_shows_each_months_and_years_return(reader: Client, run: BacktestDocument) -> None:
    page = markup_of(reader.get(run.links.page))
    (table,) = page.all("table", class_="grid-table dense calendar-table")
    cells = [item.text for item in page.all("td") if table in item.ancestors]
    shown = [float(text.replace(",", "")) for text in cells if text]
    monthly, yearly = run.calendar.monthly, run.calendar.yearly
    expected = []
    for year, strategy, benchmark in reversed(
        list(zip(yearly.periods, yearly.strategy, yearly.benchmark, strict=True))
    ):
        months = zip(monthly.periods, monthly.strategy, strict=True)
        expected += [value for period, value in months if period.startswith(year)] + [strategy, benchmark]
    assert shown == [pytest.approx(100 * value, abs=0.00501) for value in expected]


def test_an_undefined_figure_is_a_dash_with_its_reason(reader: Client) -> None:
    document = run_backtest(BacktestParameters(symbol="FB", fast=150, slow=190))
    reason = document.undefined.metrics["win_rate"]
    page = markup_of(reader.get(document.links.page))
    cells = [item for item in page.all("span", class_="has-reason") if item.attributes["title"] == reason]
    assert cells
    assert cells[0].text.startswith("\N{EM DASH}")


def test_the_page_lists_trades_with_their_results(reader: Client, run: BacktestDocument) -> None:
    words = words_of(reader.get(run.links.page))
    assert run.trades
    for trade in run.trades:
        assert f"{trade.entry_date}" in words
        assert signed_percent(trade.return_).replace("\N{NO-BREAK SPACE}", " ") in words


def test_the_page_shows_the_newest_fifty_trades_and_leads_to_all(reader: Client) -> None:
    document = run_backtest(BacktestParameters(symbol="AAPL", fast=1, slow=3))
    assert len(document.trades) > PAGE_SIZE
    response = reader.get(document.links.page)
    page = markup_of(response)
    trades = [
        item
        for item in page.all("th", scope="row")
        if any(parent.attributes.get("aria-label") == "Trades" for parent in item.ancestors)
    ]
    newest = document.trades[: -PAGE_SIZE - 1 : -1]
    assert [item.text.strip() for item in trades] == [str(trade.entry_date) for trade in newest]
    assert f"{len(document.trades)} trades" in words_of(response)
    assert page.all("a", href=f"/backtests/{document.id}/trades.csv")
    assert page.all("a", rel="next")


def test_the_result_can_be_taken_away(reader: Client, run: BacktestDocument) -> None:
    page = markup_of(reader.get(run.links.page))
    for url in (run.links.pdf, run.links.json_, run.links.trades_csv):
        assert page.all("a", href=url)


def test_the_page_says_where_the_figures_come_from(reader: Client, run: BacktestDocument) -> None:
    words = words_of(reader.get(run.links.page))
    assert "Sample data" in words
    assert run.data.source_description in words
    assert run.data.sha256 in words
    for notice in run.notices:
        assert notice in words


def test_the_chart_stands_in_words_and_as_a_table_too(reader: Client, run: BacktestDocument) -> None:
    response = reader.get(run.links.page)
    words = words_of(response)
    worst = percent(run.metrics.max_drawdown).replace("\N{NO-BREAK SPACE}", " ")
    assert f"their worst drawdowns were {worst}" in words
    assert "View as table" in words
    columns = markup_of(response).columns("backtest-chart")
    assert columns["detail_address"] == f"/backtests/{run.id}/detail/"


def test_a_run_says_when_its_bars_have_changed_since(reader: Client, run: BacktestDocument) -> None:
    words = "The stored bars have changed since this was computed."
    assert words not in words_of(reader.get(run.links.page))
    DailyBar.objects.filter(instrument__symbol="AAPL", date=date(2010, 6, 1)).update(volume=1)
    assert words in words_of(reader.get(run.links.page))


def test_the_detail_of_a_run_is_told_apart_from_a_wrong_day(reader: Client, run: BacktestDocument) -> None:
    url = reverse("backtest_detail", args=[run.id])
    response = reader.get(url, {"start": "2010-01-04", "end": "2010-12-31"})
    assert response.status_code == 200
    assert {"price", "equity", "drawdown"} <= set(response.json())
    every_day = reader.get(url).json()
    assert every_day["bars"]["close"] == every_day["price"]["close"]
    assert every_day["price"]["close"] == pytest.approx(run.series.close, abs=1e-4)
    assert every_day["bars"]["left"] == every_day["bars"]["right"] == every_day["price"]["day"]
    assert reader.get(url, {"start": "soon", "end": "2010-12-31"}).status_code == 422


def test_an_unknown_run_is_not_found(reader: Client) -> None:
    assert reader.get("/backtests/0123456789abcdef0123/").status_code == 404


def test_without_bars_the_page_says_how_to_get_some(reader: Client) -> None:
    Instrument.objects.all().delete()
    response = reader.get(reverse("backtests"))
    assert response.status_code == 200
    assert "manage.py load_stock_data" in words_of(response)


def test_too_few_bars_for_the_defaults_leave_a_form_with_the_reason(reader: Client) -> None:
    DailyBar.objects.filter(instrument__symbol="AAPL", date__lt=date(2013, 2, 1)).delete()
    response = reader.get(reverse("backtests"))
    assert response.status_code == 200
    assert "longer than all 20 bars of AAPL" in markup_of(response).message_of("slow")
