"""Ask a Hindcast site for backtests, sweeps and forecasts, and give it bars."""

from __future__ import annotations

import os
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import pandas as pd

from hindcast_client.errors import HindcastError
from hindcast_client.jobs import Job
from hindcast_client.models import (
    BacktestDocument,
    BarsDocument,
    ForecastDocument,
    InstrumentDocument,
    JobDocument,
    SweepDocument,
)
from hindcast_client.results import Backtest, Forecast, Sweep
from hindcast_client.transport import Transport

BAR_COLUMNS = ("open", "high", "low", "close", "volume")


class Hindcast:
    """A site. Every call raises HindcastError with the site's own words where it is refused.

    token: of the Account page; by default the variable HINDCAST_TOKEN. A site of one's own needs none.
    """

    def __init__(
        self,
        url: str = "http://localhost:8000",
        *,
        token: str | None = None,
        transport: Transport | None = None,
    ) -> None:
        self.transport = transport or Transport(url, token=token or os.environ.get("HINDCAST_TOKEN"))

    def instruments(self) -> pd.DataFrame:
        """Return the stored instruments, a row for each."""
        rows = self.transport.request("GET", "/api/v1/instruments").json()
        found = [InstrumentDocument.model_validate(row).model_dump(exclude={"actions"}) for row in rows]
        return pd.DataFrame(found, columns=list(InstrumentDocument.model_fields)).drop(columns="actions")

    def bars(self, symbol: str, **query: Any) -> pd.DataFrame:
        """Return stored bars; `start`, `end` and `adjustment` as in the API."""
        path = f"/api/v1/instruments/{quote(symbol, safe='')}/bars"
        response = self.transport.request("GET", path, params=query)
        document = BarsDocument.model_validate(response.json())
        columns = {name: getattr(document, name) for name in BAR_COLUMNS}
        return pd.DataFrame(columns, index=pd.DatetimeIndex(document.dates, name="date"))

    def backtest(self, symbol: str, **parameters: Any) -> Backtest:
        """Run a backtest; the parameters are those of the API, such as fast=20, slow=50."""
        document = self._ask("backtests", {"symbol": symbol, **parameters})
        return Backtest(self.transport, BacktestDocument.model_validate(document))

    def sweep(self, symbol: str, *, progress: bool = True, **parameters: Any) -> Sweep:
        """Sweep a rule's parameters: numbers, lists, Python ranges, or start, stop and step.

        A large sweep is computed by a job; this waits for it, with a progress bar.
        """
        asked = {
            name: list(value) if isinstance(value, range) else value for name, value in parameters.items()
        }
        document = self._ask("sweeps", {"symbol": symbol, **asked}, progress=progress)
        return Sweep(self.transport, SweepDocument.model_validate(document))

    def forecast(self, symbol: str, **parameters: Any) -> Forecast:
        """Forecast the next sessions; `horizon`, `as_of` and `model` as in the API."""
        document = self._ask("forecasts", {"symbol": symbol, **parameters})
        return Forecast(self.transport, ForecastDocument.model_validate(document))

    def read_backtest(self, backtest_id: str) -> Backtest:
        """Return a stored backtest."""
        return Backtest(self.transport, BacktestDocument.model_validate(self._read("backtests", backtest_id)))

    def read_sweep(self, sweep_id: str) -> Sweep:
        """Return a stored sweep."""
        return Sweep(self.transport, SweepDocument.model_validate(self._read("sweeps", sweep_id)))

    def read_forecast(self, forecast_id: str) -> Forecast:
        """Return a stored forecast."""
        return Forecast(self.transport, ForecastDocument.model_validate(self._read("forecasts", forecast_id)))

    def import_bars(self, bars: pd.DataFrame, symbol: str, **query: Any) -> dict[str, Any]:
        """Store bars: columns open, high, low, close, volume by day; return counts and what was set aside.

        query: `prices`, `exchange` and `currency` as in the API. A large table is imported by a job, which
        this waits for.
        """
        table = bars.rename(columns=str.lower)
        missing = [name for name in BAR_COLUMNS if name not in table]
        if missing:
            raise HindcastError(f"The table has no column {', '.join(missing)}.")
        text = table[list(BAR_COLUMNS)].to_csv(index_label="date", date_format="%Y-%m-%d")
        path = f"/api/v1/instruments/{quote(symbol, safe='')}/import"
        headers = {"Content-Type": "text/csv"}
        response = self.transport.request("POST", path, data=text.encode(), headers=headers, params=query)
        if response.status_code == HTTPStatus.ACCEPTED:
            return (
                Job(JobDocument.model_validate(response.json()), self.transport).wait().document.result or {}
            )
        return dict(response.json())

    def fetch(self, symbol: str) -> Job:
        """Let the site fetch bars of its provider; needs staff. Call `wait()` on the job."""
        return self._job(f"/api/v1/instruments/{quote(symbol, safe='')}/fetch")

    def train(self, symbol: str) -> Job:
        """Let the site train the model of a symbol; needs staff. Call `wait()` on the job."""
        return self._job(f"/api/v1/models/{quote(symbol, safe='')}/train")

    def job(self, job_id: str) -> Job:
        """Return a job."""
        response = self.transport.request("GET", f"/api/v1/jobs/{quote(job_id, safe='')}")
        return Job(JobDocument.model_validate(response.json()), self.transport)

    def _job(self, path: str) -> Job:
        return Job(JobDocument.model_validate(self.transport.request("POST", path).json()), self.transport)

    def _read(self, kind: str, result_id: str) -> Any:
        return self.transport.request("GET", f"/api/v1/{kind}/{quote(result_id, safe='')}").json()

    def _ask(self, kind: str, question: dict[str, Any], *, progress: bool = True) -> Any:
        """Return the document; where a job computes it, once that has succeeded."""
        response = self.transport.request("POST", f"/api/v1/{kind}", json=question)
        if response.status_code != HTTPStatus.ACCEPTED:
            return response.json()
        job = Job(JobDocument.model_validate(response.json()), self.transport).wait(progress=progress)
        made = (job.document.result or {})[kind.removesuffix("s")]
        return self._read(kind, made)
