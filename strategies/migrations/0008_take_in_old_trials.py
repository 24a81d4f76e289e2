"""Enter what was swept and backtested before there was a ledger of trials."""

import json
from collections.abc import Iterator
from math import sqrt
from typing import Any

import numpy as np
from django.db import migrations
from pydantic import ValidationError

from core.documents import SerializedDocument
from strategies.backtests.parameters import BacktestParameters
from strategies.engine.metrics import BARS_IN_A_YEAR
from strategies.engine.rules import RuleParameters
from strategies.engine.sweep.grid import TUNABLE, Grid, grid_of
from strategies.sweeps.parameters import SweepParameters
from strategies.trials import record_trials

ROWS_AT_ONCE = 20


def take_in(apps: Any, schema_editor: Any) -> None:
    for symbol, parameters, document in _stored(apps.get_model("strategies", "ParameterSweep")):
        _take_in_sweep(symbol, parameters, document)
    for symbol, parameters, document in _stored(apps.get_model("strategies", "Backtest")):
        _take_in_backtest(symbol, parameters, document)


def _stored(model: Any) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    rows = model.objects.values_list("symbol", "parameters", "digest", "document")
    for symbol, parameters, digest, stored in rows.iterator(chunk_size=ROWS_AT_ONCE):
        document = SerializedDocument(digest=digest, stored=bytes(stored))
        yield symbol, parameters, json.loads(document.json)


def _take_in_sweep(symbol: str, parameters: dict[str, Any], document: dict[str, Any]) -> None:
    try:
        asked = SweepParameters.model_validate(parameters)
    except ValidationError:
        # Limits have changed since: what can no longer be asked cannot be tested again either.
        return
    cells = document["cells"]
    axes = {name: np.array(cells[name]) for name in TUNABLE if cells.get(name) is not None}
    grid = Grid(rule=asked.rule, usual=RuleParameters(average=asked.average), axes=axes, skipped=0)
    sharpe = np.array(cells["sharpe"], dtype=np.float64) / sqrt(BARS_IN_A_YEAR)
    record_trials(symbol, asked, grid, sharpe=sharpe, bars=document["period"]["bars"])


def _take_in_backtest(symbol: str, parameters: dict[str, Any], document: dict[str, Any]) -> None:
    try:
        asked = BacktestParameters.model_validate(parameters)
    except ValidationError:
        return
    sharpe = np.array([document["metrics"]["sharpe"]], dtype=np.float64) / sqrt(BARS_IN_A_YEAR)
    grid = grid_of(asked.rule, asked.rule_parameters, {})
    record_trials(symbol, asked, grid, sharpe=sharpe, bars=document["period"]["bars"])


class Migration(migrations.Migration):
    dependencies = [("strategies", "0007_trial_ledger")]

    operations = [migrations.RunPython(take_in, migrations.RunPython.noop)]
