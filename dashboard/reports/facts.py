"""How a result was made, in words: the method pages of the reports."""

from collections.abc import Sequence
from datetime import date
from urllib.parse import urljoin

from core.formatting import SPACE, count, counted, day, moment, money
from dashboard.metrics import METRICS
from dashboard.reports.components import Fact
from forecasting.schemas import ForecastDocument
from ingestion.bars import Adjustment
from ingestion.schemas import DataDocument
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.schemas import BacktestDocument
from strategies.engine.enums import (
    Average,
    Direction,
    Entry,
    Fill,
    Rule,
)
from strategies.engine.language.reading import read_rule
from strategies.engine.language.write import write_rule
from strategies.engine.rules import RULES
from strategies.sweeps.schemas import SweepDocument

_LABELS = {metric.key: metric.label for metric in METRICS}

AVERAGES = {
    Average.SIMPLE: "Simple: every close in the window counts the same.",
    Average.EXPONENTIAL: "Exponential: the newer a close, the more it counts.",
    Average.WEIGHTED: "Weighted: the newest close counts most, each older one less by the same step.",
    Average.HULL: "Hull: weighted averages combined so that the lag is small.",
}
ENTRIES = {
    Entry.ON_CROSS: "On a fresh cross; a state that already holds on the first day is not entered.",
    Entry.ON_STATE: "On the state; where it already holds on the first day, it is entered at once.",
}
DIRECTIONS = {
    Direction.LONG_ONLY: "Long only: shares are bought and sold, never sold short.",
    Direction.LONG_SHORT: "Long and short: shares are sold short where the rule points down.",
    Direction.SHORT_ONLY: "Short only: shares are sold short and bought back, never bought first.",
}
FILLS = {
    Fill.NEXT_OPEN: "A signal is known at the close and filled at the next day's open.",
    Fill.SAME_CLOSE: "A signal is filled at the very close that gives it. That is optimistic: nobody knows "
    "the close before it is over.",
}
ADJUSTMENTS = {
    Adjustment.NONE: "As traded; splits and dividends are left in.",
    Adjustment.SPLITS: "Adjusted for splits; dividends are left out of prices and results.",
    Adjustment.SPLITS_AND_DIVIDENDS: "Adjusted for splits and dividends, as if dividends were reinvested.",
}

MISSING_NAMED = 10
"""At most so many missing sessions are named; the document lists all."""


def rule_in_short(parameters: BacktestParameters) -> str:
    """Return the strategy in a few words, for a title."""
    definition = RULES[parameters.rule]
    if parameters.rule == Rule.CUSTOM:
        return definition.title
    return f"{definition.title}, {definition.tuning(parameters.rule_parameters)} bars"


def _averages(parameters: BacktestParameters) -> str:
    """Return their windows, and their kind where the rule leaves a choice."""
    definition = RULES[parameters.rule]
    kind = f"{AVERAGES[parameters.average]} " if "average" in definition.uses else ""
    return f"{kind}{definition.tuning(parameters.rule_parameters)}."


def _rule(parameters: BacktestParameters) -> dict[str, str]:
    """Return what the rule is: of a custom one its text and what that says."""
    custom = parameters.rule_parameters.custom
    if custom is None:
        return {"Rule": RULES[parameters.rule].description, "Averages": _averages(parameters)}
    return {"Rule": read_rule(custom, parameters.fill), "Conditions": write_rule(custom)}


def rule_facts(parameters: BacktestParameters, currency: str) -> list[Fact]:
    """Return what was traded, how it was filled and what it cost."""
    shares = "parts of a share can be bought" if parameters.fractional_shares else "whole shares only"
    return _facts({
        **_rule(parameters),
        "Entry": ENTRIES[parameters.entry],
        "Side": DIRECTIONS[parameters.direction],
        "Fill": FILLS[parameters.fill] + _stops(parameters),
        "Initial investment": money(parameters.initial_investment, currency),
        "Position size": f"{_rate(parameters.position_size)} of the equity; {shares}.",
        "Commission": _commission(parameters, currency),
        "Slippage": f"Each fill is {_rate(parameters.slippage_bps / 10_000)} worse than its price."
        if parameters.slippage_bps
        else "None.",
        "Buy & hold": "The same share over the same days, with the same costs.",
        "Year": "252 bars. Volatility is the standard deviation of bar returns (n \N{MINUS SIGN} 1) times "
        "the root of 252.",
        "Risk-free rate": f"{_rate(parameters.risk_free_rate)} a year.",
    })  # fmt: skip


def sweep_facts(document: SweepDocument) -> list[Fact]:
    """Return what was varied, what was kept, and by what the best was chosen."""
    asked, verdict = document.parameters, document.verdict
    first = {name: document.cells.of_parameter(name)[0] for name in document.varied}
    kept = [
        fact for fact in rule_facts(asked.backtest(first), document.data.currency) if fact.label != "Averages"
    ]
    varied = [f"{name} {_span(asked.values_for(name))}" for name in document.varied]
    return [
        Fact(label="Varied", text=f"{'; '.join(varied)}."),
        Fact(
            label="Chosen by",
            text=f"{_LABELS[asked.objective]}, of combinations with "
            f"{counted(asked.minimum_trades, 'trade')} or more.",
        ),
        Fact(
            label="Trials",
            text=f"{count(verdict.trials)} in this sweep, {count(verdict.trials_ever)} ever on this symbol; "
            f"{count(verdict.splits)} splits, {count(verdict.draws)} draws.",
        ),
        *kept,
    ]


def _span(values: Sequence[float]) -> str:
    if len(values) == 1:
        return f"{values[0]:g}"
    return f"{values[0]:g} to {values[-1]:g} ({counted(len(values), 'value')})"


def _stops(parameters: BacktestParameters) -> str:
    distances = {
        "stop-loss": parameters.stop_loss,
        "take-profit": parameters.take_profit,
        "trailing stop": parameters.trailing_stop,
    }
    given = [f"{name} {_rate(distance)}" for name, distance in distances.items() if distance is not None]
    return f" {', '.join(given).capitalize()}." if given else ""


def data_facts(data: DataDocument) -> list[Fact]:
    """Return where the prices come from and what is wrong with them."""
    facts = {
        "Source": data.source_description,
        "Share": f"{data.name} ({data.symbol}), exchange {data.exchange}, in {data.currency}.",
        "Range": f"{day(data.first)} to {day(data.last)}: {counted(data.bars, 'bar')}, warm-up included.",
        "Prices": ADJUSTMENTS[data.adjustment],
        "Missing sessions": _missing(data.missing_sessions),
        "Fetched": moment(data.fetched_at),
        "Fingerprint": f"SHA-256 {data.sha256}",
    }
    if data.provisional:
        facts["Last bar"] = "Provisional: it was fetched before its session had closed."
    return _facts(facts)


def model_facts(document: ForecastDocument) -> list[Fact]:
    """Return which model forecast, and what it was trained on."""
    model = document.model
    return _facts({
        "Model": model.description,
        "Version": f"{model.version}, SHA-256 {model.sha256}",
        "Training data": f"{', '.join(model.training_symbols)}; {day(model.trained_from)} to "
        f"{day(model.trained_through)}, nothing later.",
        "Inputs": ", ".join(dict.fromkeys(name.replace("_", " ") for name in model.features)) + ".",
        "Market": f"{', '.join(model.market)}." if model.market else "None: its own prices alone.",
        "Issue date": f"{day(document.issued_on)}; the forecast uses nothing later.",
    })  # fmt: skip


def backtest_origin(document: BacktestDocument | SweepDocument, site_address: str) -> list[Fact]:
    """Return what computed the document, and where it can be found again."""
    versions = document.versions
    software = f"Hindcast engine {versions.engine}, NumPy {versions.numpy}"
    return _origin(document, software, site_address)


def forecast_origin(document: ForecastDocument, site_address: str) -> list[Fact]:
    """Return what computed the document, and where it can be found again."""
    versions = document.versions
    software = (
        f"Hindcast model {versions.model}, NumPy {versions.numpy}, scikit-learn {versions.scikit_learn}"
    )
    return _origin(document, software, site_address)


def _origin(
    document: BacktestDocument | ForecastDocument | SweepDocument, software: str, site_address: str
) -> list[Fact]:
    return _facts({
        "Computed": f"{moment(document.generated_at)}, by {software}.",
        "Run": f"{document.id}: the same question on the same data always has this number.",
        "Address": urljoin(site_address, document.links.page),
    })  # fmt: skip


def _facts(texts: dict[str, str]) -> list[Fact]:
    return [Fact(label=label, text=text) for label, text in texts.items()]


def _commission(parameters: BacktestParameters, currency: str) -> str:
    parts = []
    if parameters.commission_rate:
        parts.append(f"{_rate(parameters.commission_rate)} of the value of each order")
    if parameters.commission_fixed:
        parts.append(f"{money(parameters.commission_fixed, currency)} for each order")
    return f"{', and '.join(parts)}." if parts else "None."


def _rate(value: float) -> str:
    """Return a chosen rate with the digits it was chosen with, not rounded to hundredths."""
    exact = f"{100 * value:.6f}".rstrip("0").rstrip(".")
    return f"{exact}{SPACE}%"


def _missing(sessions: list[date]) -> str:
    if not sessions:
        return "None: every session of the exchange has its bar."
    named = ", ".join(day(session) for session in sessions[:MISSING_NAMED])
    more = f" and {count(len(sessions) - MISSING_NAMED)} more" if len(sessions) > MISSING_NAMED else ""
    return f"{count(len(sessions))}: {named}{more}."
