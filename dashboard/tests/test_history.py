"""What a person may rely on about the history, saved runs and comparisons."""

from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from core.audit import AuditAction
from core.errors import InvalidInput, NotFound
from core.formatting import signed_percent
from core.models import AuditEntry
from core.results import ResultKind
from dashboard.charts.comparison import MOST_RUNS
from dashboard.history.changes import forget_run, save_run
from dashboard.history.listing import ROWS_ON_A_PAGE, Filters, find_rows
from dashboard.models import HistoryEntry
from dashboard.presenters.comparison import compare
from dashboard.reports.combined import combined_report
from dashboard.tests.html import HTMX, markup_of, words_of
from forecasting.forecasts.service import issue_forecast
from forecasting.parameters import ForecastParameters
from ingestion.files.requests import import_request
from ingestion.files.upload import import_or_enqueue
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.schemas import BacktestDocument
from strategies.backtests.service import run_backtest
from strategies.engine import kernel_loader
from strategies.engine.enums import Average
from strategies.models import Backtest
from strategies.sweeps.parameters import SweepParameters
from strategies.sweeps.service import run_sweep
from strategies.universes.schemas import UniverseParameters
from strategies.universes.service import ask_universe

pytestmark = pytest.mark.django_db

GOLDEN = BacktestParameters(symbol="AAPL", fast=50, slow=200)
SWING = BacktestParameters(symbol="AAPL", fast=20, slow=50, average=Average.EXPONENTIAL)
OTHER = BacktestParameters(symbol="IBM", fast=50, slow=150, initial_investment=2500)


def _found(user: User, **filters: Any) -> set[str]:
    rows = find_rows(user, Filters(**filters)).rows
    return {entry.result_id for row in rows for entry in (row.head, *row.steps)}


@pytest.fixture
def runs() -> list[BacktestDocument]:
    return [run_backtest(parameters) for parameters in (GOLDEN, SWING, OTHER)]


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("aapl", [GOLDEN, SWING]),
        ("exponential", [SWING]),
        ("50 200", [GOLDEN]),
        ("ibm 50", [OTHER]),
        ("50", [GOLDEN, SWING, OTHER]),
        ("aapl hunch", [GOLDEN]),
        ("msft", []),
        ("100%", []),
    ],
)
def test_every_word_of_a_search_has_to_match(
    user: User, runs: list[BacktestDocument], search: str, expected: list[BacktestParameters]
) -> None:
    save_run(user, runs[0].id, note="A hunch")
    assert _found(user, search=search) == {run.id for run in runs if run.parameters in expected}


def test_the_history_goes_on_over_pages(reader: Client) -> None:
    for slow in range(60, 60 + ROWS_ON_A_PAGE + 1):
        run_backtest(BacktestParameters(symbol="FB", slow=slow, end="2012-12-31"))  # type: ignore[arg-type]
    first, second = (
        markup_of(reader.get(reverse("history"), {"search": "fb", "page": page})) for page in (1, 2)
    )
    assert len(first.all("input", name="run")) == ROWS_ON_A_PAGE
    assert len(second.all("input", name="run")) == 1
    assert first.one("a", rel="next").attributes["href"] == "?search=fb&page=2"
    assert not second.all("a", rel="next")


def test_htmx_gets_the_list_alone(reader: Client, runs: list[BacktestDocument]) -> None:
    page = markup_of(reader.get(reverse("history"), {"search": "ibm"}, headers=HTMX))
    assert page.elements[0].attributes["id"] == "runs"
    assert [item.attributes["value"] for item in page.all("input", name="run")] == [runs[2].id]


def test_a_search_in_vain_and_an_empty_history_say_what_to_do(reader: Client) -> None:
    assert "Nothing yet" in words_of(reader.get(reverse("history")))
    assert "Nothing matches" in words_of(reader.get(reverse("history"), {"search": "zzz"}))


def test_a_run_is_saved_with_its_note_and_found_again(reader: Client, runs: list[BacktestDocument]) -> None:
    page = markup_of(reader.get(runs[0].links.page))
    assert page.one("form", action=reverse("save_run", args=[runs[0].id]))
    answer = reader.post(reverse("save_run", args=[runs[0].id]), {"note": "  Worth a look "}, headers=HTMX)
    assert markup_of(answer).by_id("note").text.strip() == "Worth a look"
    assert "Worth a look" in words_of(reader.get(reverse("account")))
    assert "Worth a look" in words_of(reader.get(reverse("history"), {"saved": "1"}))
    gone = reader.post(reverse("forget_run", args=[runs[0].id]))
    assert gone["Location"] == runs[0].links.page
    assert "Worth a look" not in words_of(reader.get(reverse("account")))


def test_saving_again_changes_the_note(user: User, runs: list[BacktestDocument]) -> None:
    save_run(user, runs[0].id, note="One")
    save_run(user, runs[0].id, note="Two")
    assert [saved.note for saved in HistoryEntry.objects.filter(user=user)] == ["Two"]


def test_nobody_sees_finds_or_removes_what_another_saved(
    user: User, staff: User, runs: list[BacktestDocument]
) -> None:
    save_run(user, runs[0].id, note="Secret")
    assert not _found(staff, search="secret")
    assert not _found(staff, saved_only=True)
    assert {row.head.note for row in find_rows(staff, Filters()).rows} == {""}
    forget_run(staff, runs[0].id)
    assert HistoryEntry.objects.exclude(saved_at=None).count() == 1


def test_what_cannot_be_saved_is_refused(user: User, runs: list[BacktestDocument]) -> None:
    with pytest.raises(NotFound):
        save_run(user, "0123456789abcdef0123")
    with pytest.raises(InvalidInput, match="500 fit"):
        save_run(user, runs[0].id, note="x" * 501)


def test_a_comparison_shows_every_figure_and_its_difference_from_the_first(
    runs: list[BacktestDocument],
) -> None:
    comparison = compare([run.id for run in runs])
    assert [item.document.id for item in comparison.runs] == [run.id for run in runs]
    rows = {row.metric.key: row for group in comparison.groups.values() for row in group}
    sharpe = rows["sharpe"].cells
    values = [run.metrics.sharpe or 0 for run in runs]
    assert [cell.text for cell in sharpe] == [f"{value:.2f}" for value in values]
    assert sharpe[0].difference == ""
    assert float(sharpe[1].difference) == pytest.approx(values[1] - values[0], abs=0.0051)
    assert [cell.is_best for cell in sharpe] == [value == max(values) for value in values]
    drawdown = [run.metrics.max_drawdown for run in runs]
    assert [cell.is_best for cell in rows["max_drawdown"].cells] == [
        value == max(drawdown) for value in drawdown
    ]
    assert not any(cell.is_best for cell in rows["trades"].cells)


def test_a_comparison_has_the_return_of_every_run_in_every_year(runs: list[BacktestDocument]) -> None:
    years = compare([run.id for run in runs]).years
    assert [year.year for year in years] == [str(year) for year in range(2013, 1999, -1)]
    expected = [signed_percent(run.calendar.yearly.strategy[-1]) for run in runs]
    assert years[0].returns == expected


def test_a_comparison_parts_what_was_asked_differently_from_what_is_the_same(
    runs: list[BacktestDocument],
) -> None:
    comparison = compare([run.id for run in runs])
    differing = {parameter.label: parameter.values for parameter in comparison.differing}
    assert differing == {
        "Symbol": ["AAPL", "AAPL", "IBM"],
        "Initial investment": ["10,000", "10,000", "2,500"],
        "Average": ["Simple", "Exponential", "Simple"],
        "Fast": ["50", "20", "50"],
        "Slow": ["200", "50", "150"],
    }
    assert len(comparison.parameters) == len(BacktestParameters.model_fields)
    assert comparison.same
    assert not comparison.is_like_with_like


def test_the_address_of_a_comparison_carries_its_runs(reader: Client, runs: list[BacktestDocument]) -> None:
    page = markup_of(reader.get(reverse("compare"), {"run": [run.id for run in runs]}))
    assert page.has_id("comparison-chart")
    leave_out = page.one("a", **{"aria-label": "Leave out AAPL Simple 50 / 200"})
    assert leave_out.attributes["href"] == f"{reverse('compare')}?run={runs[1].id}&run={runs[2].id}"


def test_a_comparison_of_too_few_or_too_many_says_so(reader: Client, runs: list[BacktestDocument]) -> None:
    assert "Nothing is chosen yet" in words_of(reader.get(reverse("compare")))
    assert "One run is chosen" in words_of(reader.get(reverse("compare"), {"run": runs[0].id}))
    more = [f"{number:020x}" for number in range(MOST_RUNS + 1)]
    response = reader.get(reverse("compare"), {"run": more}, headers={"Accept": "text/html"})
    assert response.status_code == 422
    assert "Compare up to 6" in words_of(response)


def test_a_run_named_twice_is_compared_once(runs: list[BacktestDocument]) -> None:
    assert len(compare([runs[0].id, runs[0].id]).runs) == 1


def test_a_run_that_never_traded_gets_no_star(runs: list[BacktestDocument]) -> None:
    idle = run_backtest(BacktestParameters(symbol="FB", fast=50, slow=190))
    assert idle.metrics.trades == 0
    comparison = compare([runs[0].id, runs[1].id, idle.id])
    stars = [row.cells[2].is_best for group in comparison.groups.values() for row in group]
    assert not any(stars)


def test_each_user_has_a_history_of_their_own(user: User, staff: User) -> None:
    mine = run_backtest(GOLDEN, owner=user)
    theirs = run_backtest(SWING, owner=staff)
    both = run_backtest(OTHER, owner=user)
    run_backtest(OTHER, owner=staff)
    assert _found(user) == {mine.id, both.id}
    assert _found(staff) == {theirs.id, both.id}


def test_every_kind_of_result_is_listed_and_filtered(user: User) -> None:
    kernel_loader.wait()
    ranges = {"fast": [10, 20], "slow": [50, 100]}
    made = {
        ResultKind.BACKTEST: run_backtest(GOLDEN, owner=user).id,
        ResultKind.SWEEP: run_sweep(
            SweepParameters.model_validate({"symbol": "IBM", **ranges}), owner=user
        ).id,
        ResultKind.UNIVERSE: ask_universe(UniverseParameters.model_validate(ranges), owner=user).id,
        ResultKind.FORECAST: issue_forecast(ForecastParameters(symbol="AAPL"), owner=user).id,
        ResultKind.REPORT: combined_report("AAPL", owner=user).id,
    }
    file = BytesIO(b"date,open,high,low,close,volume\n2007-02-20,10,11,9,10,100\n")
    import_or_enqueue(file, "one.csv", import_request("ONEB"), owner=user)
    assert _found(user) >= set(made.values())
    assert len(_found(user)) == len(ResultKind)
    for kind, result_id in made.items():
        assert _found(user, kind=kind) == {result_id}
    assert _found(user, symbol="IBM") == {made[ResultKind.SWEEP]}
    assert len(_found(user, symbol="ONEB", kind=ResultKind.IMPORT)) == 1


def test_tuning_steps_are_one_row_by_their_newest_or_best(user: User) -> None:
    runs = [
        run_backtest(BacktestParameters(symbol="AAPL", fast=fast, slow=slow), owner=user)
        for fast, slow in ((20, 50), (25, 60), (50, 200))
    ]
    other = run_backtest(OTHER, owner=user)
    rows = find_rows(user, Filters()).rows
    assert [(row.head.result_id, row.count) for row in rows] == [(other.id, 1), (runs[-1].id, 3)]
    best = max(runs, key=lambda run: run.metrics.sharpe or 0)
    by_sharpe = {row.head.symbol: row.head.result_id for row in find_rows(user, Filters(order="sharpe")).rows}
    assert by_sharpe["AAPL"] == best.id
    page = find_rows(user, Filters(order="total_return")).rows
    returns = [row.head.figures["total_return"] or 0 for row in page]
    assert returns == sorted(returns, reverse=True)


def test_the_list_says_what_was_asked_beside_the_rule(reader: Client, user: User) -> None:
    run_backtest(
        BacktestParameters.model_validate(
            {"symbol": "AAPL", "stop_loss": 0.05, "direction": "long_short", "commission_rate": 0.002}
        ),
        owner=user,
    )
    words = words_of(reader.get(reverse("history")))
    for said in ("Stop loss 5 %", "Direction Long and short", "Commission rate 0.2 %"):
        assert said in words


def test_an_entry_is_named_noted_and_deleted_by_its_owner_alone(
    reader: Client, user: User, staff: User
) -> None:
    run = run_backtest(GOLDEN, owner=user)
    run_backtest(SWING, owner=staff)
    entry = HistoryEntry.objects.get(user=user)
    reader.post(reverse("change_entry", args=[entry.pk]), {"name": "The golden one", "note": "Try again"})
    words = words_of(reader.get(reverse("history")))
    assert "The golden one" in words
    assert "Try again" in words
    theirs = HistoryEntry.objects.get(user=staff)
    assert reader.post(reverse("delete_entry", args=[theirs.pk])).status_code == 404
    reader.post(reverse("delete_entry", args=[entry.pk]))
    assert not Backtest.objects.filter(pk=run.id).exists()
    assert "The golden one" not in words_of(reader.get(reverse("history")))


def test_the_api_deletes_what_is_ones_own(reader: Client, operator: Client, user: User, staff: User) -> None:
    run = run_backtest(GOLDEN, owner=user)
    url = f"/api/v1/backtests/{run.id}"
    assert operator.delete(url).status_code == 403
    assert reader.delete(url).status_code == 204
    assert reader.get(url).status_code == 404
    assert reader.delete(url).status_code == 404
    shared = run_backtest(SWING, owner=user)
    run_backtest(SWING, owner=staff)
    assert reader.delete(f"/api/v1/backtests/{shared.id}").status_code == 204
    assert operator.get(f"/api/v1/backtests/{shared.id}").status_code == 200
    assert Backtest.objects.get(pk=shared.id).owner == staff
    assert operator.delete(f"/api/v1/backtests/{shared.id}").status_code == 204
    written = AuditEntry.objects.filter(action=AuditAction.RESULT_DELETED).order_by("pk")
    assert list(written.values_list("username", "subject")) == [
        (user.username, f"backtest {run.id}"),
        (user.username, f"backtest {shared.id}"),
        (staff.username, f"backtest {shared.id}"),
    ]


def test_the_basket_keeps_runs_until_it_is_full(reader: Client, runs: list[BacktestDocument]) -> None:
    for run in runs[:2]:
        reader.post(reverse("add_to_comparison"), {"run": run.id}, headers=HTMX)
    page = markup_of(reader.get(reverse("compare")))
    assert page.has_id("comparison-chart")
    assert "2" in page.by_id("compare-basket").text
    reader.post(reverse("remove_from_comparison"), {"run": runs[0].id})
    assert "One run is chosen" in words_of(reader.get(reverse("compare")))
    more = [
        run_backtest(BacktestParameters(symbol="FB", slow=slow, end="2012-12-31")).id  # type: ignore[arg-type]
        for slow in range(60, 60 + MOST_RUNS)
    ]
    answer = reader.post(reverse("add_to_comparison"), {"run": more}, headers=HTMX)
    assert answer.status_code == 409
    assert "Leave one out" in words_of(answer)


def test_a_field_of_a_heatmap_is_added_by_its_parameters(reader: Client) -> None:
    asked = {"symbol": "AAPL", "fast": "12", "slow": "77"}
    reader.post(reverse("add_to_comparison"), asked, headers=HTMX)
    assert "AAPL Simple 12 / 77" in words_of(reader.get(reverse("compare")))
