"""Figures are written the same way everywhere, and never mislead by their form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import formatting
from core.formatting import UNDEFINED
from dashboard.metrics import METRICS, Kind
from strategies.backtests.schemas import Metrics


def test_every_metric_of_the_document_has_its_words_once() -> None:
    assert sorted(metric.key for metric in METRICS) == sorted(Metrics.model_fields)


def test_every_metric_has_one_explaining_sentence() -> None:
    for metric in METRICS:
        assert metric.explanation.endswith(".")
        assert metric.explanation.count(". ") == 0


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (formatting.money(1234567.891, "USD"), "1,234,567.89 USD"),
        (formatting.money(-0.001, "USD"), "0.00 USD"),
        (formatting.percent(-0.12345), "-12.35 %"),
        (formatting.percent(-0.000001), "0.00 %"),
        (formatting.signed_percent(0.5), "+50.00 %"),
        (formatting.signed_percent(-0.5), "-50.00 %"),
        (formatting.signed_percent(0.00000001), "0.00 %"),
        (formatting.ratio(1.005), "1.00"),
        (formatting.amount(0.43), "0.43"),
        (formatting.signed(-0.04, 1), "0.0"),
        (formatting.signed(12.34, 1), "+12.3"),
        (formatting.count(12345), "12,345"),
        (formatting.days(1), "1 day"),
        (formatting.days(400), "400 days"),
        (formatting.price(0.12345), "0.1235"),
        (formatting.price(431.234), "431.23"),
        (formatting.shares(15), "15"),
        (formatting.shares(1500.25), "1,500.2500"),
    ],
)
def test_figures_are_written_with_their_unit(written: str, expected: str) -> None:
    assert written.replace(formatting.SPACE, " ") == expected


def test_an_undefined_figure_is_a_dash_of_any_kind() -> None:
    assert {metric.text(None, "USD") for metric in METRICS} == {UNDEFINED}


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_a_written_ratio_is_within_rounding_of_the_figure(value: float) -> None:
    assert float(formatting.ratio(value).replace(",", "")) == pytest.approx(value, abs=0.0051, rel=1e-12)


def test_amounts_name_the_currency() -> None:
    amounts = [metric for metric in METRICS if metric.kind is Kind.MONEY]
    assert {metric.text(1, "KRW").split(formatting.SPACE)[1] for metric in amounts} == {"KRW"}
