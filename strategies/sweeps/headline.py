"""The headline of a verdict: a table of rules over what the tests found.

The same table stands in docs/methods/sweeps.md, and a test goes through every case.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import product

SIGNIFICANT, CLEAR = 0.05, 0.01
"""Levels of p-values."""
CONFIDENT = 0.95


class Headline(StrEnum):
    """How much evidence of skill there is."""

    NONE = "none"
    WEAK = "weak"
    STRONG = "strong"


class VerdictTestName(StrEnum):
    """What each test is called, wherever it is shown."""

    SAME_EXPOSURE = "Against the same exposure (SPA)"
    SURVIVORS = "Combinations that survive (StepM)"
    DEFLATED = "Deflated Sharpe ratio (DSR)"
    OVERFITTING = "Probability of backtest overfitting (PBO)"
    TRACK_RECORD = "Minimum track record length"
    BUY_AND_HOLD = "Against buy and hold (SPA)"
    PROBABILISTIC = "Probabilistic Sharpe ratio (PSR)"


SENTENCES = {
    Headline.NONE: "No evidence of skill.",
    Headline.WEAK: "Weak evidence of skill.",
    Headline.STRONG: "Strong evidence of skill.",
}


@dataclass(frozen=True, kw_only=True)
class Findings:
    """Which tests reject chance; one that could not be made does not.

    beats_same_exposure: some combination, counting all ever tried, beats its own exposure to the market at
        the 5 % level; beats_clearly: at the 1 % level.
    best_survives: the combination that is shown as the best is one of those that do.
    exceeds_luck: its Sharpe ratio is above what the best of all tried reaches by chance.
    choice_holds_up: choosing by the past fails more rarely than on most series without a pattern.
    """

    beats_same_exposure: bool
    beats_clearly: bool
    best_survives: bool
    exceeds_luck: bool
    choice_holds_up: bool


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A row of the table: `headline` holds where each finding is as given; None: either way."""

    beats_same_exposure: bool | None = None
    beats_clearly: bool | None = None
    best_survives: bool | None = None
    exceeds_luck: bool | None = None
    choice_holds_up: bool | None = None
    headline: Headline

    def applies(self, findings: Findings) -> bool:
        """Return whether the row is about these findings."""
        return all(getattr(self, name) in {None, found} for name, found in vars(findings).items())


RULES = (
    Rule(beats_same_exposure=False, headline=Headline.NONE),
    Rule(
        beats_same_exposure=True,
        beats_clearly=True,
        best_survives=True,
        exceeds_luck=True,
        choice_holds_up=True,
        headline=Headline.STRONG,
    ),
    Rule(beats_same_exposure=True, headline=Headline.WEAK),
)
"""The first row that applies decides; the first and the last together leave no case open."""


def headline_of(findings: Findings) -> Headline:
    """Return the headline by the first rule that applies."""
    return next(rule.headline for rule in RULES if rule.applies(findings))


def all_findings() -> list[Findings]:
    """Return every combination of findings."""
    names = tuple(Findings.__dataclass_fields__)
    return [
        Findings(**dict(zip(names, case, strict=True))) for case in product((False, True), repeat=len(names))
    ]
