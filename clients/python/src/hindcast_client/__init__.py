"""Hindcast from Python: `Hindcast("http://localhost:8000").backtest("AAPL", fast=20, slow=50)`."""

from hindcast_client.client import Hindcast
from hindcast_client.errors import FieldProblem, HindcastError, JobFailed
from hindcast_client.jobs import Job
from hindcast_client.results import Backtest, Forecast, Sweep
from hindcast_client.transport import Transport

__all__ = [
    "Backtest",
    "FieldProblem",
    "Forecast",
    "Hindcast",
    "HindcastError",
    "Job",
    "JobFailed",
    "Sweep",
    "Transport",
]
