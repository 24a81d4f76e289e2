"""What the rows of long tables keep of Django's templates: nothing gets into the page unescaped."""

from django.template import Context, Template
from django.utils.html import format_html

from dashboard.presenters.table_rows import MonthCell, tint


def _rendered(template: str, **context: object) -> str:
    return Template("{% load rows %}" + template).render(Context(context))


def test_texts_are_escaped_and_html_that_is_safe_is_not() -> None:
    cells = [MonthCell(tint='"><script>', value=format_html("<b>{}</b>", "1 < 2"))]
    rendered = _rendered('{% rows "backtests/rows/month.html" cells %}', cells=cells)
    assert "<script>" not in rendered
    assert "&quot;&gt;&lt;script&gt;" in rendered
    assert "<b>1 &lt; 2</b>" in rendered


def test_braces_in_a_value_stay_braces() -> None:
    rendered = _rendered(
        '{% rows "backtests/rows/month.html" cells %}', cells=[MonthCell(tint="", value="{tint}")]
    )
    assert ">{tint}<" in rendered


def test_every_item_has_its_row_and_no_item_none() -> None:
    cells = [MonthCell(tint="", value=str(number)) for number in range(5)]
    rendered = _rendered('{% rows "backtests/rows/month.html" cells %}', cells=cells)
    assert [f">{number}<" in rendered for number in range(5)] == [True] * 5
    assert _rendered('{% rows "backtests/rows/month.html" cells %}', cells=[]) == ""


def test_a_tint_grows_with_the_return_and_zero_has_none() -> None:
    assert [tint(value) for value in (None, 0.0, 0.01, 0.03, 0.2, -0.06)] == [
        "",
        "",
        "tint-gain-0",
        "tint-gain-1",
        "tint-gain-3",
        "tint-loss-2",
    ]
