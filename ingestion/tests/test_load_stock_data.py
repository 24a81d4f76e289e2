"""The command `load_stock_data`."""

import io

import pytest
from django.core.management import CommandError, call_command

from ingestion.bars import load_bars
from ingestion.files.requests import import_request
from ingestion.files.service import import_bars
from ingestion.instruments import find_instrument
from ingestion.models import Instrument
from ingestion.tests.fake_provider import (
    BAD_SYMBOL,
    DAILY_QUOTA,
    FULL_IS_PREMIUM,
    LoopbackProvider,
    daily,
    dividends,
    splits,
)
from ingestion.tests.fetch.test_service import recent_sessions

pytestmark = pytest.mark.django_db


def test_without_a_key_it_loads_the_sample_and_prints_a_line_a_symbol(
    no_key: None, capsys: pytest.CaptureFixture[str]
) -> None:
    Instrument.objects.all().delete()
    call_command("load_stock_data")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 5
    assert lines[0].startswith(
        "AAPL: 3,270 bars from the sample, 2000-03-01 to 2013-03-01: 3270 new, 0 changed, 0 as before; "
        "2 splits, 3 dividends."
    )
    call_command("load_stock_data", "msft")
    assert "nothing new; 1 split, 37 dividends" in capsys.readouterr().out


def test_without_a_key_an_unknown_symbol_fails_and_the_others_load(
    no_key: None, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError, match=r"no XYZ\. It has AAPL, FB, GOOG, IBM, MSFT"):
        call_command("load_stock_data", "XYZ", "IBM")
    assert capsys.readouterr().out.startswith("IBM: ")


def test_with_a_key_it_fetches_and_an_error_does_not_stop_the_others(
    provider: LoopbackProvider, capsys: pytest.CaptureFixture[str]
) -> None:
    provider.answer("TIME_SERIES_DAILY", BAD_SYMBOL, FULL_IS_PREMIUM, daily("NVDA", recent_sessions(100)))
    provider.answer("SPLITS", splits("NVDA"))
    provider.answer("DIVIDENDS", dividends("NVDA"))
    with pytest.raises(CommandError, match=r"^NOSUCH: Alpha Vantage knows no symbol NOSUCH"):
        call_command("load_stock_data", "NOSUCH", "NVDA")
    assert capsys.readouterr().out.startswith("NVDA: 100 bars from Alpha Vantage")


def test_a_used_up_day_ends_the_command_and_names_what_is_left(provider: LoopbackProvider) -> None:
    provider.answer("TIME_SERIES_DAILY", DAILY_QUOTA)
    with pytest.raises(CommandError, match=r"^NVDA, AMD: .*used up"):
        call_command("load_stock_data", "NVDA", "AMD")
    assert len(provider.requests) == 1


def test_with_a_key_and_no_symbol_it_fetches_only_what_is_out_of_date(
    provider: LoopbackProvider, capsys: pytest.CaptureFixture[str]
) -> None:
    provider.answer("TIME_SERIES_DAILY", FULL_IS_PREMIUM, daily("AAPL", recent_sessions(100)))
    provider.answer("SPLITS", splits("AAPL"))
    provider.answer("DIVIDENDS", dividends("AAPL"))
    call_command("load_stock_data")
    assert capsys.readouterr().out.startswith("AAPL: 100 bars from Alpha Vantage")
    provider.requests.clear()
    call_command("load_stock_data")
    assert capsys.readouterr().out == "AAPL: up to date, nothing requested.\n"
    assert provider.requests == []


def test_the_sample_can_be_had_in_spite_of_a_key(provider: LoopbackProvider) -> None:
    call_command("load_stock_data", sample=True, verbosity=0)
    assert provider.requests == []


def test_the_sample_replaces_newer_bars_only_when_asked_to(
    provider: LoopbackProvider, capsys: pytest.CaptureFixture[str]
) -> None:
    before = load_bars("AAPL").fingerprint
    provider.answer("TIME_SERIES_DAILY", FULL_IS_PREMIUM, daily("AAPL", recent_sessions(100)))
    provider.answer("SPLITS", splits("AAPL", ("2020-08-31", "4")))
    provider.answer("DIVIDENDS", dividends("AAPL"))
    call_command("load_stock_data", "AAPL", verbosity=0)

    call_command("load_stock_data", "AAPL", sample=True)
    assert capsys.readouterr().out == (
        "AAPL: The stored bars of Alpha Vantage stay as they are. "
        "`manage.py load_stock_data --sample --replace AAPL` brings the sample back in their place.\n"
    )
    call_command("load_stock_data", "aapl", sample=True, replace=True)
    assert "They replace 100 bars of Alpha Vantage." in capsys.readouterr().out
    assert load_bars("AAPL").fingerprint == before
    assert find_instrument("AAPL").is_sample


def test_the_sample_names_the_source_whose_bars_it_replaces(capsys: pytest.CaptureFixture[str]) -> None:
    line = b"date,open,high,low,close,volume\n2024-01-02,10,12,9,11,100\n"
    import_bars(io.BytesIO(line), import_request("IBM", replace=True))
    call_command("load_stock_data", "IBM", sample=True)
    assert "The stored bars from a file stay as they are." in capsys.readouterr().out
    call_command("load_stock_data", "IBM", sample=True, replace=True)
    assert "They replace 1 bar from a file." in capsys.readouterr().out


@pytest.mark.parametrize("asked", [["--replace", "AAPL"], ["--replace", "--sample"]])
def test_replacing_must_name_the_sample_and_the_symbols(no_key: None, asked: list[str]) -> None:
    with pytest.raises(CommandError, match="needs --sample and the symbols"):
        call_command("load_stock_data", *asked)
