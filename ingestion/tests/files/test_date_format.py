"""How dates are read: all of a file together tell the order of their numbers."""

from datetime import date

import pytest

from core.errors import InvalidInput
from ingestion.files.date_format import DateReading, read_dates
from ingestion.files.date_spelling import DateOrder

TODAY = date(2025, 6, 1)


def read(*texts: str, **options: object) -> DateReading:
    return read_dates(texts, range(2, len(texts) + 2), today=TODAY, **options)  # type: ignore[arg-type]


def days(reading: DateReading) -> list[str | None]:
    return [found.day.isoformat() if found else None for found in reading.dates]


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("2024-01-31", DateOrder.YEAR_FIRST),
        ("2024/1/31", DateOrder.YEAR_FIRST),
        ("2024.01.31", DateOrder.YEAR_FIRST),
        ("2024. 01. 31.", DateOrder.YEAR_FIRST),
        ("20240131", DateOrder.YEAR_FIRST),
        ("2024年01月31日", DateOrder.YEAR_FIRST),
        ("2024년 1월 31일", DateOrder.YEAR_FIRST),
        ("2024-01-31T00:00:00", DateOrder.YEAR_FIRST),
        ("2024-01-31 00:00:00-05:00", DateOrder.YEAR_FIRST),
        ("2024-01-31T00:00:00.000Z", DateOrder.YEAR_FIRST),
        ("31/01/2024", DateOrder.DAY_FIRST),
        ("31.01.2024", DateOrder.DAY_FIRST),
        ("01/31/2024", DateOrder.MONTH_FIRST),
        ("1/31/24", DateOrder.MONTH_FIRST),
        ("31.1.24", DateOrder.DAY_FIRST),
        ("Jan 31, 2024", DateOrder.MONTH_NAMED),
        ("31-Jan-2024", DateOrder.MONTH_NAMED),
        ("31-JAN-24", DateOrder.MONTH_NAMED),
        ("Wed Jan 31 2024", DateOrder.MONTH_NAMED),
        ("Wednesday, January 31, 2024", DateOrder.MONTH_NAMED),
        ("31 janv. 2024", DateOrder.MONTH_NAMED),
        ("31 de enero de 2024", DateOrder.MONTH_NAMED),
        ("31. Januar 2024", DateOrder.MONTH_NAMED),
        ("1706716800", DateOrder.UNIX),
        ("1706659200000", DateOrder.UNIX),
        ("1706659200000000", DateOrder.UNIX),
        ("1706659200000000000", DateOrder.UNIX),
        ("45322", DateOrder.EXCEL_SERIAL),
        ("45322.0", DateOrder.EXCEL_SERIAL),
    ],
)
def test_known_spellings_say_the_same_day(text: str, order: DateOrder) -> None:
    reading = read(text)
    assert days(reading) == ["2024-01-31"]
    assert reading.order == order


@pytest.mark.parametrize("text", ["", "abc", "2024-13-01", "2024-02-30", "99/99/9999", "12", "123456"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert days(read("2024-01-31", text))[1] is None


def test_one_telling_date_decides_for_all() -> None:
    assert days(read("02/01/2024", "02/13/2024")) == ["2024-02-01", "2024-02-13"]
    assert days(read("02/01/2024", "13/02/2024")) == ["2024-01-02", "2024-02-13"]


def test_orders_that_contradict_are_refused_with_both_lines() -> None:
    with pytest.raises(InvalidInput, match="Lines 2 and 3 write day and month in different orders"):
        read("01/13/2024", "13/01/2024")


def test_two_fitting_orders_are_shown() -> None:
    with pytest.raises(
        InvalidInput, match=r"2024-02-01 \(dates=day_first\), 2024-01-02 \(dates=month_first\)"
    ):
        read("01/02/2024")
    assert days(read("01/02/2024", order=DateOrder.DAY_FIRST)) == ["2024-02-01"]
    assert days(read("01/02/2024", usual=DateOrder.MONTH_FIRST)) == ["2024-01-02"]


def test_an_order_that_no_exchange_can_have_is_no_reading() -> None:
    # Read as month first, the last of these would be Sunday, 1 September.
    assert days(read("05/01/2024", "08/01/2024", "09/01/2024"))[1] == "2024-01-08"
    with pytest.raises(InvalidInput, match="two ways"):
        read("02/01/2024", "03/01/2024", "04/01/2024")


def test_years_of_two_digits_may_stand_first_or_last() -> None:
    assert days(read("24/01/31", "24/02/01")) == ["2024-01-31", "2024-02-01"]
    assert days(read("31/12/99", "03/01/00")) == ["1999-12-31", "2000-01-03"]


def test_moments_belong_to_the_days_of_the_exchange() -> None:
    opening = "1704378600"  # 14:30 UTC on 2024-01-04, the opening in New York
    assert days(read(opening, time_zone="America/New_York")) == ["2024-01-04"]
    in_sydney = "2024-01-03T23:00:00Z"
    assert days(read(in_sydney, time_zone="Australia/Sydney")) == ["2024-01-04"]
    midnight_there = "2024-01-03T15:00:00+00:00"
    assert days(read(midnight_there, time_zone="Asia/Tokyo")) == ["2024-01-04"]
    assert days(read("1704326400000", time_zone="America/New_York")) == ["2024-01-04"]


def test_a_time_with_an_offset_is_the_exchanges_own() -> None:
    reading = read("2024-06-06 00:00:00-04:00", "2024-06-07 16:00:00-04:00")
    assert days(reading) == ["2024-06-06", "2024-06-07"]
    assert [found.second for found in reading.dates if found] == [0, 57_600]
