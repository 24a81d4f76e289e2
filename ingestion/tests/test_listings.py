"""What the spelling of a symbol says about its exchange and currency."""

import pytest

from ingestion.listings import Listing, currency_of, is_marked, listing_of


@pytest.mark.parametrize(
    ("symbol", "exchange", "currency"),
    [
        ("AAPL", "XNYS", "USD"),
        ("BRK.B", "XNYS", "USD"),
        ("BRK-B", "XNYS", "USD"),
        ("SAP.DE", "XETR", "EUR"),
        ("VOD.L", "XLON", "GBX"),
        ("TSCO.LON", "XLON", "GBX"),
        ("RELIANCE.NS", "XBOM", "INR"),
        ("M&M.NS", "XBOM", "INR"),
        ("0700.HK", "XHKG", "HKD"),
        ("7203.T", "XTKS", "JPY"),
        ("005930.KS", "XKRX", "KRW"),
        ("600519.SS", "XSHG", "CNY"),
        ("PETR4.SA", "BVMF", "BRL"),
        ("SHOP.TO", "XTSE", "CAD"),
        ("AIR.PA", "XPAR", "EUR"),
        ("BHP.AX", "XASX", "AUD"),
        ("NPN.JO", "XJSE", "ZAC"),
        ("^GSPC", "XNYS", "USD"),
        ("^N225", "XTKS", "JPY"),
        ("EURUSD=X", "24/5", "USD"),
        ("JPY=X", "24/5", "JPY"),
        ("EURUSD", "24/5", "USD"),
        ("BTC-USD", "24/7", "USD"),
        ("ETH-EUR", "24/7", "EUR"),
        ("BTCUSDT", "24/7", "USD"),
        ("ES=F", "us_futures", "USD"),
    ],
)
def test_a_symbol_tells_its_market(symbol: str, exchange: str, currency: str) -> None:
    assert listing_of(symbol) == Listing(exchange, currency)


@pytest.mark.parametrize("symbol", ["ABC.XY", "ABC.QQ", "^NOBODYKNOWS"])
def test_an_unknown_suffix_is_no_market_of_the_united_states(symbol: str) -> None:
    assert listing_of(symbol) is None


def test_a_plain_symbol_is_only_taken_for_an_american_one() -> None:
    assert not is_marked("AAPL")
    assert is_marked("SAP.DE")
    assert is_marked("^GSPC")


@pytest.mark.parametrize(
    ("exchange", "currency"),
    [("XTKS", "JPY"), ("XBOM", "INR"), ("XNYS", "USD"), ("XLON", "GBX"), ("XETR", "EUR"), ("24/7", "XXX")],
)
def test_an_exchange_has_a_usual_currency(exchange: str, currency: str) -> None:
    assert currency_of(exchange) == currency
