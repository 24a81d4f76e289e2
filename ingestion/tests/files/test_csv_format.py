"""How files of bars are recognised."""

import io

import pytest

from core.errors import InvalidInput
from ingestion.files.csv_format import CsvRow, DateOrder, detect, rows_of
from ingestion.store.validation import BarText


def read(content: str, encoding: str = "utf-8") -> list[CsvRow]:
    file = io.BytesIO(content.encode(encoding))
    return list(rows_of(file, detect(file)))


ROW = ("2024-01-31", "187.04", "187.1", "184.35", "184.4", "55467803")


@pytest.mark.parametrize(
    ("content", "row"),
    [
        ("timestamp,open,high,low,close,volume\n2024-01-31,187.04,187.1,184.35,184.4,55467803\n", ROW),
        (
            "Date,Open,High,Low,Close,Adj Close,Volume\n2024-01-31,187.04,187.1,184.35,184.4,183,55467803\n",
            ROW,
        ),
        (
            "<TICKER>,<PER>,<DATE>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>\r\nAAPL.US,D,20240131,{}\r\n".format(
                "187.04,187.1,184.35,184.4,55467803"
            ),
            ROW,
        ),
        (
            "Date,Close/Last,Volume,Open,High,Low\n01/31/2024,$184.40,55467803,$187.04,$187.10,$184.35\n",
            ("2024-01-31", "187.04", "187.10", "184.35", "184.40", "55467803"),
        ),
        ("date;open;high;low;close;volume\n31.01.2024;187,04;187,1;184,35;184,4;55467803\n", ROW),
        ("Date\tOpen\tHigh\tLow\tLast\tVol\n2024/01/31\t187.04\t187.1\t184.35\t184.4\t55467803", ROW),
        ("2024-01-31,187.04,187.1,184.35,184.4,55467803\n", ROW),
        (
            '"Date",Open,High,Low,Close,Volume\n"Jan 31, 2024",187.04,187.1,184.35,184.4,"55,467,803"',
            ROW,
        ),
        ("date,open,high,low,close,volume\n2024-01-31T00:00:00,187.04,187.1,184.35,184.4,55467803.0\n", ROW),
        ("date,open,high,low,close,volume\n\n2024-1-31,187.04,187.1,184.35,184.4,55467803\n\n", ROW),
    ],
)
def test_known_files_are_read_without_being_told(content: str, row: tuple[str, ...]) -> None:
    (found,) = read(content)
    day, open_, high, low, close, volume = row
    assert found.bar == BarText(
        place=f"on line {found.line}", date=day, open=open_, high=high, low=low, close=close, volume=volume
    )
    assert found.symbol in {None, "AAPL"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_part_of_the_header(encoding: str) -> None:
    assert len(read("date,open,high,low,close,volume\n2024-01-31,1,1,1,1,1\n", encoding)) == 1


def test_the_order_of_day_and_month_may_show_itself_late() -> None:
    lines = "date,open,high,low,close,volume\n{},1,1,1,1,1\n{},1,1,1,1,1\n"
    american = read(lines.format("02/01/2024", "02/13/2024"))
    assert [row.bar.date for row in american] == ["2024-02-01", "2024-02-13"]
    european = read(lines.format("02/01/2024", "13/02/2024"))
    assert [row.bar.date for row in european] == ["2024-01-02", "2024-02-13"]


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    rows = read("date,open,high,low,close,volume\n\n2024-01-30,1,1,1,1,1\n\n2024-01-31,1,1,1,1,1\n")
    assert [row.line for row in rows] == [3, 5]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty"),
        (b"date,open,high,low,close\n2024-01-31,1,1,1,1\n", "Line 1 names no column volume"),
        (b"a,b,c\n1,2,3\n", "Line 1 names no columns"),
        (b"date,open,high,low,close,volume\n01/02/2024,1,1,1,1,1\n", "on line 2 can be read in two ways"),
        (
            b"date,open,high,low,close,volume\n01/13/2024,1,1,1,1,1\n13/01/2024,1,1,1,1,1\n",
            "Lines 2 and 3 write day and month in different orders",
        ),
        (b"date,open,high,low,close,volume\n2024-01-31,1,1\n", "Line 2 has 3 columns where 6 are needed"),
        (b"date,open,high,low,close,volume\n\xff\xff\xff\n", "not text in UTF-8"),
        (b"date,open,high,low,close,volume\n" + b"9" * 5000, "Line 2 is not a line of a CSV file"),
        (b"date,open,high,low,close,volume\n2024\0,1,1,1,1,1\n", "Line 2 is not a line of a CSV file"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "not text in UTF-8"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(content: bytes, message: str) -> None:
    file = io.BytesIO(content)
    with pytest.raises(InvalidInput, match=message) as refusal:
        list(rows_of(file, detect(file)))
    assert refusal.value.field == "file"


def test_nasdaqs_dates_are_american_even_where_none_shows_it() -> None:
    file = io.BytesIO(b"Date,Close/Last,Volume,Open,High,Low\n01/02/2024,$1,1,$1,$1,$1\n")
    assert detect(file).date_order == DateOrder.MONTH_FIRST
