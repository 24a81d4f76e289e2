"""The work that faults interrupt: how it is started, when it is under way, and what must be true after it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from ingestion.exchange_calendar import sessions_between
from ingestion.tests.fake_provider import Reply, daily, dividends, splits, weekdays
from tests.faults.harness import Stand, eventually

BARS = 100
CSV = {"Content-Type": "text/csv"}
ENDED = ("succeeded", "failed", "cancelled")
TAKEN = "SELECT id FROM jobs_job WHERE kind = %s AND attempts > 0"
"""The jobs that a worker took, or has done."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """One kind of work.

    kind: of its job. start: asks for it, where `number` makes each time a different one; it may be asked
    again after a fault. check: raises AssertionError where something is lost, doubled or half.
    """

    name: str
    kind: str
    start: Callable[[Stand, int], None]
    check: Callable[[Stand, int], None]

    def begin(self, stand: Stand, number: int) -> threading.Thread:
        """Ask for the work and return, once a worker is at it, the thread that waits for its answer."""
        before = len(stand.rows(TAKEN, self.kind))
        asking = threading.Thread(target=self.start, args=(stand, number), daemon=True)
        asking.start()
        eventually(
            lambda: len(stand.rows(TAKEN, self.kind)) > before,
            within=40,
            what=f"{self.name} is under way",
        )
        return asking

    def ended(self, stand: Stand, *, subject: str = "%") -> tuple[Any, ...]:
        """Return state, attempts and error of the newest job of this kind, once it has ended."""
        newest = (
            "SELECT state, attempts, error FROM jobs_job WHERE kind = %s AND subject LIKE %s "
            "ORDER BY created_at DESC LIMIT 1"
        )
        rows = eventually(
            lambda: [row for row in stand.rows(newest, self.kind, subject) if row[0] in ENDED],
            within=300,
            what=f"the job of {self.name} ends",
        )
        return rows[0]


def _bars_of(stand: Stand, symbol: str) -> int:
    (row,) = stand.patient_rows(
        "SELECT count(*) FROM ingestion_dailybar b JOIN ingestion_instrument i ON i.id = b.instrument_id "
        "WHERE i.symbol = %s",
        symbol,
    )
    return int(row[0])


def _start_fetch(stand: Stand, number: int) -> None:
    symbol = f"FLT{number}"
    answer = Reply.of(daily(symbol, weekdays(date(2026, 11, 20), BARS)))
    stand.provider.answer("TIME_SERIES_DAILY", Reply(body=answer.body, silence=1.5))
    stand.provider.answer("SPLITS", splits(symbol))
    stand.provider.answer("DIVIDENDS", dividends(symbol))
    stand.insist("POST", f"/api/v1/instruments/{symbol}/fetch")


def _check_fetch(stand: Stand, number: int) -> None:
    found = _bars_of(stand, f"FLT{number}")
    # A weekday may be no session of the exchange; what is none is put aside.
    assert BARS - 5 <= found <= BARS, f"{found} of {BARS} bars"


def _start_import(stand: Stand, number: int) -> None:
    lines = [f"{day},100.000000,120.000000,90.000000,110.000000,{number}" for day in _sessions()]
    body = "\n".join(["date,open,high,low,close,volume", *lines]).encode()
    stand.insist("POST", f"/api/v1/instruments/IMP{number}/import", data=body, headers=CSV)


def _check_import(stand: Stand, number: int) -> None:
    found, wanted = _bars_of(stand, f"IMP{number}"), len(_sessions())
    assert found == wanted, f"{found} of {wanted} bars"


@cache
def _sessions() -> list[str]:
    """Return enough days for a file that a worker imports."""
    return [str(day) for day in sessions_between("XNYS", date(1991, 1, 1), date(2026, 11, 20))]


def _start_training(stand: Stand, number: int) -> None:
    stand.insist("POST", f"/api/v1/models/{_trained(number)}/train")


def _trained(number: int) -> str:
    return ("AAPL", "IBM", "GOOG", "FB", "MSFT")[number % 5]


def _check_training(stand: Stand, number: int) -> None:
    doubled = stand.patient_rows(
        "SELECT version, count(*) FROM forecasting_trainedmodel GROUP BY version HAVING count(*) > 1 "
        "UNION ALL SELECT 'none', 1"
    )
    assert doubled == [("none", 1)], doubled
    answer = stand.insist("POST", "/api/v1/forecasts", json={"symbol": _trained(number), "model": "symbol"})
    assert answer.status_code in {200, 201}, answer.text


def _start_report(stand: Stand, number: int) -> None:
    stand.insist("GET", _report(number))


def _report(number: int) -> str:
    return f"/report/AAPL/?initial_investment={10_000 + number}"


def _check_report(stand: Stand, number: int) -> None:
    answer = stand.insist("GET", _report(number))
    assert answer.content.startswith(b"%PDF-"), answer.text[:200]
    assert answer.content == stand.insist("GET", _report(number)).content


def _start_sweep(stand: Stand, number: int) -> None:
    question = {
        "symbol": "AAPL",
        "initial_investment": 10_000 + number,
        "fast": {"start": 2, "stop": 40, "step": 1},
        "slow": {"start": 41, "stop": 100, "step": 1},
    }
    stand.insist("POST", "/api/v1/sweeps", json=question)


def _check_sweep(stand: Stand, number: int) -> None:
    asked_with = "parameters ->> 'initial_investment' LIKE %s"
    stored = f"SELECT count(*) FROM strategies_parametersweep WHERE {asked_with}"
    ((found,),) = stand.patient_rows(stored, f"{10_000 + number}%")
    assert found == 1, f"{found} sweeps are stored"


FETCH = Work(name="fetch", kind="fetch_bars", start=_start_fetch, check=_check_fetch)
IMPORT = Work(name="import", kind="import_bars", start=_start_import, check=_check_import)
TRAINING = Work(name="training", kind="train_model", start=_start_training, check=_check_training)
REPORT = Work(name="report", kind="print_report", start=_start_report, check=_check_report)
SWEEP = Work(name="sweep", kind="sweep", start=_start_sweep, check=_check_sweep)
