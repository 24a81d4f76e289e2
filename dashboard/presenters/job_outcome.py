"""Where a job leads: to what it made, or to what a person can do after it failed."""

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.http import urlencode

from jobs.models import Job, JobState

MOST_LINKS = 5
"""Symbols of a file that are linked to."""


@dataclass(frozen=True, kw_only=True)
class Link:
    """A way on, in words."""

    label: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What follows from a job. advice: what to do, in a sentence; empty where there is nothing to do."""

    advice: str = ""
    links: list[Link] = field(default_factory=list)


def outcome_of(job: Job) -> Outcome:
    """Return where an ended job leads; nothing for one that is under way."""
    if job.state == JobState.SUCCEEDED:
        return Outcome(links=_made(job))
    if job.state in {JobState.FAILED, JobState.CANCELLED}:
        return _again(job)
    return Outcome()


def _made(job: Job) -> list[Link]:
    result = job.result or {}
    page, symbol = str(result.get("page", "")), str(result.get("symbol") or job.subject)
    match job.kind:
        case "sweep":
            links = [Link(label=f"Open the sweep of {job.arguments['parameters']['symbol']}", url=page)]
        case "universe_part":
            links = [Link(label="Open the ranking of all symbols", url=page)]
        case "import_bars":
            links = [_backtest(name) for name in result.get("symbols", [])[:MOST_LINKS]]
        case "fetch_bars" | "extend_records":
            links = [_backtest(symbol)]
        case "train_model":
            links = [_forecast_by_own_model(symbol), _scorecard(symbol, "symbol")]
        case "evaluate_forecasts":
            links = [_scorecard(symbol, job.arguments["parameters"]["model"])]
        case _:
            links = [Link(label="Open what was printed", url=page)]
    return [link for link in links if link.url]


def _again(job: Job) -> Outcome:
    match job.kind:
        case "sweep":
            url = reverse("sweep", args=[job.subject])
            link = Link(label="Change the ranges and sweep again", url=url)
            return Outcome(advice="Fewer combinations, or a shorter period, take less time.", links=[link])
        case "universe_part":
            universe = job.arguments.get("universe_id", "")
            link = Link(label="Open the ranking so far", url=reverse("universe", args=[universe]))
            return Outcome(advice="The other symbols are ranked without these.", links=[link])
        case "import_bars":
            return Outcome(
                advice="Nothing of the file was stored. Correct it and send it again.", links=[_data()]
            )
        case "fetch_bars":
            return Outcome(advice="Bars that were stored before stay as they are.", links=[_data()])
        case "train_model" | "evaluate_forecasts":
            symbol = job.subject.partition(" ")[0]
            return Outcome(
                advice="It needs enough stored bars. Fetch or import more, then try again.",
                links=[_data(), _scorecard(symbol, "pooled")],
            )
    return Outcome(advice="Start it again, or ask staff to do so.")


def _backtest(symbol: str) -> Link:
    return Link(label=f"Backtest {symbol}", url=f"{reverse('backtests')}?{urlencode({'symbol': symbol})}")


def _forecast_by_own_model(symbol: str) -> Link:
    query = urlencode({"symbol": symbol, "model": "symbol"})
    return Link(label=f"Forecast {symbol} by this model", url=f"{reverse('forecasts')}?{query}")


def _scorecard(symbol: str, model: str) -> Link:
    url = f"{reverse('scorecard', args=[symbol])}?{urlencode({'model': model})}"
    return Link(label=f"Scorecard of {symbol}", url=url)


def _data() -> Link:
    return Link(label="Data page", url=reverse("data"))
