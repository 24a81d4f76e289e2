"""Adding a rule touches its definition: everything else reads it from there."""

import csv
import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest
from django.db import connection

from site_config.environment import BASE_DIR
from tests.added_rule import WINDOWS


@pytest.fixture(scope="module")
def found(django_db_setup: None) -> Any:
    """What a Hindcast with one more rule said of it."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.added_rule"],
        cwd=BASE_DIR,
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "POSTGRES_DB": str(connection.settings_dict["NAME"]),
        },
        capture_output=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr.decode()
    return json.loads(ended.stdout)


def test_the_form_offers_it_with_its_text_and_its_presets(found: Any) -> None:
    option = re.search(r'<option value="momentum"([^>]*)>\s*Momentum', found["form"])
    assert option is not None
    assert 'data-uses="slow"' in option[1]
    assert "selected" in option[1]
    assert "Buys while the close is above the one some bars ago." in found["form"]
    assert "A quarter" in found["form"]


def test_the_api_takes_it_and_its_description_names_it(found: Any) -> None:
    assert "momentum" in found["schema"]


def test_the_document_holds_the_positions_that_the_rule_wants(found: Any) -> None:
    close, window = found["close"], 63
    wanted = [
        1 if bar > window and close[bar - 1] > close[bar - 1 - window] else 0 for bar in range(len(close))
    ]
    # A close that equals the one before the window wants nothing anew.
    assert [int(position > 0) for position in found["position"]] == wanted
    assert "Momentum" in found["page"]


def test_each_cell_of_a_sweep_is_the_backtest_with_its_parameters(found: Any) -> None:
    assert found["windows"] == WINDOWS
    assert found["returns_of_cells"] == pytest.approx(found["returns_of_backtests"], rel=1e-9)
    assert len(set(found["returns_of_cells"])) == len(WINDOWS)


def test_page_and_download_of_the_sweep_show_it(found: Any) -> None:
    assert "Momentum" in found["sweep_page"]
    rows = list(csv.DictReader(found["csv"].lstrip("\N{BYTE ORDER MARK}").splitlines()))
    assert len(rows) == len(WINDOWS)
