"""Small files in the shape of real ones, imported by the API: what comes of each."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from ingestion.bars import Adjustment, load_bars
from ingestion.models import ActionKind, Instrument, QuarantinedBar
from ingestion.store.batch import Action
from ingestion.tests.factories import stored_closes

pytestmark = pytest.mark.django_db

CASES = Path(__file__).parent / "cases"


def post(client: Client, case: str, symbol: str = "QCASE", **query: str) -> tuple[int, dict[str, Any]]:
    (path,) = CASES.glob(f"{case}_*")
    options = "&".join(f"{name}={value}" for name, value in query.items())
    response = client.post(
        f"/api/v1/instruments/{symbol}/import?{options}", path.read_bytes(), content_type="text/csv"
    )
    return response.status_code, response.json()


def closes(symbol: str = "QCASE") -> list[float]:
    found: list[float] = load_bars(symbol, adjustment=Adjustment.NONE).close.tolist()
    return found


@pytest.mark.parametrize(
    ("case", "query", "name", "expected"),
    [
        ("R05", {}, "Yahoo", [101, 102]),
        ("R08", {}, "table with names", [101, 101.37001]),
        ("R09", {}, "yfinance", [101, 102]),
        ("R11", {}, "Investing", [1101, 1102]),
        ("R13", {}, "TradingView", [101, 102]),
        ("R14", {}, "table with names", [101, 102]),
        ("R15", {}, "table with names", [101, 102]),
        ("R18", {}, "table with names", [101]),
        ("R22", {}, "Yahoo", [101, 102]),
        ("R29", {}, "KRX", [76600]),
        ("R31", {}, "Binance", [42200.5]),
        ("R33", {}, "table with names", [1005]),
        ("R34", {}, "table with names", [101, 102]),
        ("R35", {}, "table with names", [101]),
        ("S02", {}, "table with names", [102, 103]),
        ("S04", {}, "table with names", [4000, 4010]),
        ("S06", {}, "table with names", [10.2, 10.3, 10.4]),
        ("S14", {"exchange": "24/7"}, "table with names", [100_000, 101_000, 102_000]),
        ("S15", {"exchange": "24/7"}, "table with names", [0.00002355, 0.00002399]),
    ],
)
def test_a_file_gives_its_closes(
    operator: Client, case: str, query: dict[str, str], name: str, expected: list[float]
) -> None:
    status, body = post(operator, case, **query)
    assert status == 201, body
    assert closes() == expected
    assert body["format"]["name"] == name
    assert body["rows"] == body["inserted"] == len(expected)


def test_a_special_session_is_kept_as_off_session(operator: Client) -> None:
    status, body = post(operator, "R01", "QMUH", exchange="XBOM")
    assert (status, body["inserted"]) == (201, 2)
    (aside,) = body["set_aside"]
    assert (aside["line"], aside["date"]) == (3, "2019-10-27")
    assert "off-session" in aside["reason"]
    assert QuarantinedBar.objects.get(instrument__symbol="QMUH").date == date(2019, 10, 27)
    assert (body["format"]["exchange"], body["format"]["currency"]) == ("XBOM", "INR")


def test_a_foreign_file_is_asked_for_its_exchange(operator: Client) -> None:
    status, body = post(operator, "R03")
    assert status == 422
    assert "2024-07-04 is no session of XNYS" in body["detail"]
    assert "BVMF" in body["detail"]
    assert "Give exchange" in body["detail"]
    assert post(operator, "R03", exchange="BVMF")[1]["format"]["currency"] == "BRL"


def test_a_flat_row_without_volume_on_a_holiday_is_set_aside(operator: Client) -> None:
    status, body = post(operator, "R04")
    assert (status, body["inserted"], len(body["set_aside"])) == (201, 2, 1)


def test_a_row_without_prices_is_set_aside(operator: Client) -> None:
    _, body = post(operator, "R05")
    assert body["set_aside"] == [{"line": 3, "date": "2024-01-05", "reason": "the row has no prices"}]
    assert "1 row set aside" in body["sentence"]


def test_a_repeated_row_is_told(operator: Client) -> None:
    _, body = post(operator, "R34")
    assert body["set_aside"][0]["reason"] == "the row repeats line 3"


def test_a_web_page_is_named(operator: Client) -> None:
    status, body = post(operator, "R20")
    assert status == 422
    assert "a web page" in body["detail"]
    assert "Too many requests" in body["detail"]


def test_files_of_many_symbols(operator: Client) -> None:
    status, body = post(operator, "R24", "QONE")
    assert (status, body["symbols"], closes("QONE")) == (201, ["QONE"], [206.81])
    assert not Instrument.objects.filter(symbol="QTWO").exists()
    assert post(operator, "R25", "QBB")[1]["inserted"] == 1
    status, body = post(operator, "R25", "QCC")
    assert status == 422
    assert "QBA, QBB" in body["detail"]


def test_a_dividend_line_is_taken_in(operator: Client) -> None:
    post(operator, "R22")
    (action,) = Instrument.objects.get(symbol="QCASE").actions.all()
    assert (action.kind, action.value) == ("dividend", Decimal("0.25"))


def test_close_comes_before_last(operator: Client) -> None:
    post(operator, "S07", "QNSE", exchange="XBOM")
    assert closes("QNSE") == [102.3, 103.2]


def test_weekly_bars_are_refused(operator: Client) -> None:
    status, body = post(operator, "S09")
    assert status == 422
    assert "weekly bars" in body["detail"]
    assert not Instrument.objects.filter(symbol="QCASE").exists()


@pytest.mark.parametrize(
    ("symbol", "exchange", "currency"),
    [
        ("SAP.DE", "XETR", "EUR"),
        ("VOD.L", "XLON", "GBX"),
        ("7203.T", "XTKS", "JPY"),
        ("005930.KS", "XKRX", "KRW"),
    ],
)
def test_a_suffix_tells_exchange_and_currency(
    operator: Client, symbol: str, exchange: str, currency: str
) -> None:
    status, body = post(operator, "S12", symbol)
    assert status == 201, body
    stored = operator.get(f"/api/v1/instruments/{symbol}").json()
    assert (stored["exchange"], stored["currency"]) == (exchange, currency)


def test_an_unknown_suffix_is_asked_about_and_currency_can_be_given(operator: Client) -> None:
    status, body = post(operator, "S12", "SAP.QQ")
    assert status == 422
    assert "Give exchange" in body["detail"]
    assert post(operator, "S12", "SAP.QQ", exchange="XTKS")[1]["format"]["currency"] == "JPY"
    assert post(operator, "S12", "SAP.RR", exchange="XETR", currency="chf")[1]["format"]["currency"] == "CHF"


def test_fractions_and_small_prices_stay_what_they_are(operator: Client) -> None:
    post(operator, "S14", exchange="24/7")
    assert load_bars("QCASE", adjustment=Adjustment.NONE).volume.tolist() == [0.4, 0.5, 1.49]
    body = operator.get("/api/v1/instruments/QCASE/bars").json()
    assert body["volume"] == [0.4, 0.5, 1.49]
    post(operator, "S15", "QTINY", exchange="24/7")
    assert operator.get("/api/v1/instruments/QTINY/bars").json()["open"] == [0.00002345, 0.00002355]


SPLIT = Action(date=date(2024, 6, 10), kind=ActionKind.SPLIT, value=Decimal(10))


def test_an_adjusted_file_is_turned_back_where_the_split_is_known(operator: Client) -> None:
    stored_closes("QSPL", {date(2024, 6, 12): 122.0}, actions=[SPLIT])
    status, body = post(operator, "S01", "QSPL")
    assert status == 201, body
    assert any("adjusted for the split of 2024-06-10" in notice for notice in body["notices"])
    assert closes("QSPL")[:4] == [1210, 1220, 1215, 123]
    adjusted = load_bars("QSPL", adjustment=Adjustment.SPLITS).close.tolist()
    assert adjusted[:4] == pytest.approx([121, 122, 121.5, 123])
    status, body = post(operator, "S01", "QSPL", prices="as_traded")
    assert status == 422
    assert "do not step there" in body["detail"]


def test_a_file_stored_before_its_split_is_known_is_turned_back_when_it_comes(operator: Client) -> None:
    assert post(operator, "S01", "QSPL")[0] == 201
    stored_closes("QSPL", {date(2024, 6, 12): 122.0}, actions=[SPLIT])
    assert load_bars("QSPL", adjustment=Adjustment.SPLITS).close.tolist() == pytest.approx(
        [121, 122, 121.5, 123, 122, 122]
    )
    assert closes("QSPL")[:3] == [1210, 1220, 1215]
    stored_closes("QSPL", {date(2024, 6, 12): 122.0}, actions=[SPLIT])
    assert closes("QSPL")[:3] == [1210, 1220, 1215]


def test_a_files_own_split_column_is_used(operator: Client) -> None:
    status, body = post(operator, "S11", "QYFH")
    assert status == 201, body
    assert closes("QYFH") == [1220, 1215, 123, 122]
    assert load_bars("QYFH").close.tolist() == pytest.approx([122, 121.5, 123, 122])
    kinds = {
        action["kind"]: action["value"]
        for action in operator.get("/api/v1/instruments/QYFH").json()["actions"]
    }
    assert kinds == {"split": 10, "dividend": 0.01}


def test_two_readings_are_refused_and_a_given_one_is_taken(operator: Client) -> None:
    content = "Date;Open;High;Low;Close\n02/01/2024;1.250;1.300;1.200;1.275\n"
    url = "/api/v1/instruments/QTWO/import"
    response = operator.post(url, content, content_type="text/csv")
    assert response.status_code == 422
    assert "1.25 with a decimal point, 1,250 with a decimal comma" in response.json()["detail"]
    response = operator.post(f"{url}?decimal=comma&dates=day_first", content, content_type="text/csv")
    assert response.status_code == 201, response.json()
    assert closes("QTWO") == [1275]


def test_columns_can_be_given(operator: Client) -> None:
    content = "Tag,Kurs,Menge\n2024-01-02,10.5,7\n"
    url = "/api/v1/instruments/QCOL/import"
    assert operator.post(url, content, content_type="text/csv").status_code == 201
    columns = "date:Tag,close:Kurs,volume:Menge"
    body = operator.post(f"{url}?columns={columns}", content, content_type="text/csv").json()
    assert body["format"]["columns"] == {"date": "Tag", "close": "Kurs", "volume": "Menge"}
    assert load_bars("QCOL").volume.tolist() == [7]
    response = operator.post(f"{url}?columns=close:Nothing,date:Tag", content, content_type="text/csv")
    assert (response.status_code, "no column “Nothing”" in response.json()["detail"]) == (422, True)


def test_a_step_without_a_split_is_told(operator: Client) -> None:
    content = "Date,Open,High,Low,Close\n2024-01-02,1000,1000,1000,1000\n2024-01-03,100,100,100,100\n"
    body = operator.post("/api/v1/instruments/QSTEP/import", content, content_type="text/csv").json()
    assert any("fell to a tenth on 2024-01-03 and no split is known" in notice for notice in body["notices"])


def test_a_file_with_many_bad_rows_is_refused(operator: Client) -> None:
    bad = "".join(f"2024-01-{day:02d},10,9,12,10,1\n" for day in range(2, 31) if day % 7 not in {6, 0})
    content = "date,open,high,low,close,volume\n2024-02-01,10,12,9,10,1\n" + bad
    response = operator.post("/api/v1/instruments/QBAD/import", content, content_type="text/csv")
    assert response.status_code == 422
    assert "Line 3: the low 12 lies above the high 9" in response.json()["detail"]
    assert not Instrument.objects.filter(symbol="QBAD").exists()
