"""The tools that agents call. Each asks the API and returns figures, verdict, caveats and a link."""

from functools import partial
from typing import Annotated, Any, Literal

from anyio import to_thread
from mcp.server.fastmcp import FastMCP
from mcp.server.fastmcp.exceptions import ToolError
from mcp.types import ResourceLink, TextContent, ToolAnnotations
from pydantic import AnyUrl, Field

from dashboard.metrics import METRICS
from site_config.agents.arguments import (
    Options,
    RunId,
    SweptValues,
    SymbolText,
    id_path,
    job_path,
    question_of,
    symbol_path,
)
from site_config.agents.site_api import SiteApi
from site_config.agents.summaries import (
    backtest_summary,
    comparison_summary,
    forecast_summary,
    job_summary,
    sweep_summary,
)
from strategies.engine import kernel_loader

type Answer = dict[str, Any]
type ResultKindName = Literal["backtests", "sweeps", "forecasts"]

READS = ToolAnnotations(readOnlyHint=True, openWorldHint=False)
RUNS = ToolAnnotations(readOnlyHint=False, destructiveHint=False, idempotentHint=True, openWorldHint=False)
SPENDS = ToolAnnotations(readOnlyHint=False, destructiveHint=False, openWorldHint=True)

KERNELS_WITHIN = 10.0
"""Seconds that a sweep waits for compiled kernels before it becomes a job."""


def add_tools(server: FastMCP, api: SiteApi, *, site: str) -> None:
    """Add every tool. site: the URL that links begin with."""
    _add_runs(server, api, site)
    _add_lists(server, api, site)
    _add_explanations(server, api, site)
    _add_work(server, api, site)


def _add_runs(server: FastMCP, api: SiteApi, site: str) -> None:
    @server.tool(annotations=RUNS)
    async def run_backtest(
        symbol: SymbolText,
        *,
        rule: Annotated[str, Field(max_length=40)] = "ma_crossover",
        fast: int | None = None,
        slow: int | None = None,
        start: str | None = None,
        end: str | None = None,
        options: Options = None,
    ) -> Answer:
        """Backtest a rule on a stored symbol. Every run counts as a trial of the symbol."""
        question = question_of(symbol, options, rule=rule, fast=fast, slow=slow, start=start, end=end)
        return backtest_summary(await api.post("/backtests", question), site)

    @server.tool(annotations=RUNS)
    async def sweep(
        symbol: SymbolText,
        *,
        rule: Annotated[str, Field(max_length=40)] = "ma_crossover",
        fast: SweptValues = None,
        slow: SweptValues = None,
        start: str | None = None,
        end: str | None = None,
        options: Options = None,
    ) -> Answer:
        """Backtest every combination of a rule's parameters, and judge whether the best is luck."""
        question = question_of(symbol, options, rule=rule, fast=fast, slow=slow, start=start, end=end)
        await to_thread.run_sync(partial(kernel_loader.wait, at_most=KERNELS_WITHIN))
        document = await api.post("/sweeps", question)
        if document.get("state") == "succeeded":
            document = await api.get(f"/sweeps/{id_path(document['result']['sweep'])}")
        return job_summary(document, site) if "state" in document else sweep_summary(document, site)

    @server.tool(annotations=RUNS)
    async def forecast(
        symbol: SymbolText,
        horizon: int = 30,
        model: Literal["pooled", "symbol"] = "pooled",
        as_of: str | None = None,
    ) -> Answer:
        """Forecast the next sessions with bands, and say what such forecasts were worth."""
        question = question_of(symbol, None, horizon=horizon, model=model, as_of=as_of)
        return forecast_summary(await api.post("/forecasts", question), site)


def _add_lists(server: FastMCP, api: SiteApi, site: str) -> None:
    @server.tool(annotations=READS)
    async def list_instruments() -> list[Answer]:
        """List the stored symbols with the extent of their bars."""
        names = ("symbol", "name", "currency", "bars", "first", "last", "is_sample")
        return [{name: item[name] for name in names} for item in await api.get("/instruments")]

    @server.tool(annotations=READS)
    async def search_runs(
        kind: ResultKindName = "backtests",
        symbol: SymbolText | None = None,
        limit: Annotated[int, Field(ge=1, le=50)] = 10,
    ) -> list[Answer]:
        """List stored results, newest first."""
        query = {"limit": limit} | ({"symbol": symbol} if symbol else {})
        page = await api.get(f"/{kind}", query)
        return [_listed(item, site) for item in page["items"]]

    @server.tool(annotations=READS)
    async def compare(runs: Annotated[list[RunId], Field(min_length=2, max_length=6)]) -> Answer:
        """Put stored backtests side by side."""
        documents = [await api.get(f"/backtests/{id_path(each)}") for each in runs]
        return comparison_summary(documents, site)


def _add_explanations(server: FastMCP, api: SiteApi, site: str) -> None:
    @server.tool(annotations=READS)
    async def scorecard(symbol: SymbolText, model: Literal["pooled", "symbol"] = "pooled") -> Answer:
        """Say how forecasts of a symbol have done."""
        document = await api.get(f"/scorecards/{symbol_path(symbol)}", {"model": model})
        evaluation = document["evaluation"]
        return {
            "verdict": document["issued"]["sentence"],
            "evaluation": evaluation and evaluation["sentence"],
            "caveats": [] if evaluation else ["The model was not evaluated on past days of this symbol yet."],
            "link": f"{site}/scorecards/{symbol_path(symbol)}/?model={model}",
        }

    @server.tool(annotations=READS)
    async def explain_metric(name: Annotated[str, Field(max_length=60)]) -> Answer:
        """Explain a figure of a backtest, by its name in the documents or on the page."""
        wanted = name.strip().lower()
        for metric in METRICS:
            if wanted in {metric.key, metric.label.lower()}:
                methods = f"{site}/methods/backtesting/#{metric.key}"
                return {
                    "name": metric.key,
                    "label": metric.label,
                    "meaning": metric.explanation,
                    "link": methods,
                }
        raise ToolError(
            "There is no such figure. There are: " + ", ".join(metric.key for metric in METRICS) + "."
        )

    @server.tool(annotations=READS)
    async def report(run: RunId, kind: ResultKindName = "backtests") -> list[ResourceLink | TextContent]:
        """Return the printed report of a stored result, as a resource to read."""
        document = await api.get(f"/{kind}/{id_path(run)}")
        uri = AnyUrl(f"hindcast://{kind}/{run}/report.pdf")
        link = ResourceLink(type="resource_link", uri=uri, name=f"{run}.pdf", mimeType="application/pdf")
        words = f"{document['summary']} The report is also at {site}{document['links']['pdf']}."
        return [TextContent(type="text", text=words), link]


def _add_work(server: FastMCP, api: SiteApi, site: str) -> None:
    @server.tool(annotations=SPENDS)
    async def fetch(symbol: SymbolText) -> Answer:
        """Fetch bars of a symbol from the site's provider. Needs staff and a token with the scope manage."""
        job = await api.post(f"/instruments/{symbol_path(symbol)}/fetch")
        return job_summary(job, site)

    @server.tool(annotations=READS)
    async def job_status(job: Annotated[str, Field(max_length=64)]) -> Answer:
        """Say how far a job is, waiting a while for its end."""
        document = await api.get(f"/jobs/{job_path(job)}")
        return job_summary(await api.ended_job(document), site)


def _listed(item: dict[str, Any], site: str) -> Answer:
    names = ("id", "symbol", "summary", "created_at", "issued_on")
    return {name: item[name] for name in names if name in item} | {"link": site + item["links"]["page"]}
