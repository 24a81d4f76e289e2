"""Which rows can be a session's bar."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.errors import InvalidBars
from ingestion.store.validation import Bar, BarText, validated_bars

GOOD = BarText(place="2", date="2024-01-31", open="10.5", high="11", low="10", close="10.25", volume="1000")


def test_rows_become_exact_bars_oldest_first() -> None:
    later = replace(GOOD, date="2024-02-01")
    first, second = validated_bars([later, GOOD])
    assert first == Bar(
        date=date(2024, 1, 31),
        open=Decimal("10.5"),
        high=Decimal(11),
        low=Decimal(10),
        close=Decimal("10.25"),
        volume=1000,
    )
    assert second.date == date(2024, 2, 1)


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        ("date", "31.01.2024", "is not a date"),
        ("date", "2024-02-30", "is not a date"),
        ("open", "", "is not a number"),
        ("open", "abc", "is not a number"),
        ("open", "NaN", "not a positive price"),
        ("high", "Infinity", "not a positive price"),
        ("low", "0", "not a positive price"),
        ("low", "-1", "not a positive price"),
        ("low", "0.0000000000001", "less than a trillionth"),
        ("high", "1e999999", "not a positive price"),
        ("open", "11.5", "the open 11.5 lies outside the range"),
        ("close", "9.99", "the close 9.99 lies outside the range"),
        ("low", "12", "the low 12 lies above the high"),
        ("volume", "many", "is not a number"),
        ("volume", "-1", "not a possible number of shares"),
        ("volume", str(2**63), "not a possible number of shares"),
    ],
)
def test_a_bad_value_rejects_the_batch_and_names_row_and_reason(column: str, text: str, reason: str) -> None:
    bad = replace(GOOD, place="17", **{column: text})
    with pytest.raises(InvalidBars, match=reason) as caught:
        validated_bars([replace(GOOD, date="2024-02-01"), bad])
    assert "Row 17:" in caught.value.message
    assert "Nothing was stored" in caught.value.message


def test_two_rows_of_one_day_are_rejected_even_when_equal() -> None:
    with pytest.raises(InvalidBars, match=r"Row 3: there is another row for 2024-01-31\."):
        validated_bars([GOOD, replace(GOOD, place="3")])


def test_many_bad_rows_are_counted_and_the_first_are_shown() -> None:
    rows = [replace(GOOD, place=str(number), close="99") for number in range(1, 9)]
    with pytest.raises(InvalidBars) as caught:
        validated_bars(rows)
    assert len(caught.value.problems) == 8
    assert "Row 5:" in caught.value.message
    assert "Row 6:" not in caught.value.message
    assert "And 3 more rows." in caught.value.message


@given(
    prices=st.lists(st.decimals("0.01", "99999", places=6), min_size=2, max_size=2).map(sorted),
    inside=st.tuples(st.fractions(0, 1), st.fractions(0, 1)),
)
def test_any_bar_within_its_range_is_accepted(prices: list[Decimal], inside: tuple[float, float]) -> None:
    low, high = prices
    open_, close = (low + (high - low) * Decimal(float(share)) for share in inside)
    row = replace(GOOD, open=str(open_), high=str(high), low=str(low), close=str(close))
    (bar,) = validated_bars([row])
    assert bar.low <= bar.open <= bar.high
    assert bar.low <= bar.close <= bar.high
