"""Rules in a form: which fields each uses, what is said of it, and the presets it offers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, override

from django import forms
from pydantic_core import to_json

from dashboard.forms.widgets import AnnotatedSelect
from strategies.engine.enums import Rule
from strategies.engine.parameters import TUNABLE, TunableParameter, field_of
from strategies.engine.rules import RULES, Preset, RuleDefinition

UNUSED = "is-unused"
"""The class of what the chosen rule does not look at; static/js/rules.js moves it as the rule changes."""


@dataclass(frozen=True, kw_only=True)
class OfferedPreset:
    """Well-known values that one click fills in. fill: values by field, as JSON."""

    title: str
    fill: str


@dataclass(frozen=True, kw_only=True)
class OfferedRule:
    """What the form says of a rule, and the presets it offers."""

    key: str
    description: str
    presets: list[OfferedPreset]
    is_chosen: bool


def with_tunable_fields[Form: type[forms.Form]](
    field: Callable[[TunableParameter], forms.Field],
) -> Callable[[Form], Form]:
    """Return what gives a form class a field for each parameter of the rules."""

    def add(form: Form) -> Form:
        form.base_fields.update({known.field: field(known) for known in TUNABLE.values()})
        return form

    return add


def offered_rules(chosen: str, texts: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> list[OfferedRule]:
    """Return every rule; `texts` turns parameters into what fields show."""
    return [
        OfferedRule(
            key=rule.value,
            description=definition.description,
            presets=[_offered(definition, preset, texts) for preset in definition.presets],
            is_chosen=rule.value == chosen,
        )
        for rule, definition in RULES.items()
    ]


def fields_used_by(rule: str) -> list[str]:
    """Return the fields whose parameters a rule looks at; those of the first rule for what is none."""
    definition = RULES[Rule(rule) if rule in list(Rule) else next(iter(RULES))]
    return [field_of(name) for name in definition.uses]


class RuleSelect(AnnotatedSelect):
    """A select of rules whose options tell which fields each uses."""

    @override
    def attributes_of(self, value: str) -> dict[str, str]:
        """Return the names of the fields."""
        return {"data-uses": " ".join(fields_used_by(value))}


def _offered(
    definition: RuleDefinition, preset: Preset, texts: Callable[[Mapping[str, Any]], Mapping[str, Any]]
) -> OfferedPreset:
    shown = texts({name: getattr(preset.parameters, name) for name in definition.uses})
    fields = [field_of(name) for name in definition.uses]
    fill = to_json({field: shown[field] for field in fields}).decode()
    return OfferedPreset(title=preset.title, fill=fill)
