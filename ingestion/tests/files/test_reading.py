"""Files as sources write them: which kind they are, and the bars that come of them."""

import gzip
import io
from datetime import date
from typing import Any

import numpy as np
import pytest

from core.errors import InvalidInput
from ingestion.files.column_roles import Role
from ingestion.files.date_spelling import DateOrder
from ingestion.files.number_format import DecimalMark
from ingestion.files.reading import FileReading, Market, ReadOptions, read_file
from ingestion.files.unpacking import unpack

TODAY = date(2026, 11, 30)


def read(content: str | bytes, **options: Any) -> FileReading:
    file = io.BytesIO(content if isinstance(content, bytes) else content.encode())
    for table in unpack(file):
        return read_file(
            table,
            ReadOptions(**options),
            market_of=lambda symbol, known: Market(time_zone="America/New_York"),
            today=TODAY,
        )
    raise AssertionError


def rows(reading: FileReading) -> list[tuple[str, ...]]:
    (series,) = reading.series
    table = series.table
    return [
        (str(day), *(np.format_float_positional(value, trim="-") for value in (*prices, volume)))
        for day, prices, volume in zip(table.days, table.prices.T, table.volume, strict=True)
    ]


BAR = ("2024-01-31", "187.04", "187.1", "184.35", "184.4", "55467803")
WITHOUT_VOLUME = (*BAR[:5], "0")
ROUGH_VOLUME = (*BAR[:5], "55470000")

FORMATS = [
    (
        "Alpha Vantage",
        "timestamp,open,high,low,close,volume\n2024-01-31,187.0400,187.1000,184.3500,184.4000,55467803\n",
        BAR,
    ),
    (
        "Yahoo",
        "Date,Open,High,Low,Close,Adj Close,Volume\n2024-01-31,187.039993,187.100006,184.350006,184.399994,183.1,55467800\n",
        ("2024-01-31", "187.039993", "187.100006", "184.350006", "184.399994", "55467800"),
    ),
    (
        "Yahoo",
        "Date\tOpen\tHigh\tLow\tClose \tAdj Close \tVolume\nJan 31, 2024\t187.04\t187.10\t184.35\t184.40\t183.10\t55,467,803\n",
        BAR,
    ),
    (
        "yfinance",
        "Date,Open,High,Low,Close,Volume,Dividends,Stock Splits\n2024-01-31 00:00:00-05:00,187.04,187.1,184.35,184.4,55467803,0.0,0.0\n",
        BAR,
    ),
    (
        "yfinance",
        "Price,Adj Close,Close,High,Low,Open,Volume\nTicker,AAPL,AAPL,AAPL,AAPL,AAPL,AAPL\nDate,,,,,,\n2024-01-31,183,184.4,187.1,184.35,187.04,55467803\n",
        BAR,
    ),
    (
        "yfinance",
        "Ticker,AAPL,AAPL,AAPL,AAPL,AAPL\nPrice,Open,High,Low,Close,Volume\nDate,,,,,\n2024-01-31,187.04,187.1,184.35,184.4,55467803\n",
        BAR,
    ),
    (
        "Stooq",
        "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\nAAPL.US,D,20240131,000000,187.04,187.1,184.35,184.4,55467803,0\n",
        BAR,
    ),
    (
        "Stooq",
        "Data,Otwarcie,Najwyzszy,Najnizszy,Zamkniecie,Wolumen\n2024-01-31,187.04,187.1,184.35,184.4,55467803\n",
        BAR,
    ),
    (
        "Nasdaq",
        "Date,Close/Last,Volume,Open,High,Low\n01/31/2024,$184.40,55467803,$187.04,$187.10,$184.35\n",
        BAR,
    ),
    (
        "Nasdaq",
        "Date,Close/Last,Volume,Open,High,Low\n01/02/2024,$184.40,55467803,$187.04,$187.10,$184.35\n",
        ("2024-01-02", *BAR[1:]),
    ),
    (
        "Investing",
        '"Date","Price","Open","High","Low","Vol.","Change %"\n"01/31/2024","184.40","187.04","187.10","184.35","55.47M","-1.94%"\n',
        ROUGH_VOLUME,
    ),
    (
        "Investing",
        '"Datum","Zuletzt","Eröffn.","Hoch","Tief","Vol.","+/- %"\n"31.01.2024","184,40","187,04","187,10","184,35","55,47M","-1,94%"\n',
        ROUGH_VOLUME,
    ),
    (
        "Investing",
        '"Date","Dernier","Ouv."," Plus Haut","Plus Bas","Vol.","Variation %"\n"31/01/2024","184,40","187,04","187,10","184,35","55,47M","-1,94%"\n',
        ROUGH_VOLUME,
    ),
    (
        "Investing",
        '"Fecha","Último","Apertura","Máximo","Mínimo","Vol.","% var."\n"31.01.2024","184,40","187,04","187,10","184,35","55,47M","-1,94%"\n',
        ROUGH_VOLUME,
    ),
    (
        "Investing",
        '"Data","Ultimo","Apertura","Massimo","Minimo","Vol.","Var. %"\n"31.01.2024","184,40","187,04","187,10","184,35","55,47M","-1,94%"\n',
        ROUGH_VOLUME,
    ),
    (
        "Investing",
        '"Data","Último","Abertura","Máxima","Mínima","Vol.","Var%"\n"31.01.2024","184,40","187,04","187,10","184,35","55,47M","-1,94%"\n',
        ROUGH_VOLUME,
    ),
    (
        "Investing",
        '"Datum","Laatste","Open","Hoog","Laag","Vol.","Verschil %"\n"31-01-2024","184,40","187,04","187,10","184,35","55,47M","-1,94%"\n',
        ROUGH_VOLUME,
    ),
    (
        "Investing",
        '"Data","Ostatnio","Otwarcie","Max.","Min.","Wol.","Zmiana%"\n"31.01.2024","184,40","187,04","187,10","184,35","55,47M","-1,94%"\n',
        ROUGH_VOLUME,
    ),
    (
        "Investing",
        '"Tarih","Şimdi","Açılış","Yüksek","Düşük","Hac.","Fark %"\n"31.01.2024","184,40","187,04","187,10","184,35","55,47M","-%1,94"\n',
        ROUGH_VOLUME,
    ),
    (
        "Investing",
        '"Дата","Цена","Откр.","Макс.","Мин.","Объём","Изм. %"\n"31.01.2024","184,40","187,04","187,10","184,35","55,47M","-1,94%"\n',
        ROUGH_VOLUME,
    ),
    (
        "Investing",
        '"날짜","종가","시가","고가","저가","거래량","변동 %"\n"2024- 01- 31","184.40","187.04","187.10","184.35","55.47M","-1.94%"\n',
        ROUGH_VOLUME,
    ),
    (
        "Investing",
        '"日付け","終値","始値","高値","安値","出来高","変化率 %"\n"2024年01月31日","184.40","187.04","187.10","184.35","55.47M","-1.94%"\n',
        ROUGH_VOLUME,
    ),
    (
        "Investing",
        '"日期","收盘","开盘","高","低","交易量","涨跌幅"\n"2024-1-31","184.40","187.04","187.10","184.35","55.47M","-1.94%"\n',
        ROUGH_VOLUME,
    ),
    (
        "TradingView",
        "time,open,high,low,close,Volume,MA\n1706711400,187.04,187.1,184.35,184.4,55467803,180\n",
        BAR,
    ),
    (
        "TradingView",
        "time,open,high,low,close\n2024-01-31T09:30:00-05:00,187.04,187.1,184.35,184.4\n",
        WITHOUT_VOLUME,
    ),
    (
        "MetaTrader",
        "<DATE>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\n2024.01.31\t187.04\t187.1\t184.35\t184.4\t777\t55467803\t1\n",
        BAR,
    ),
    ("table without names", "2024.01.31,00:00,187.04,187.1,184.35,184.4,55467803\n", BAR),
    (
        "Tiingo",
        "date,close,high,low,open,volume,adjClose,adjHigh,adjLow,adjOpen,adjVolume,divCash,splitFactor\n2024-01-31,184.4,187.1,184.35,187.04,55467803,183,186,183,186,55467803,0.0,1.0\n",
        BAR,
    ),
    (
        "Polygon",
        "ticker,volume,open,close,high,low,window_start,transactions\nAAPL,55467803,187.04,184.4,187.1,184.35,1706677200000000000,5\n",
        BAR,
    ),
    ("Polygon", "v,vw,o,c,h,l,t,n\n55467803,185,187.04,184.4,187.1,184.35,1706677200000,5\n", BAR),
    (
        "Quandl",
        "Date,Open,High,Low,Close,Volume,Ex-Dividend,Split Ratio,Adj. Open,Adj. High,Adj. Low,Adj. Close,Adj. Volume\n2024-01-31,187.04,187.1,184.35,184.4,55467803.0,0.0,1.0,18,18,18,18,1\n",
        BAR,
    ),
    (
        "Quandl",
        "Date,Open,High,Low,Last,Change,Settle,Volume,Previous Day Open Interest\n2024-01-31,187.04,187.1,184.35,184.7,,184.4,55467803,1\n",
        BAR,
    ),
    (
        "EODHD",
        "Date,Open,High,Low,Close,Adjusted_close,Volume\n2024-01-31,187.04,187.1,184.35,184.4,183,55467803\n",
        BAR,
    ),
    (
        "Euronext",
        'Historical Data\nFrom 2024-01-01 to 2024-02-01\nFR0000000001\nDate;Open;High;Low;Last;Close;"Number of Shares";"Number of Trades";Turnover;vwap\n31/01/2024;187.04;187.1;184.35;184.7;184.4;55467803;1;1;1\n',
        BAR,
    ),
    (
        "NSE",
        '"Date ","series ","OPEN ","HIGH ","LOW ","PREV. CLOSE ","ltp ","close ","vwap ","52W H","52W L ","VOLUME ","VALUE ","No of trades "\n"31-Jan-2024","EQ","187.04","187.10","184.35","186","184.9","184.40","185","200","100","5,54,67,803","1","1"\n',
        BAR,
    ),
    (
        "NSE bhavcopy",
        "SYMBOL, SERIES, DATE1, PREV_CLOSE, OPEN_PRICE, HIGH_PRICE, LOW_PRICE, LAST_PRICE, CLOSE_PRICE, AVG_PRICE, TTL_TRD_QNTY\nQONE, EQ, 31-Jan-2024, 186, 187.04, 187.10, 184.35, 184.9, 184.40, 185, 55467803\n",
        BAR,
    ),
    (
        "NSE bhavcopy",
        "SYMBOL,SERIES,OPEN,HIGH,LOW,CLOSE,LAST,PREVCLOSE,TOTTRDQTY,TOTTRDVAL,TIMESTAMP,TOTALTRADES,ISIN,\nQONE,EQ,187.04,187.1,184.35,184.4,184.9,186,55467803,1,31-JAN-2024,1,INE0,\n",
        BAR,
    ),
    (
        "NSE bhavcopy",
        "TradDt,BizDt,Sgmt,TckrSymb,SctySrs,OpnPric,HghPric,LwPric,ClsPric,LastPric,PrvsClsgPric,TtlTradgVol\n2024-01-31,2024-01-31,CM,QONE,EQ,187.04,187.1,184.35,184.4,184.9,186,55467803\n",
        BAR,
    ),
    (
        "BSE",
        "Date,Open Price,High Price,Low Price,Close Price,WAP,No.of Shares,No. of Trades\n31-January-2024,187.04,187.10,184.35,184.40,185,55467803,1,\n",
        BAR,
    ),
    (
        "KRX",
        '"일자","종가","대비","등락률","시가","고가","저가","거래량"\n"2024/01/31","76,600","-1,100","-1.42","76,700","77,100","76,400","11,304,316"\n',
        ("2024-01-31", "76700", "77100", "76400", "76600", "11304316"),
    ),
    (
        "tushare",
        "ts_code,trade_date,open,high,low,close,pre_close,change,pct_chg,vol,amount\n000001.SZ,20240131,187.04,187.1,184.35,184.4,1,1,1,554678.03,1\n",
        BAR,
    ),
    (
        "akshare",
        "日期,股票代码,开盘,收盘,最高,最低,成交量,成交额,振幅,涨跌幅,涨跌额,换手率\n2024-01-31,000001,187.04,184.4,187.1,184.35,554678,1,1,1,1,1\n",
        (*BAR[:5], "55467800"),
    ),
    ("Binance", "1706659200000000,187.04,187.1,184.35,184.4,55467803,1706745599999999,1,1,1,1,0\n", BAR),
    (
        "Binance",
        "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n1706659200000,187.04,187.1,184.35,184.4,55467803,1706745599999,1,1,1,1,0\n",
        BAR,
    ),
    (
        "CryptoDataDownload",
        "https://www.CryptoDataDownload.com\nunix,date,symbol,open,high,low,close,Volume BTC,Volume USD\n1706659200000,2024-01-31 00:00:00,BTC/USD,187.04,187.1,184.35,184.4,55467803,9\n",
        BAR,
    ),
    ("WSJ", "Date, Open, High, Low, Close\n01/31/24, 187.04, 187.1, 184.35, 184.4\n", WITHOUT_VOLUME),
    ("WSJ", "Date, Open, High, Low, Close, Volume\n01/31/24, 187.04, 187.1, 184.35, 184.4, 55467803\n", BAR),
    (
        "FRED",
        "observation_date,SP500\n2024-01-30,.\n2024-01-31,184.4\n",
        ("2024-01-31", "184.4", "184.4", "184.4", "184.4", "0"),
    ),
    ("table with names", ",Open,High,Low,Close,Volume\n2024-01-31,187.04,187.1,184.35,184.4,55467803\n", BAR),
    ("table with names", "Open,High,Low,Close,Volume\n2024-01-31,187.04,187.1,184.35,184.4,55467803\n", BAR),
    (
        "table with names",
        "Unnamed: 0,Date,Open,High,Low,Close,Volume\n0,2024-01-31,187.04,187.1,184.35,184.4,55467803\n",
        BAR,
    ),
    (
        "table with names",
        "sep=;\ndate;open;high;low;close;volume\n31.01.2024;187,04;187,1;184,35;184,4;55467803\n",
        BAR,
    ),
    (
        "table with names",
        "date|open|high|low|close|volume\n2024-01-31|187.04|187.1|184.35|184.4|55467803\n",
        BAR,
    ),
    (
        "table with names",
        "Date        Open    High    Low     Close   Volume\n2024-01-31  187.04  187.1   184.35  184.4   55467803\n",
        BAR,
    ),
    (
        "table with names",
        "Export of 1 Feb\n\nShare: Apple\nDate,AAPL.Open,AAPL.High,AAPL.Low,AAPL.Close,AAPL.Volume,AAPL.Adjusted\n2024-01-31,187.04,187.1,184.35,184.4,55467803,183\n",
        BAR,
    ),
    (
        "table with names",
        "Date,Open_AAPL,High_AAPL,Low_AAPL,Close_AAPL,Volume_AAPL\n2024-01-31,187.04,187.1,184.35,184.4,55467803\n",
        BAR,
    ),
    (
        "table with names",
        "Datum;Erster;Hoch;Tief;Schlusskurs;Stuecke;Volumen\n2024-01-31;187,04;187,1;184,35;184,4;55.467.803;10.228.262.873\n",
        BAR,
    ),
    ("table with names", "date,open,high,low,close,volume\n45322,187.04,187.1,184.35,184.4,55467803\n", BAR),
    ("table without names", "2024-01-31,187.04,187.1,184.35,184.4,55467803\n", BAR),
    (
        "table with names",
        "Date,Open,High,Low,Close,Volume,Name\n2024-01-31,187.04,187.1,184.35,184.4,55467803,Apple Inc.\n",
        BAR,
    ),
    (
        "table with names",
        "Date,BidOpen,BidHigh,BidLow,BidClose,AskOpen,AskClose,Volume\n2024-01-31,187.04,187.1,184.35,184.4,187.1,184.5,55467803\n",
        BAR,
    ),
    (
        "table with names",
        'Time,Open,High,Low,Latest,Change,Volume\n01/31/2024,187.04,187.1,184.35,184.4,1,55467803\n"Downloaded from Barchart.com as of 02-01-2024"\n',
        BAR,
    ),
    (
        "table with names",
        "date\touv\thaut\tbas\tclot\tvol\tdevise\n31/01/2024 00:00\t187.04\t187.1\t184.35\t184.4\t55467803\tEUR\n",
        BAR,
    ),
    (
        "table with names",
        "Datum;Eröffnungskurs;Tageshoch;Tagestief;Schlusskurs;Umsatz in Stück\n30.01.24;187,04;187,10;184,35;184,40;1\n31.01.24;187,04;187,10;184,35;184,40;55.467.803\n",
        BAR,
    ),
    (
        "yfinance",
        ",Open,High,Low,Close,Volume\n,AAPL,AAPL,AAPL,AAPL,AAPL\nDate,,,,,\n2024-01-31,187.04,187.1,184.35,184.4,55467803\n",
        BAR,
    ),
    (
        "Yahoo",
        "Date\tOpen\tHigh\tLow\tClose Close price adjusted for splits.\tAdj Close Adjusted close price adjusted for splits and dividend and/or capital gain distributions.\tVolume\nJan 31, 2024\t187.04\t187.10\t184.35\t184.40\t183.10\t55,467,803\n",
        BAR,
    ),
    (
        "NSE bhavcopy",
        "SYMBOL,SERIES,DATE1,OPEN_PRICE,HIGH_PRICE,LOW_PRICE,CLOSE_PRICE,TTL_TRD_QNTY\nQONE,BL,31-Jan-2024,180,180,180,180,5\nQONE,EQ,31-Jan-2024,187.04,187.1,184.35,184.4,55467803\n",
        BAR,
    ),
    ("FRED", "DATE,SP500\n2024-01-30,.\n2024-01-31,184.4\n", ("2024-01-31", *["184.4"] * 4, "0")),
]


@pytest.mark.parametrize(("name", "content", "bar"), FORMATS, ids=range(len(FORMATS)))
def test_files_of_known_sources_are_read_without_being_told(
    name: str, content: str, bar: tuple[str, ...]
) -> None:
    reading = read(content)
    assert rows(reading)[-1] == bar
    assert reading.format.name == name


def test_packed_and_encoded_files_are_read_alike() -> None:
    content = "Datum;Eröffnung;Hoch;Tief;Schluß;Stück\n31.01.2024;187,04;187,1;184,35;184,4;55467803\n"
    for data in (
        content.encode("cp1252"),
        content.encode("utf-16"),
        gzip.compress(content.encode()),
        content.replace("\n", "\r").encode(),
        content.replace("\n", "\r\n").encode("utf-8-sig"),
    ):
        assert rows(read(data)) == [BAR]


def test_columns_numbers_and_dates_can_be_given() -> None:
    content = "tag;a;b;c;d;e\n01/02/2024;1.250;1.300;1.200;1.275;10\n"
    columns = {
        Role.DATE: "Tag",
        Role.OPEN: "a",
        Role.HIGH: "b",
        Role.LOW: "c",
        Role.CLOSE: "5",
        Role.VOLUME: "e",
    }
    given: dict[str, Any] = {"columns": columns, "date_order": DateOrder.DAY_FIRST}
    assert rows(read(content, decimal=DecimalMark.COMMA, **given)) == [
        ("2024-02-01", "1250", "1300", "1200", "1275", "10")
    ]
    assert rows(read(content, decimal=DecimalMark.POINT, **given))[0][1] == "1.25"
    with pytest.raises(
        InvalidInput, match=r"1\.25 with a decimal point, 1,250 with a decimal comma"
    ) as refusal:
        read(content, **given)
    assert refusal.value.field == "decimal"
    with pytest.raises(InvalidInput, match="no column “x”"):
        read(content, columns={Role.CLOSE: "x", Role.DATE: "tag"})


HEADER = "date,open,high,low,close,volume\n"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2024-01-05,10,12,9,13,1", "the close 13 lies outside the range 9 to 12"),
        ("2024-01-05,10,9,12,10,1", "the low 12 lies above the high 9"),
        ("2024-01-05,-1,12,9,10,1", "the open -1 is not a positive price"),
        ("2024-01-05,0,12,9,10,1", "the open 0 is not a positive price"),
        ("2024-01-05,NaN,12,9,10,1", "the row has no open"),
        ("2024-01-05,null,null,null,null,null", "the row has no prices"),
        ("2024-01-05,10,12", "the row has no low, close"),
        ("2024-01-05,10,12,9,1o,1", "the close “1o” is not a number"),
        ("2024-01-05,10,12,9,10,-5", "the volume -5 is not a possible number"),
        ("2024-01-05,1,102.00,9,10,1,5", "more cells than the table has columns"),
        ("1066-10-14,10,12,9,10,1", "is not a date like"),
        ("1866-10-15,10,12,9,10,1", "1866-10-15 is before 1900-01-01"),
        ("2024-02-30,10,12,9,10,1", "“2024-02-30” is not a date"),
        ("2024-01-04,10,12,9,10,1", "the row repeats line 4"),
    ],
)
def test_a_bad_row_costs_itself_alone(row: str, reason: str) -> None:
    good = [f"2024-01-0{day},10,12,9,10,1\n" for day in (2, 3, 4)]
    reading = read(HEADER + "".join(good) + row + "\n")
    assert [found[0] for found in rows(reading)] == ["2024-01-02", "2024-01-03", "2024-01-04"]
    assert [(bad.line, reason in bad.reason) for bad in reading.bad] == [(5, True)]


def test_two_different_bars_of_a_day_are_both_set_aside() -> None:
    reading = read(HEADER + "2024-01-02,10,12,9,10,1\n2024-01-03,10,12,9,10,1\n2024-01-03,10,12,9,11,1\n")
    assert len(rows(reading)) == 1
    assert [bad.line for bad in reading.bad] == [3, 4]


def test_notes_blank_lines_and_totals_are_no_rows() -> None:
    reading = read(f"\n{HEADER}\n2024-01-02,10,12,9,10,1\n,,,,,\nTotal,,,,,\nSource: the exchange\n")
    assert (len(rows(reading)), reading.rows, reading.bad) == (1, 1, [])
    assert any("2 lines are no rows" in notice for notice in reading.notices)


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    reading = read(f"# note\n\n{HEADER}2024-01-02,10,12,9,10,1\n\n2024-01-03,x,12,9,10,1\n")
    assert [bad.line for bad in reading.bad] == [6]


@pytest.mark.parametrize(
    ("days", "interval"),
    [
        (["2024-01-05", "2024-01-12", "2024-01-19"], "weekly"),
        (["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"], "monthly"),
        (["2023-12-29", "2024-03-28", "2024-06-28"], "quarterly"),
    ],
)
def test_bars_that_are_not_daily_are_refused(days: list[str], interval: str) -> None:
    with pytest.raises(InvalidInput, match=f"are {interval} bars"):
        read(HEADER + "".join(f"{day},10,12,9,10,1\n" for day in days))


def test_hourly_bars_are_refused() -> None:
    hours = [f"2024-01-0{day} {hour:02d}:30:00,10,12,9,10,1\n" for day in (2, 3) for hour in range(9, 16)]
    with pytest.raises(InvalidInput, match="are hourly bars"):
        read(HEADER + "".join(hours))


def test_a_files_own_splits_and_dividends_are_taken_in() -> None:
    reading = read(
        "Date,Open,High,Low,Close,Volume,Dividends,Stock Splits\n2024-06-07,1,1,1,1,1,0.0,0.0\n2024-06-10,1,1,1,1,1,0.25,10.0\n"
    )
    (series,) = reading.series
    assert [(split.date, split.value) for split in series.splits] == [(date(2024, 6, 10), 10.0)]
    assert [dividend.value for dividend in series.dividends] == [0.25]


def test_symbols_are_those_that_are_asked_for() -> None:
    content = "ticker,date,open,high,low,close,volume\nAAA.US,2024-01-02,1,1,1,1,5\nNYSE:BRK-B,2024-01-02,1,1,1,1,5\n"
    assert [series.symbol for series in read(content).series] == ["AAA", "BRK-B"]
    reading = read(content, symbol="BRK.B")
    assert [series.symbol for series in reading.series] == ["BRK.B"]
    assert any("other symbols" in notice for notice in reading.notices)
    with pytest.raises(InvalidInput, match="rows are of AAA, BRK-B, not of CCC"):
        read(content, symbol="CCC")


def test_a_file_of_columns_side_by_side_gives_the_symbol_asked_for() -> None:
    content = (
        "Price,Close,Close,High,High,Low,Low,Open,Open,Volume,Volume\nTicker,AAPL,MSFT,AAPL,MSFT,AAPL,MSFT,AAPL,MSFT,AAPL,MSFT\n"
        "Date,,,,,,,,,,\n2024-01-31,184.4,400,187.1,410,184.35,390,187.04,395,55467803,7\n"
    )
    assert rows(read(content, symbol="AAPL")) == [BAR]
    assert rows(read(content, symbol="MSFT"))[0][4] == "400"
    with pytest.raises(InvalidInput, match="Columns of 2 symbols"):
        read(content)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "The file is empty"),
        ("\n \n", "The file is empty"),
        (HEADER, "no row of a bar"),
        ("date,open,high,close,volume\n2024-01-31,1,1,1,1\n", "Line 1 names no column low"),
        ("a,b,c\n1,2,3\n", "Line 1 names no columns"),
        ("date,open,high,low,close,volume\n01/02/2024,1,1,1,1,1\n", "can be read in two ways"),
        (
            "Date;Open;High;Low;Close\n2024-01-02;102,5;102,5;102,5;102,5\n2024-01-03;102.5;102.5;102.5;102.5\n",
            "contradicts itself",
        ),
        (HEADER + '2024-01-02,"10,12,9,10,1\n2024-01-03,10,12,9,10,1\n', "quotation mark is not closed"),
        (HEADER + "9" * 20_000, "Line 2 is not a line of a CSV file"),
        ("2024-01-02,10,9,8,11,1\n", "names no columns"),
        ("2024-01-31;184,4;187,04;187,1;184,35;55467803\n", "names no columns"),
        ("Exceeded the daily hits limit", "is a message, not a table of prices: “Exceeded"),
        ("No data", "is a message, not a table"),
        ("Tag;Eins;Zwei;Drei;Vier\n2024-01-31;184;187;184;184\n", "Line 1 names no column close"),
    ],
)
def test_what_cannot_be_read_is_said(content: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        read(content)


def test_the_column_named_after_the_symbol_has_its_closes() -> None:
    content = "Date,AAPL,MSFT\n2024-01-30,184,400\n2024-01-31,185,401\n"
    assert [row[4] for row in rows(read(content, symbol="MSFT"))] == ["400", "401"]
    with pytest.raises(InvalidInput, match="names no column close"):
        read(content, symbol="IBM")


def test_an_adjusted_close_alone_is_told() -> None:
    reading = read("Date,Adj Close\n2024-01-30,184\n2024-01-31,185\n")
    assert any("adjusted for splits and dividends" in notice for notice in reading.notices)


def test_dates_with_points_begin_with_the_day_unless_they_then_lie_years_apart() -> None:
    assert str(read("Date;Close\n02.01.24;1\n03.01.24;2\n").series[0].table.days[0]) == "2024-01-02"
    assert str(read("Date;Close\n24.01.02;1\n24.01.03;2\n").series[0].table.days[0]) == "2024-01-02"
