"""Results as pandas shows them: figures, trades, series, heatmaps and bands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from hindcast_client.models import BacktestDocument, ForecastDocument, SweepDocument, Trade, Verdict
from hindcast_client.transport import Transport

if TYPE_CHECKING:
    from bokeh.models import LayoutDOM


@dataclass(frozen=True)
class Result:
    """What all results have: a document, a page and a printed report on the site."""

    transport: Transport
    document: BacktestDocument | SweepDocument | ForecastDocument

    @property
    def id(self) -> str:
        """Its id on the site."""
        return self.document.id

    @property
    def page(self) -> str:
        """The URL of its page."""
        return self.transport.url.rstrip("/") + self.document.links.page

    def save_pdf(self, target: str | Path) -> Path:
        """Write the printed report to a file."""
        target, path = Path(target), self.document.links.pdf
        target.write_bytes(self.transport.request("GET", path, headers={"Accept": "*/*"}).content)
        return target


@dataclass(frozen=True)
class Backtest(Result):
    """A backtest; `document` holds everything that the site says of it."""

    document: BacktestDocument

    @property
    def summary(self) -> str:
        """The outcome in a sentence."""
        return self.document.summary

    @property
    def metrics(self) -> pd.DataFrame:
        """The figures, of the strategy and of buy and hold; undefined ones are NaN."""
        own, held = self.document.metrics.model_dump(), self.document.benchmark.model_dump()
        return pd.DataFrame({"strategy": own, "buy_and_hold": held}).astype("float64")

    @property
    def trades(self) -> pd.DataFrame:
        """A row for each trade, oldest first."""
        rows = [trade.model_dump(by_alias=True) for trade in self.document.trades]
        names = [field.alias or name for name, field in Trade.model_fields.items()]
        table = pd.DataFrame(rows, columns=names)
        for name in ("entry_date", "exit_date"):
            table[name] = pd.to_datetime(table[name])
        return table

    @property
    def equity(self) -> pd.DataFrame:
        """Equity, drawdown and position at each close, beside buy and hold."""
        series = self.document.series
        columns = {
            "equity": series.equity,
            "benchmark_equity": series.benchmark_equity,
            "drawdown": series.drawdown,
            "benchmark_drawdown": series.benchmark_drawdown,
            "position": series.position,
        }
        return pd.DataFrame(columns, index=pd.DatetimeIndex(series.dates, name="date"))

    def chart(self) -> LayoutDOM:
        """Return the site's own chart of this run as a Bokeh layout."""
        from hindcast_client.charts import backtest_chart

        return backtest_chart(self.transport, self.document)

    def show(self) -> None:
        """Show the site's own chart in a notebook, or in a browser elsewhere; works offline."""
        from hindcast_client.charts import show

        show(self.chart())


@dataclass(frozen=True)
class Sweep(Result):
    """A sweep; `document` holds everything that the site says of it."""

    document: SweepDocument

    @property
    def verdict(self) -> Verdict:
        """Whether the best combination means anything."""
        return self.document.verdict

    @property
    def cells(self) -> pd.DataFrame:
        """A row for each combination, with what varies and its figures."""
        columns = self.document.cells.model_dump(exclude={"values"})
        named = self.document.cells.values or {}  # noqa: PD011 - a field of the document
        return pd.DataFrame(
            {**named, **{key: column for key, column in columns.items() if column is not None}}
        )

    def heatmap(self, figure: str = "sharpe") -> pd.DataFrame:
        """Return a figure over the first two parameters that vary; the best where others vary too."""
        names = [name for name in self.document.varied if len(set(self.cells[name])) > 1]
        rows, *columns = names or self.document.varied
        return self.cells.pivot_table(index=rows, columns=columns[:1], values=figure, aggfunc="max")


@dataclass(frozen=True)
class Forecast(Result):
    """A forecast; `document` holds everything that the site says of it."""

    document: ForecastDocument

    @property
    def summary(self) -> str:
        """The forecast in a sentence."""
        return self.document.summary

    @property
    def bands(self) -> pd.DataFrame:
        """Median and bands of each session, and the close that came where it is known."""
        rows = [point.model_dump() for point in self.document.points]
        table = pd.DataFrame(rows).set_index("date")
        table.index = pd.DatetimeIndex(table.index, name="date")
        return table
