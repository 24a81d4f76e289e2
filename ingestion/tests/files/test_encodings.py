"""How the encoding of a file is told."""

import codecs
import io

import pytest

from core.errors import InvalidInput
from ingestion.files.encodings import detect_encoding


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Date,Close\n2024-01-04,1\n", "utf-8"),
        ("Datum;Eröffn.;Hoch;Tief;Zuletzt\n", "utf-8"),
        ("일자,종가,대비,등락률,시가,고가,저가,거래량\n2024/01/05,76600,1,1,1,1,1,1\n", "cp949"),
        ("日付,始値,高値,安値,終値,出来高\n2024/01/05,1,1,1,1,1\n", "cp932"),
        ("日期,开盘,收盘,最高,最低,成交量\n2024-01-05,1,1,1,1,1\n", "gb18030"),
        ("Datum;Eröffnung;Höchst;Tief;Schluß\n05.01.2024;1;1;1;1\n", "cp1252"),
        ("Data;Otwarcie;Najwyższy;Najniższy;Zamknięcie\n05.01.2024;1;1;1;1\n", "cp1250"),
        ("Дата;Открытие;Макс.;Мин.;Закрытие\n05.01.2024;1;1;1;1\n", "cp1251"),
    ],
)
def test_an_encoding_is_told_by_the_header(text: str, encoding: str) -> None:
    content = text.encode(encoding)
    assert content.decode(detect_encoding(io.BytesIO(content))) == text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-32"])
def test_unicode_is_told_by_its_mark_or_its_zero_bytes(encoding: str) -> None:
    content = ("Date,Close\n" + "2024-01-04,1\n" * 20).encode(encoding)
    assert content.decode(detect_encoding(io.BytesIO(content))).startswith("Date")


def test_a_letter_at_the_end_decides_against_utf8() -> None:
    content = b"Date,Close\n" + b"2024-01-04,1\n" * 100_000 + codecs.encode("Quelle: B\xf6rse", "cp1252")
    assert detect_encoding(io.BytesIO(content)) != "utf-8"


def test_bytes_are_no_text() -> None:
    with pytest.raises(InvalidInput, match="no text"):
        detect_encoding(io.BytesIO(b"\x01\x00\x00\x02" * 100))
