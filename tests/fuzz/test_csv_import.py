"""No file makes the import fail otherwise than by a message, and a refused one leaves nothing behind."""

import io
from collections import Counter
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import HindcastError
from ingestion.exchange_calendar import sessions_between
from ingestion.files.reading import Market, ReadOptions, read_file
from ingestion.files.requests import FilePrices, ImportRequest
from ingestion.files.service import import_bars
from ingestion.files.unpacking import unpack
from ingestion.models import DailyBar, Instrument
from ingestion.store.validation import BarText, validated_bar
from tests.fuzz import QUIETLY, STORING, forgotten, require_words

CELLS = st.one_of(
    st.text(max_size=8),
    st.decimals().map(str),
    st.dates().map(str),
    st.sampled_from(
        ["=1+1", '"', '""', '"1,5"', "10", "12.5", "-1", "NaN", "1e99999", "2024-02-30", "AAPL", "\x00", "$7"]
    ),
)
SESSIONS = [str(day) for day in sessions_between("XNYS", date(2023, 1, 3), date(2024, 6, 28))]
WAYS_TO_WRITE_A_DAY = ("{0}", "{0}T00:00:00", "{1}/{2}/{3}", "{2}.{1}.{3}", "{3}{1}{2}")
HEADERS = {
    "date,open,high,low,close,volume": ("date", "open", "high", "low", "close", "volume"),
    "Date,Open,High,Low,Close,Adj Close,Volume": ("date", "open", "high", "low", "close", "close", "volume"),
    "symbol,date,open,high,low,close,volume": ("symbol", "date", "open", "high", "low", "close", "volume"),
    "timestamp;open;high;low;close;volume": ("date", "open", "high", "low", "close", "volume"),
    "<TICKER>,<PER>,<DATE>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>": (
        *("symbol", "nothing", "date", "open", "high", "low", "close", "volume"),
    ),
    "date\topen\thigh\tlow\tclose\tvolume": ("date", "open", "high", "low", "close", "volume"),
    "": ("date", "open", "high", "low", "close", "volume"),
}
MARKS = (b"", b"", b"\xef\xbb\xbf", b"\xff\xfe", b"PK\x03\x04", b"\x1f\x8b")


@st.composite
def _files(draw: st.DrawFn) -> bytes:
    """Return a file that is one in most places, with a few cells, lines or bytes that are anything."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=200))
    header = draw(st.sampled_from(sorted(HEADERS)))
    delimiter = next((mark for mark in ";\t" if mark in header), ",")
    spelling = draw(st.sampled_from(WAYS_TO_WRITE_A_DAY))
    first = draw(st.integers(0, len(SESSIONS) - 9))
    lines = [header] if header else []
    for day in SESSIONS[first : first + draw(st.integers(0, 8))]:
        cells = [_good_cell(column, day, spelling) for column in HEADERS[header]]
        if draw(st.integers(0, 9)) == 0:
            cells[draw(st.integers(0, len(cells) - 1))] = draw(CELLS)
        lines.append(delimiter.join(cells))
    if draw(st.integers(0, 9)) == 0:
        lines.insert(draw(st.integers(0, len(lines))), draw(st.lists(CELLS, max_size=9).map(",".join)))
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    text = end.join(lines).encode("utf-8", "surrogatepass")
    return draw(st.sampled_from(MARKS) if draw(st.integers(0, 5)) == 0 else st.just(b"")) + text


def _good_cell(column: str, day: str, spelling: str) -> str:
    year, month, number = day.split("-")
    cells = {"date": spelling.format(day, month, number, year), "symbol": "NEWCO", "high": "12", "low": "9"}
    return cells.get(column, "100" if column == "volume" else "10.5")


@QUIETLY
@given(file=_files())
def test_a_file_is_read_whole_or_refused_with_a_message(file: bytes) -> None:
    try:
        readings = [
            read_file(table, ReadOptions(), market_of=lambda symbol, known: Market(), today=date(2026, 1, 1))
            for table in unpack(io.BytesIO(file))
        ]
    except HindcastError as refusal:
        require_words(refusal)
        return
    assert readings
    for series in (series for reading in readings for series in reading.series):
        open_, high, low, close = series.table.prices
        assert (low > 0).all()
        assert (low <= np.minimum(open_, close)).all()
        assert (high >= np.maximum(open_, close)).all()
        assert (np.diff(series.table.days) > np.timedelta64(0, "D")).all()


VALUES = st.one_of(
    st.decimals(min_value=-10, max_value=10**13).map(str),
    st.floats().map(str),
    st.text(max_size=12),
    st.sampled_from(["1", "2", "1.5", "0", "-1", "NaN", "1e999999999", "\uff19", "1e-9"]),
)


@QUIETLY
@given(
    row=st.builds(
        BarText,
        place=st.just("on line 1"),
        date=st.one_of(st.dates().map(str), st.text(max_size=12)),
        open=VALUES,
        high=VALUES,
        low=VALUES,
        close=VALUES,
        volume=st.one_of(st.integers().map(str), VALUES),
    )
)
def test_a_row_becomes_a_possible_bar_or_is_refused_with_a_reason(row: BarText) -> None:
    try:
        bar = validated_bar(row)
    except ValueError as refusal:
        require_words(refusal)
        return
    assert 0 < bar.low <= min(bar.open, bar.close) <= max(bar.open, bar.close) <= bar.high
    assert 0 <= bar.volume < 2**63


def _stored() -> tuple[Counter[tuple[str, str]], int]:
    """Return the instruments and how many bars AAPL has, which is what a file could have changed."""
    instruments = Counter(Instrument.objects.values_list("symbol", "source"))
    return instruments, DailyBar.objects.filter(instrument__symbol="AAPL").count()


@pytest.mark.django_db
@STORING
@given(
    file=_files(),
    symbol=st.sampled_from(["NEWCO", "NEWCO", None, "AAPL"]),
    prices=st.sampled_from([None, *FilePrices]),
)
def test_a_file_is_imported_whole_or_refused_with_a_message(
    file: bytes, symbol: str | None, prices: FilePrices | None
) -> None:
    with forgotten():
        before = _stored()
        try:
            result = import_bars(io.BytesIO(file), ImportRequest(symbol=symbol, prices=prices))
        except HindcastError as refusal:
            require_words(refusal)
            assert _stored() == before
            return
        assert result.rows > 0
        assert result.rows == result.inserted + result.changed + result.unchanged + result.kept
        found = DailyBar.objects.filter(instrument__symbol__in=result.symbols)
        assert found.count() == result.rows
