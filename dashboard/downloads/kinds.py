"""The kinds of results that are handed out as files: how one is found, and its tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import NotFound
from core.results import ResultKind
from core.stored_result import StoredResult
from dashboard.downloads.spreadsheets import Table
from dashboard.downloads.tables import BACKTEST_TABLES, FORECAST_TABLES, SWEEP_TABLES
from forecasting.forecasts.service import stored_forecast
from strategies.backtests.service import BACKTESTS
from strategies.sweeps.service import SWEEPS


@dataclass(frozen=True, kw_only=True)
class ExportedKind:
    """A kind of result that is handed out as files: how one is found, and its tables."""

    name: ResultKind
    find: Callable[[str], StoredResult[Any]]
    tables: Mapping[str, Callable[[Any], Table]]


KINDS = (
    ExportedKind(name=ResultKind.BACKTEST, find=BACKTESTS.find, tables=BACKTEST_TABLES),
    ExportedKind(name=ResultKind.SWEEP, find=SWEEPS.find, tables=SWEEP_TABLES),
    ExportedKind(name=ResultKind.FORECAST, find=stored_forecast, tables=FORECAST_TABLES),
)


def find_result(result_id: str) -> tuple[ExportedKind, StoredResult[Any]]:
    """Return the stored result with this id and its kind, whichever it is; raises NotFound."""
    for kind in KINDS:
        try:
            result = kind.find(result_id)
            _ = result.published
        except NotFound:
            continue
        return kind, result
    raise NotFound("There is no backtest, sweep or forecast with this id. `manage.py results` lists them.")
