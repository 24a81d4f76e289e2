"""A custom rule in a form: its texts, the parameters they name, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.urls import reverse_lazy

from dashboard.charts.heatmap import CUSTOM_PREFIX
from strategies.engine.builtin_texts import builtin_rule, builtin_values, has_text
from strategies.engine.enums import Average, Direction, Fill, Rule
from strategies.engine.language.binding import ParameterError, bind, defaults_of, parameters_of, values_of
from strategies.engine.language.errors import RuleTextError
from strategies.engine.language.parse import LONGEST_TEXT, parse_clause, rule_of
from strategies.engine.language.reading import read_rule
from strategies.engine.language.tree import Clause, Condition, CustomRule
from strategies.engine.language.write import write
from strategies.engine.parameters import RuleParameters

CLAUSES = tuple(str(clause) for clause in Clause)
VALUE = CUSTOM_PREFIX
"""What the fields of parameters begin with."""
LONG_CLAUSES = (Clause.BUY, Clause.SELL)
BEGINNING = {"buy": "sma(fast) crosses above sma(slow)", "sell": "sma(fast) crosses below sma(slow)"}
"""What a form without a rule of one's own begins with."""


def condition_field(label: str) -> forms.CharField:
    """Return a field for the text of a condition, which is checked as one types."""
    attributes = {
        "rows": 2,
        "spellcheck": "false",
        "autocomplete": "off",
        "autocapitalize": "off",
        "class": "rule-text",
        "hx-get": reverse_lazy("check_rule"),
        "hx-trigger": "input changed delay:400ms, change",
        "hx-target": "#rule-check",
        "hx-swap": "outerHTML",
        "hx-include": "closest form",
        "hx-sync": "this:replace",
    }
    return forms.CharField(
        label=label, required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs=attributes)
    )


@dataclass(frozen=True)
class TextProblem:
    """What is wrong with the text of a clause."""

    clause: str
    message: str


@dataclass(frozen=True, eq=False)
class TypedRule:
    """The texts of a form as they were typed, which need not be a rule."""

    texts: Mapping[str, str]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "TypedRule":
        """Return the texts in a form's data."""
        return cls({clause: str(data.get(clause) or "").strip() for clause in CLAUSES})

    @cached_property
    def problems(self) -> list[TextProblem]:
        """What is wrong, by clause; what concerns the whole stands at `buy`."""
        found = [
            TextProblem(str(clause), str(error)) for clause, error in self._parsed.items() if _failed(error)
        ]
        if not found and isinstance(self._whole, RuleTextError):
            found.append(TextProblem(str(Clause.BUY), str(self._whole)))
        return found

    @property
    def rule(self) -> CustomRule | None:
        """The rule, where the texts are one."""
        return self._whole if isinstance(self._whole, CustomRule) else None

    def parameters(self) -> dict[str, bool]:
        """Return the names of the parameters, and whether each counts bars."""
        return {} if self.rule is None else parameters_of(self.rule)

    def defaults(self) -> dict[str, float]:
        """Return the default of each parameter."""
        return {} if self.rule is None else defaults_of(self.rule)

    def reading(self, values: Mapping[str, float] | None, fill: Fill) -> str:
        """Return the rule as a sentence, with these values or the names of its parameters.

        Empty where the texts or the values are wrong.
        """
        if self.rule is None:
            return ""
        try:
            bound = self.rule if values is None else bind(self.rule, values_of(self.rule, values))
        except ParameterError:
            return ""
        return read_rule(bound, fill)

    @cached_property
    def _parsed(self) -> dict[Clause, Condition | RuleTextError]:
        return {clause: _parsed(clause, self.texts[clause]) for clause in Clause if self.texts[clause]}

    @cached_property
    def _whole(self) -> CustomRule | RuleTextError | None:
        conditions = {
            clause: one for clause, one in self._parsed.items() if not isinstance(one, RuleTextError)
        }
        if len(conditions) < len(self._parsed):
            return None
        try:
            return rule_of(conditions)
        except RuleTextError as error:
            return error


def texts_of_built_in(rule: Rule, parameters: RuleParameters, direction: Direction) -> dict[str, Any]:
    """Return a built-in rule as the fields of a custom one, which it is a beginning of.

    A rule without a text of its own gives what a form begins with.
    """
    if rule == Rule.CUSTOM:
        return {}
    if not has_text(rule):
        return dict(BEGINNING)
    average = Average.EXPONENTIAL if rule == Rule.MACD else parameters.average
    wanted = LONG_CLAUSES if direction == Direction.LONG_ONLY else tuple(Clause)
    clauses = dict(builtin_rule(rule, average).clauses())
    texts = {str(clause): write(clauses[clause]) if clause in wanted else "" for clause in Clause}
    values = builtin_values(rule, parameters)
    return {**texts, **{f"{VALUE}{name}": value for name, value in values.items()}}


def _parsed(clause: Clause, text: str) -> Condition | RuleTextError:
    try:
        return parse_clause(clause, text)
    except RuleTextError as error:
        return error


def _failed(found: Condition | RuleTextError) -> bool:
    return isinstance(found, RuleTextError)
