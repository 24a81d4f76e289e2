"""What a person may rely on about the history, saved runs and comparisons."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from core.errors import InvalidInput, NotFound
from core.formatting import signed_percent
from dashboard.charts.comparison import MOST_RUNS
from dashboard.models import SavedRun
from dashboard.presenters.comparison import compare
from dashboard.presenters.history import RUNS_ON_A_PAGE, past_runs
from dashboard.saved_runs import forget_run, save_run
from dashboard.tests.html import HTMX, markup_of, words_of
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.schemas import BacktestDocument
from strategies.backtests.service import run_backtest
from strategies.engine.enums import Average

pytestmark = pytest.mark.django_db

GOLDEN = BacktestParameters(symbol="AAPL", fast=50, slow=200)
SWING = BacktestParameters(symbol="AAPL", fast=20, slow=50, average=Average.EXPONENTIAL)
OTHER = BacktestParameters(symbol="IBM", fast=50, slow=150, initial_investment=2500)


@pytest.fixture
def runs() -> list[BacktestDocument]:
    return [run_backtest(parameters) for parameters in (GOLDEN, SWING, OTHER)]


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("aapl", {GOLDEN, SWING}),
        ("exponential", {SWING}),
        ("50 200", {GOLDEN}),
        ("ibm 50", {OTHER}),
        ("50", {GOLDEN, SWING, OTHER}),
        ("aapl hunch", {GOLDEN}),
        ("msft", set()),
        ("100%", set()),
    ],
)
def test_every_word_of_a_search_has_to_match(
    user: User, runs: list[BacktestDocument], search: str, expected: set[BacktestParameters]
) -> None:
    save_run(user, runs[0].id, note="A hunch")
    assert {run.parameters for run in past_runs(user, search=search).runs} == expected


def test_the_history_goes_on_over_pages(reader: Client) -> None:
    for slow in range(60, 60 + RUNS_ON_A_PAGE + 1):
        run_backtest(BacktestParameters(symbol="FB", slow=slow, end="2012-12-31"))  # type: ignore[arg-type]
    first, second = (
        markup_of(reader.get(reverse("history"), {"search": "fb", "page": page})) for page in (1, 2)
    )
    assert len(first.all("input", name="run")) == RUNS_ON_A_PAGE
    assert len(second.all("input", name="run")) == 1
    assert first.one("a", rel="next").attributes["href"] == "?search=fb&page=2"
    assert not second.all("a", rel="next")


def test_htmx_gets_the_list_alone(reader: Client, runs: list[BacktestDocument]) -> None:
    page = markup_of(reader.get(reverse("history"), {"search": "ibm"}, headers=HTMX))
    assert page.elements[0].attributes["id"] == "runs"
    assert [item.attributes["value"] for item in page.all("input", name="run")] == [runs[2].id]


def test_a_search_in_vain_and_an_empty_history_say_what_to_do(reader: Client) -> None:
    assert "No backtest yet" in words_of(reader.get(reverse("history")))
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
    assert [saved.note for saved in SavedRun.objects.filter(user=user)] == ["Two"]


def test_nobody_sees_finds_or_removes_what_another_saved(
    user: User, staff: User, runs: list[BacktestDocument]
) -> None:
    save_run(user, runs[0].id, note="Secret")
    assert past_runs(staff, search="secret").runs == []
    assert past_runs(staff, saved_only=True).runs == []
    assert {run.note for run in past_runs(staff).runs} == {None}
    forget_run(staff, runs[0].id)
    assert SavedRun.objects.count() == 1


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
