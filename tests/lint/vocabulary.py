"""Find words that have a standard term in what people read, and name the term."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

STANDARD_TERMS: Mapping[str, str] = {
    "Worst drawdown": "Max drawdown",
    "Longest time under water": "Max drawdown duration",
    "Time in the market": "Exposure",
    "Winning trades": "Win rate",
    "Volatility a year": "Volatility (annualised)",
    "Turnover a year": "Turnover (annualised)",
    "Alpha a year": "Alpha (annualised)",
    "Sharpe above zero": "Probabilistic Sharpe ratio (PSR)",
    "Choosing the best was luck": "Probability of backtest overfitting (PBO)",
    "Earns more than nothing": "Deflated Sharpe ratio (DSR)",
    "by luck alone": "SPA p-value",
    "Best by": "Objective",
    "Least trades": "Minimum trades",
    "Walk-forward trains on": "Walk-forward scheme",
    "Parts of a share": "Fractional shares",
    "Compare with holding": "Benchmark symbol",
    "does not reach so far": "lacks permission",
    "says when it is not": "says when to retry",
    "what is bearable": "excess requests",
    "most of the objective": "scores highest",
    "is counted and told": "is counted and reported",
    "are told in notices": "produce notices",
    "Not sending what you have": "Conditional requests",
    "evening's work": "much less setup",
    "asks twice for what": "never retries",
    "know no ranges": "have no high and low prices",
    "The menu leads on": "Use the menu to continue.",
    "fell silent": "stopped responding",
    "do not belong together": "wrong username or password",
}
"""Phrases that pages, documents and messages avoid, as written there, and what stands for each."""

READ = ("*.py", "*.html", "*.md", "*.js")
FOLDERS = (
    "core", "jobs", "ingestion", "strategies", "forecasting", "dashboard", "site_config", "templates", "docs",
    "static/js",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class AvoidedPhrase:
    """A phrase that has a standard term.

    path: the file. line: where the phrase begins. phrase: as written. term: what to write.
    """

    path: Path
    line: int
    phrase: str
    term: str

    def __str__(self) -> str:
        """Return what a terminal shows, in the form that editors follow."""
        return f"{self.path}:{self.line}: write {self.term!r} for {self.phrase!r}"


def avoided_phrases(paths: Iterable[Path]) -> list[AvoidedPhrase]:
    """Return the avoided phrases in files, those that a line break divides as well."""
    return [found for path in paths for found in _in_file(path)]


def files_that_people_read(root: Path) -> list[Path]:
    """Return templates, documents, scripts and modules below `root`, tests and migrations left out."""
    found = [root / "README.md", root / "CONTRIBUTING.md"]
    found += [path for folder in FOLDERS for kind in READ for path in (root / folder).rglob(kind)]
    return sorted(path for path in found if not {"tests", "migrations"} & set(path.parts))


def _in_file(path: Path) -> list[AvoidedPhrase]:
    text = path.read_text()
    return [
        AvoidedPhrase(
            path=path, line=text.count("\n", 0, match.start()) + 1, phrase=phrase, term=STANDARD_TERMS[phrase]
        )
        for phrase, pattern in _PATTERNS.items()
        for match in pattern.finditer(text)
    ]


# Words may be divided by the end of a line, with the marks of a comment or of a string in two parts.
_PATTERNS = {
    phrase: re.compile(r"\b" + r"[\s#\"]+".join(map(re.escape, phrase.split())) + r"\b")
    for phrase in STANDARD_TERMS
}
