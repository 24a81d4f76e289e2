"""What was swept and backtested before there was a ledger is entered by a migration."""

from importlib import import_module

import pytest
from django.apps import apps

from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.service import run_backtest
from strategies.engine import kernel_loader
from strategies.engine.enums import Average
from strategies.models import ParameterSweep, Trial
from strategies.sweeps.parameters import SweepParameters
from strategies.sweeps.service import run_sweep

migration = import_module("strategies.migrations.0008_take_in_old_trials")


def ledger() -> dict[tuple[str, int], tuple[float | None, int, str]]:
    rows = Trial.objects.values_list("symbol", "key", "sharpe", "bars", "terms_id")
    return {
        (symbol, key): (None if sharpe is None else round(sharpe, 9), bars, terms)
        for symbol, key, sharpe, bars, terms in rows
    }


@pytest.mark.django_db
def test_stored_sweeps_and_backtests_are_entered_as_if_they_were_run_now() -> None:
    kernel_loader.wait()
    run_sweep(SweepParameters.model_validate({"symbol": "AAPL", "fast": [5, 10], "slow": [50, 100]}))
    run_sweep(
        SweepParameters.model_validate(
            {"symbol": "IBM", "rule": "ma_envelope", "slow": 50, "band": [0.01, 0.02], "stop_loss": 0.1}
        )
    )
    run_backtest(BacktestParameters(symbol="AAPL", fast=7, slow=70, average=Average.EXPONENTIAL))
    expected = ledger()
    Trial.objects.all().delete()
    migration.take_in(apps, None)
    assert len(expected) == 7
    assert ledger() == expected


@pytest.mark.django_db
def test_a_sweep_that_could_no_longer_be_asked_for_is_left_out() -> None:
    kernel_loader.wait()
    run_sweep(SweepParameters.model_validate({"symbol": "AAPL", "fast": [5], "slow": [50]}))
    ParameterSweep.objects.update(parameters={"symbol": "AAPL", "rule": "of_yesterday"})
    Trial.objects.all().delete()
    migration.take_in(apps, None)
    assert not Trial.objects.exists()
