"""How figures stand in sentences."""

from datetime import date

import pytest

from core.formatting import counted, listed, percent, price, rounded_money, signed_percent


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (rounded_money(159_175.4, "USD"), "159,175 USD"),
        (rounded_money(999.994, "USD"), "999.99 USD"),
        (price(1234.5), "1,234.50"),
        (price(0.12345), "0.1235"),
        (price(0.00002345), "0.00002345"),
        (price(0), "0.00"),
        (percent(0.0583), "5.83 %"),
        (percent(-0.00001), "0.00 %"),
        (signed_percent(0.1234, 1), "+12.3 %"),
        (signed_percent(-0.1234), "-12.34 %"),
        (signed_percent(0.00001), "0.00 %"),
        (counted(1, "bar"), "1 bar"),
        (counted(3270, "bar"), "3,270 bars"),
    ],
)
def test_a_figure_in_a_sentence(written: str, words: str) -> None:
    assert written.replace("\N{NO-BREAK SPACE}", " ") == words


def test_a_figure_and_its_unit_stay_on_one_line() -> None:
    assert " " not in rounded_money(10, "USD") + percent(0.1) + signed_percent(0.1)


def test_of_many_days_the_first_are_listed() -> None:
    days = [date(2012, 1, day) for day in range(2, 7)]
    assert listed(days) == "2012-01-02, 2012-01-03, 2012-01-04 and 2 more"
    assert listed(days[:1]) == "2012-01-02"
