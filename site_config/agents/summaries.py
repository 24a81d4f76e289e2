"""Short answers for agents: figures, verdict, caveats and link out of the site's documents."""

from collections.abc import Sequence
from typing import Any

SHORT_FIGURES = (
    "total_return", "cagr", "sharpe", "max_drawdown", "trades", "exposure", "win_rate", "total_costs",
    "probabilistic_sharpe",
)  # fmt: skip

COUNTED = "This try counts as a trial of {symbol}; the verdicts of sweeps discount every trial ever made."
ONE_RUN = "A single backtest is no evidence of skill. Sweep the rule's parameters for a verdict."


def backtest_summary(document: dict[str, Any], site: str) -> dict[str, Any]:
    """Return what a backtest found, beside buy and hold."""
    symbol = document["parameters"]["symbol"]
    return {
        "id": document["id"],
        "summary": document["summary"],
        "verdict": ONE_RUN,
        "figures": _figures(document["metrics"]),
        "buy_and_hold": _figures(document["benchmark"]),
        "caveats": [*document["notices"], COUNTED.format(symbol=symbol)],
        "link": site + document["links"]["page"],
    }


def sweep_summary(document: dict[str, Any], site: str) -> dict[str, Any]:
    """Return the best combinations of a sweep and what they are worth."""
    verdict, varied = document["verdict"], document["varied"]
    names = ("headline", "trials", "trials_ever", "deflated_sharpe_ever", "probability_of_overfitting",
             "spa_p_value_exposure_matched", "minimum_track_record_years")  # fmt: skip
    return {
        "id": document["id"],
        "summary": document["summary"],
        "verdict": verdict["sentence"],
        "tests": {name: _short(verdict.get(name)) for name in names},
        "best": [_cell(cell, varied) for cell in document["top"][:3]],
        "buy_and_hold": _figures(document["benchmark"]),
        "caveats": [*document["notices"], *verdict["caveats"]],
        "link": site + document["links"]["page"],
    }


def forecast_summary(document: dict[str, Any], site: str) -> dict[str, Any]:
    """Return median and bands of some sessions, and what such forecasts were worth."""
    points = document["points"]
    chosen = sorted({0, len(points) // 2, len(points) - 1})
    names = ("date", "low_95", "low_80", "median", "high_80", "high_95", "actual")
    return {
        "id": document["id"],
        "summary": document["summary"],
        "verdict": document["scorecard"]["sentence"],
        "issued_on": document["issued_on"],
        "last_close": document["last_close"],
        "points": [{name: _short(points[place][name]) for name in names} for place in chosen],
        "caveats": list(document["notices"]),
        "link": site + document["links"]["page"],
    }


def job_summary(job: dict[str, Any], site: str) -> dict[str, Any]:
    """Return how far a job is, and how to go on."""
    is_active = job["state"] in {"queued", "running"}
    next_step = "Ask job_status with this id in some seconds." if is_active else None
    shown = {name: job[name] for name in ("state", "progress", "step", "error", "result")}
    return {"job": job["id"], **shown, "next": next_step, "link": f"{site}/jobs/{job['id']}/"}


def comparison_summary(documents: Sequence[dict[str, Any]], site: str) -> dict[str, Any]:
    """Return the figures of backtests side by side."""
    periods = {(each["data"]["symbol"], *each["period"].values()) for each in documents}
    alike = "These runs are over different days or symbols, so their figures do not compare directly."
    chosen = "Picking the best of several runs is a choice made in hindsight; each run counts as a trial."
    return {
        "runs": [
            {"id": each["id"], "summary": each["summary"], "figures": _figures(each["metrics"])}
            for each in documents
        ],
        "caveats": [chosen, *([alike] if len(periods) > 1 else [])],
        "link": f"{site}/compare/?" + "&".join(f"run={each['id']}" for each in documents),
    }


def _figures(metrics: dict[str, Any]) -> dict[str, Any]:
    return {name: _short(metrics[name]) for name in SHORT_FIGURES}


def _cell(cell: dict[str, Any], varied: Sequence[str]) -> dict[str, Any]:
    own = cell.get("values") or cell
    figures = ("sharpe", "total_return", "max_drawdown", "trades")
    return {name: own[name] for name in varied} | {name: _short(cell[name]) for name in figures}


def _short(value: Any) -> Any:
    """Return a figure with five digits, and anything else as it is."""
    return float(f"{value:.5g}") if isinstance(value, float) else value
