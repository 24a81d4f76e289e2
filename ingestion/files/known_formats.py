"""Recognise the files of known sources by their columns, and what each source means by them."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingestion.files.column_names import folded
from ingestion.files.column_roles import Role
from ingestion.files.date_spelling import DateOrder
from ingestion.files.number_format import DecimalMark
from ingestion.files.table_header import TableHeader


@dataclass(frozen=True, kw_only=True)
class KnownFormat:
    """A source whose files are recognised.

    names: plain names that all must be among the columns.
    order, decimal: the source's own, which decide where a file leaves them open.
    lot: shares in a unit of volume.
    exchange: ISO 10383 code, where every file of the source is of one.
    """

    name: str
    names: frozenset[str] = frozenset()
    order: DateOrder | None = None
    decimal: DecimalMark | None = None
    lot: int = 1
    exchange: str | None = None


def _of(
    name: str,
    names: str,
    *,
    order: DateOrder | None = None,
    decimal: DecimalMark | None = DecimalMark.POINT,
    lot: int = 1,
    exchange: str | None = None,
) -> KnownFormat:
    return KnownFormat(
        name=name,
        names=frozenset(folded(name) for name in names.split("|")),
        order=order,
        decimal=decimal,
        lot=lot,
        exchange=exchange,
    )


_COMMA = DecimalMark.COMMA
_KNOWN: Sequence[KnownFormat] = (
    _of("Tiingo", "date|close|adj close|div cash|split factor"),
    _of("yfinance", "open|high|low|close|dividends|stock splits"),
    _of("Quandl", "open|high|low|close|ex-dividend|split ratio"),
    _of("Quandl", "open|high|low|last|settle"),
    _of("Alpha Vantage", "timestamp|open|high|low|close|adjusted close|dividend amount"),
    _of("EODHD", "date|open|high|low|close|adjusted close|volume"),
    _of("Yahoo", "date|open|high|low|close|adj close|volume"),
    _of("Nasdaq", "date|close/last|volume|open|high|low", order=DateOrder.MONTH_FIRST),
    _of("Nasdaq", "date|close/last|open|high|low", order=DateOrder.MONTH_FIRST),
    _of("Stooq", "ticker|per|date|time|open|high|low|close|vol"),
    _of("MetaTrader", "date|open|high|low|close|tickvol|vol|spread"),
    _of("Polygon", "ticker|volume|open|close|high|low|window start|transactions"),
    _of("Polygon", "v|vw|o|c|h|l|t|n"),
    _of("tushare", "ts code|trade date|open|high|low|close|vol", lot=100, exchange="XSHG"),
    _of("akshare", "日期|开盘|收盘|最高|最低|成交量|成交额|换手率", lot=100, exchange="XSHG"),
    _of("KRX", "일자|종가|대비|등락률|시가|고가|저가|거래량", exchange="XKRX"),
    _of(
        "NSE bhavcopy",
        "symbol|series|date1|open price|high price|low price|close price|ttl trd qnty",
        exchange="XBOM",
    ),
    _of("NSE bhavcopy", "trad dt|tckr symb|opn pric|hgh pric|lw pric|cls pric", exchange="XBOM"),
    _of(
        "NSE bhavcopy",
        "symbol|series|open|high|low|close|last|prevclose|tottrdqty|timestamp",
        exchange="XBOM",
    ),
    _of("NSE", "date|series|open|high|low|prev close|ltp|close|vwap", exchange="XBOM"),
    _of("NSE", "symbol|series|prev close|open|high|low|last|close|vwap", exchange="XBOM"),
    _of("BSE", "date|open price|high price|low price|close price|wap", exchange="XBOM"),
    _of("BSE", "sc code|sc name|open|high|low|close|last|prevclose", exchange="XBOM"),
    _of("CryptoDataDownload", "unix|date|symbol|open|high|low|close", exchange="24/7"),
    _of("Binance", "open time|open|high|low|close|volume|close time", exchange="24/7"),
    _of("Euronext", "date|open|high|low|last|close|number of shares|turnover", decimal=None),
    _of("Euronext", "date|open|high|low|close|number of shares|number of trades|turnover", decimal=None),
    _of("Investing", "date|price|open|high|low|change %"),
    _of("Investing", "datum|zuletzt|eröffn|hoch|tief", decimal=_COMMA, order=DateOrder.DAY_FIRST),
    _of("Investing", "date|dernier|ouv|plus haut|plus bas", decimal=_COMMA, order=DateOrder.DAY_FIRST),
    _of("Investing", "fecha|último|apertura|máximo|mínimo", decimal=_COMMA, order=DateOrder.DAY_FIRST),
    _of("Investing", "data|ultimo|apertura|massimo|minimo", decimal=_COMMA, order=DateOrder.DAY_FIRST),
    _of("Investing", "data|último|abertura|máxima|mínima", decimal=_COMMA, order=DateOrder.DAY_FIRST),
    _of("Investing", "datum|laatste|open|hoog|laag", decimal=_COMMA, order=DateOrder.DAY_FIRST),
    _of("Investing", "data|ostatnio|otwarcie", decimal=_COMMA, order=DateOrder.DAY_FIRST),
    _of("Investing", "tarih|şimdi|açılış|yüksek|düşük", decimal=_COMMA, order=DateOrder.DAY_FIRST),
    _of("Investing", "дата|цена|откр|макс|мин", decimal=_COMMA, order=DateOrder.DAY_FIRST),
    _of("Investing", "datum|senaste|öppen|högst|lägst", decimal=_COMMA),
    _of("Investing", "날짜|종가|시가|고가|저가"),
    _of("Investing", "日付け|終値|始値|高値|安値"),
    _of("Investing", "日期|收盘|开盘|高|低"),
    _of(
        "Investing",
        "tanggal|terakhir|pembukaan|tertinggi|terendah",
        decimal=_COMMA,
        order=DateOrder.DAY_FIRST,
    ),
    _of("Stooq", "data|otwarcie|najwyższy|najniższy|zamknięcie"),
    _of("FRED", "observation date"),
    _of("TradingView", "time|open|high|low|close"),
    _of("WSJ", "date|open|high|low|close", order=DateOrder.MONTH_FIRST, decimal=None),
    _of("Alpha Vantage", "timestamp|open|high|low|close|volume"),
)

_FRED_COLUMNS = 2
_BINANCE_COLUMNS = 12
_MILLISECONDS = 13


def recognise(header: TableHeader) -> KnownFormat:
    """Return the source whose files have these columns; one named after its delimiter where none is known."""
    names = header.plain_names
    if header.ticker is not None:
        return KnownFormat(name="yfinance", decimal=DecimalMark.POINT)
    for known in _KNOWN:
        if known.names <= names and _is_plausible(known, header):
            return known
    if len(header.names) == _FRED_COLUMNS and header.names[0] == "DATE" and header.names[1].isupper():
        return KnownFormat(name="FRED", decimal=DecimalMark.POINT)
    if not header.names and header.width == _BINANCE_COLUMNS and _has_moments(header):
        return KnownFormat(name="Binance", decimal=DecimalMark.POINT, exchange="24/7")
    return KnownFormat(
        name="table with names" if header.names else "table without names", decimal=_decimal(header)
    )


def _is_plausible(known: KnownFormat, header: TableHeader) -> bool:
    """Tell files apart whose names are common to many."""
    if known.name == "WSJ":
        first = header.sample[0][header.places[Role.DATE]] if header.sample else ""
        is_usual = header.is_spaced or Role.VOLUME not in header.places
        return "/" in first and len(first) == len("01/31/24") and is_usual
    if known.name == "TradingView":
        return plain_first(header) == "time"
    return True


def plain_first(header: TableHeader) -> str:
    """Return the first name in lower case."""
    return header.names[0].strip().lower() if header.names else ""


def _has_moments(header: TableHeader) -> bool:
    first = header.sample[0][header.places[Role.DATE]]
    return first.isdigit() and len(first) >= _MILLISECONDS


def _decimal(header: TableHeader) -> DecimalMark | None:
    """Return the mark that goes with a comma between columns, or with names in an East Asian script."""
    is_east_asian = any("\u3040" <= character <= "\ud7a3" for name in header.names for character in name)
    plain = header.delimiter == "," and not any("," in cell for row in header.sample for cell in row)
    return DecimalMark.POINT if is_east_asian or plain else None
