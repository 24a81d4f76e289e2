"""Whatever is stored of a symbol, its next sweep reads as much as the first one did."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from strategies.engine import kernel_loader
from strategies.models import Trial
from strategies.sweeps import service
from strategies.sweeps.parameters import SweepParameters
from strategies.sweeps.preview import SweepPreview
from strategies.sweeps.service import run_sweep
from strategies.trials import MOST_KEPT

pytestmark = pytest.mark.django_db

BACKTESTS, SWEEPS, TRIALS = 25_000, 61, 250_000

STORE_BACKTESTS = """
    INSERT INTO strategies_backtest (id, symbol, parameters, document, digest, data_sha256, engine_version,
        summary, total_return, benchmark_total_return)
    SELECT 'backtest' || number, 'AAPL', '{}', 'unreadable', '', '', '', '', 0, 0
    FROM generate_series(1, %s) AS number
"""
STORE_SWEEPS = """
    INSERT INTO strategies_parametersweep (id, symbol, parameters, document, digest, data_sha256,
        engine_version, summary, trials)
    SELECT 'sweep' || number, 'AAPL', '{}', 'unreadable', '', '', '', '', 250000
    FROM generate_series(1, %s) AS number
"""
STORE_TRIALS = """
    WITH terms AS (SELECT terms_id, "values" FROM strategies_trial WHERE symbol = 'AAPL' LIMIT 1)
    INSERT INTO strategies_trial (symbol, key, terms_id, "values", sharpe, bars)
    SELECT 'AAPL', number, terms_id, "values", 0.01, 3000 FROM terms, generate_series(1, %s) AS number
"""
"""More than is ever kept, as if the surplus had not been forgotten."""


def test_what_is_stored_makes_no_later_sweep_read_more() -> None:
    kernel_loader.wait()
    first = _statements(10)
    with connection.cursor() as cursor:
        cursor.execute(STORE_BACKTESTS, [BACKTESTS])
        cursor.execute(STORE_SWEEPS, [SWEEPS])
        cursor.execute(STORE_TRIALS, [TRIALS])
    later = _statements(11)
    assert len(later) <= len(first) + 2  # the terms of earlier trials, and the surplus that is forgotten
    assert _rows_of_the_ledger(later) <= MOST_KEPT
    assert Trial.objects.filter(symbol="AAPL").count() <= MOST_KEPT


def test_figures_without_a_verdict_leave_no_surplus_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel_loader.wait()
    _statements(12)
    with connection.cursor() as cursor:
        cursor.execute(STORE_TRIALS, [MOST_KEPT + 100])
    monkeypatch.setattr(service, "LEAST_PREVIEWED", 10)
    asked = {"symbol": "AAPL", "fast": [13, 20], "slow": [50, 60]}
    assert isinstance(service.run_or_preview(SweepParameters.model_validate(asked)), SweepPreview)
    assert Trial.objects.filter(symbol="AAPL").count() <= MOST_KEPT


def _statements(fast: int) -> list[str]:
    """Return the statements that a sweep takes."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        run_sweep(SweepParameters.model_validate({"symbol": "AAPL", "fast": [fast, 20], "slow": [50, 60]}))
    return [query["sql"] for query in captured.captured_queries]


def _rows_of_the_ledger(statements: list[str]) -> int:
    """Return how many rows the sweep read of the ledger of trials."""
    (reading,) = [
        text for text in statements if text.startswith("SELECT") and '"strategies_trial"."key"' in text
    ]
    with connection.cursor() as cursor:
        cursor.execute(reading)
        return len(cursor.fetchall())
