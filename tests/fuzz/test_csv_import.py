"""No file makes the import fail otherwise than by a message, and a refused one leaves nothing behind."""

import io
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.importing import FilePrices, ImportRequest, import_bars
from ingestion.models import DailyBar, Instrument
from jobs.errors import HindcastError
from tests.fuzz import EXAMPLES

pytestmark = pytest.mark.django_db

HEADERS = st.sampled_from(
    [
        "date,open,high,low,close,volume",
        "Date,Open,High,Low,Close,Adj Close,Volume",
        "symbol,date,open,high,low,close,volume",
        "timestamp;open;high;low;close;volume",
        "<TICKER>,<DATE>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>",
        "date,close",
        "",
    ]
)
GOOD_ROW = st.builds(
    lambda day, volume: f"{day},10,12,9,11,{volume}",
    st.dates(min_value=date(1999, 1, 1)).map(str),
    st.integers(0, 10**9),
)
CELLS = st.one_of(
    st.text(max_size=8),
    st.decimals().map(str),
    st.dates().map(str),
    st.sampled_from(["=1+1", '"', '""', "10", "12.5", "-1", "NaN", "1e99999", "2024-02-30", "AAPL", "\x00"]),
)
ANY_ROW = st.lists(CELLS, max_size=9).map(",".join)
FILES = st.one_of(
    st.binary(max_size=200),
    st.builds(
        lambda header, rows, end, mark: mark + end.join([header, *rows]).encode("utf-8", "surrogatepass"),
        HEADERS,
        st.lists(st.one_of(GOOD_ROW, GOOD_ROW, ANY_ROW), max_size=6),
        st.sampled_from(["\n", "\r\n", "\r"]),
        st.sampled_from([b"", b"\xef\xbb\xbf", b"\xff\xfe", b"PK\x03\x04", b"\x1f\x8b"]),
    ),
)


def _stored() -> tuple[int, int]:
    return Instrument.objects.count(), DailyBar.objects.count()


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(file=FILES, symbol=st.sampled_from(["NEWCO", None, "AAPL"]), prices=st.sampled_from(FilePrices))
def test_a_file_is_imported_whole_or_refused_with_a_message(
    file: bytes, symbol: str | None, prices: FilePrices
) -> None:
    before = _stored()
    try:
        result = import_bars(io.BytesIO(file), ImportRequest(symbol=symbol, prices=prices))
    except HindcastError as error:
        refusal = error.message
    else:
        assert result.rows > 0
        return
    assert refusal
    assert _stored() == before
