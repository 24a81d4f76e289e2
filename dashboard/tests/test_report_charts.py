"""The printed charts: round ticks inside the axis, positions in proportion, words that stay words."""

import base64
from datetime import date
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.reports.svg import charts
from dashboard.reports.svg.drawing import Anchor, Drawing, Mark, Stroke, text_width
from dashboard.reports.svg.panels import PanelPlan, time_panels
from dashboard.reports.svg.scales import date_ticks, linear_ticks, log_ticks, value_scale
from strategies.backtests.schemas import ReturnsByPeriod

SVG = "{http://www.w3.org/2000/svg}"

amounts = st.floats(1e-6, 1e12)
changes = st.floats(-1e9, 1e9).map(lambda change: round(change, 6))


def image(url: str) -> ET.Element:
    head, _, content = url.partition(",")
    assert head == "data:image/svg+xml;base64"
    return ET.fromstring(base64.b64decode(content))  # noqa: S314 - our own


@given(low=changes, span=st.floats(1e-3, 1e9), about=st.integers(2, 9))
def test_a_linear_axis_has_few_round_ticks_at_equal_distances(low: float, span: float, about: int) -> None:
    ticks = linear_ticks(low, low + span, about)
    assert 1 <= len(ticks) <= about + 1
    room = 1e-6 * (abs(low) + span)
    assert low - room <= ticks[0] <= ticks[-1] <= low + span + room
    if len(ticks) > 2:
        step = np.diff(ticks)
        assert step == pytest.approx(step[0], rel=1e-3, abs=1e-11)
        mantissa = step[0] / 10 ** np.floor(np.log10(step[0]) + 1e-6)
        assert min(abs(mantissa - round_one) for round_one in (1, 2, 2.5, 5, 10)) < 0.02


@given(low=amounts, factor=st.floats(1.05, 1e9))
def test_a_logarithmic_axis_is_labelled_whatever_its_width(low: float, factor: float) -> None:
    ticks = log_ticks(low, low * factor)
    assert 1 <= len(ticks) <= 13
    assert all(low * (1 - 1e-9) <= tick <= low * factor * (1 + 1e-9) for tick in ticks)


@given(first=st.integers(0, 20_000), days=st.integers(1, 20_000))
def test_dates_have_a_few_labels_in_order(first: int, days: int) -> None:
    ticks = date_ticks(first - 0.5, first + days + 0.5)
    positions = [position for position, _ in ticks]
    labels = [label for _, label in ticks]
    assert 1 <= len(ticks) <= 13
    assert positions == sorted(positions)
    assert len(set(labels)) == len(labels)


def test_the_labels_of_dates_suit_the_span() -> None:
    start = float(np.datetime64("2000-03-01").astype(int))
    assert [label for _, label in date_ticks(start, start + 13 * 365.25)][:2] == ["2002", "2004"]
    assert [label for _, label in date_ticks(start, start + 180)][:2] == ["Mar 2000", "Apr 2000"]
    assert [label for _, label in date_ticks(start, start + 6)][:2] == ["01 Mar 2000", "02 Mar 2000"]


@given(values=st.lists(changes, min_size=1, max_size=20), logarithmic=st.booleans())
def test_every_value_lies_inside_its_axis(values: list[float], logarithmic: bool) -> None:
    scale = value_scale(values, start=100, end=0, logarithmic=logarithmic)
    shown = [value for value in values if value > 1e-9 or not logarithmic]
    positions = scale.positions(np.array(shown))
    assert np.all((positions >= -0.01) & (positions <= 100.01))


def test_equal_ratios_are_equal_distances_on_a_logarithmic_axis() -> None:
    scale = value_scale([1, 1000], start=0, end=90, logarithmic=True)
    one, ten, hundred = (scale.position(value) for value in (1, 10, 100))
    assert ten - one == pytest.approx(hundred - ten)


def test_a_spike_of_one_bar_is_drawn_among_thousands() -> None:
    dates = np.arange("2000-01-01", "2020-01-01", dtype="datetime64[D]")
    values = [1.0] * len(dates)
    values[4321] = 5.0
    plan = PanelPlan(title="Spike", height=100, values=values, label=str)
    drawing, (panel,) = time_panels(dates, [plan])
    panel.line(dates, values, Stroke(colour="#123456", width=1))
    line = next(
        path.get("d", "")
        for path in image(drawing.data_address()).iter(f"{SVG}path")
        if path.get("stroke") == "#123456"
    )
    heights = [float(point.split()[1]) for point in line[1:].split("L")]
    assert len(heights) < 600
    assert min(heights) == pytest.approx(panel.values.position(5.0), abs=0.01)


def test_undefined_and_impossible_values_are_left_out_of_a_line() -> None:
    dates = np.arange("2000-01-01", "2000-01-06", dtype="datetime64[D]")
    plan = PanelPlan(title="Gaps", height=100, values=[1, 10], label=str, logarithmic=True)
    drawing, (panel,) = time_panels(dates, [plan])
    panel.line(dates, [None, 1.0, 0.0, 5.0, 10.0], Stroke(colour="#123456", width=1))
    line = next(
        path.get("d", "")
        for path in image(drawing.data_address()).iter(f"{SVG}path")
        if path.get("stroke") == "#123456"
    )
    assert len(line.split("L")) == 3
    assert "nan" not in line


def test_text_is_escaped_and_stands_where_it_is_anchored() -> None:
    drawing = Drawing(width=100, height=10)
    drawing.text(90, 8, "<b>&", size=7, colour="#000000", anchor=Anchor.END)
    text = image(drawing.data_address()).find(f"{SVG}text")
    assert text is not None
    assert text.text == "<b>&"
    assert float(text.get("x", 0)) == pytest.approx(90 - text_width("<b>&", 7), abs=0.01)


def test_digits_are_equally_wide_so_that_figures_align() -> None:
    assert len({text_width(digit, 10) for digit in "0123456789"}) == 1
    assert len({text_width(digit, 10, bold=True) for digit in "0123456789"}) == 1


def test_marks_differ_by_their_shape_and_not_by_colour_alone() -> None:
    assert len({mark.value for mark in Mark}) == len(Mark)


def test_equal_returns_give_equal_bytes_and_other_ones_do_not() -> None:
    def chart(last: float) -> str:
        periods = [str(year) for year in range(2000, 2030)]
        returns = [0.1] * 29 + [last]
        return charts.yearly_returns_chart(
            ReturnsByPeriod(periods=periods, strategy=returns, benchmark=returns)
        )

    assert chart(0.1) == chart(0.1) != chart(0.2)


def test_a_single_bar_is_a_dot() -> None:
    day = np.array([date(2013, 3, 1)], dtype="datetime64[D]")
    drawing, (panel,) = time_panels(day, [PanelPlan(title="One", height=50, values=[7.0], label=str)])
    panel.line(day, [7.0], Stroke(colour="#123456", width=1))
    assert any(path.get("fill") == "#123456" for path in image(drawing.data_address()).iter(f"{SVG}path"))
