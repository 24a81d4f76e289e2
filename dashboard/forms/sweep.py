"""The form that asks for a sweep."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Self, cast, override

from crispy_forms.bootstrap import AppendedText
from crispy_forms.layout import HTML, Field, LayoutObject
from django import forms

from dashboard.forms.base import whole_number_field
from dashboard.forms.custom_rule import VALUE, texts_of_built_in
from dashboard.forms.range_field import RangeField
from dashboard.forms.rules import with_tunable_fields
from dashboard.forms.strategy import StrategyForm
from dashboard.labels import choices_of
from strategies.engine.parameters import TUNABLE, RuleParameters, TunableParameter
from strategies.sweeps.parameters import Objective, Scheme, SweepParameters

RANGES = {known.field: known.name for known in TUNABLE.values()}
"""Fields of values, with the parameter each stands for."""

WALK_FORWARD = ("scheme", "train_bars", "test_bars")


def _values(known: TunableParameter) -> forms.Field:
    return RangeField(known.plural, factor=Decimal(100 if known.is_percent else 1))


@with_tunable_fields(_values)
class SweepForm(StrategyForm[SweepParameters]):
    """Asks for `SweepParameters`."""

    parameters_model = SweepParameters
    rarer = (*WALK_FORWARD, *StrategyForm.rarer, "initial_investment")

    objective = forms.ChoiceField(label="Objective", choices=choices_of(Objective))
    minimum_trades = whole_number_field("Minimum trades")
    scheme = forms.ChoiceField(label="Walk-forward scheme", choices=choices_of(Scheme))
    train_bars = whole_number_field("Training window")
    test_bars = whole_number_field("Test window")

    @override
    def _value_field(self, name: str, *, is_length: bool) -> forms.Field:
        field = RangeField(name)
        field.required = False
        return field

    @classmethod
    @override
    def _shown_value(cls, value: Any) -> Any:
        return RangeField("").text(_plain(value))

    @classmethod
    @override
    def _default_value(cls, value: float, *, is_length: bool) -> str:
        """Return a range around the default of a number of bars; of any other number the default alone."""
        return cls._default_range(int(value)) if is_length else str(cls._shown_value(value))

    @classmethod
    def _default_range(cls, bars: int) -> str:
        step = max(bars // 10, 1)
        return f"{max(bars - 5 * step, 1)} to {bars + 5 * step} by {step}"

    @override
    @classmethod
    def showing(cls, parameters: SweepParameters) -> Self:
        """Return the form that would ask for `parameters`, with a built-in rule as text as well."""
        tuning = RuleParameters(average=parameters.average)
        texts = texts_of_built_in(parameters.rule, tuning, parameters.direction)
        ranges = {
            name: cls._shown_value(getattr(parameters, name.removeprefix(VALUE)))
            for name in texts
            if name.startswith(VALUE)
        }
        return cls(initial={**cls._texts(parameters.model_dump()), **texts, **ranges})

    @override
    def _tuned(self) -> list[LayoutObject | str]:
        return [
            self._tuning("average", wide=True),
            *(self._tuning(name, wide=True) for name in RANGES),
            HTML('{% include "sweeps/range_shortcuts.html" %}'),
            Field("objective", wrapper_class="wide"),
            "minimum_trades",
            AppendedText("commission_percent", "%"),
        ]

    @override
    def _more(self) -> list[LayoutObject | str]:
        return [
            Field("scheme", wrapper_class="wide"),
            AppendedText("train_bars", "bars"),
            AppendedText("test_bars", "bars"),
            *super()._more(),
            AppendedText("initial_investment", self._currency(), wrapper_class="wide"),
        ]

    @classmethod
    @override
    def _texts(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the fields show: ranges as people write them, the plan of walk-forward apart."""
        shown = super()._texts(values)
        for name, parameter in RANGES.items():
            if parameter in values:
                shown[name] = cls._range_field(name).text(_plain(values[parameter]))
        plan = shown.pop("walk_forward", None)
        if plan is not None:
            shown |= {name: str(value) for name, value in _plain(plan).items()}
        return shown

    @override
    def _arguments(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        given = super()._arguments(cleaned)
        given = {RANGES.get(name, name): value for name, value in given.items()}
        plan = {name: given.pop(name) for name in WALK_FORWARD if name in given}
        return {**given, "walk_forward": plan}

    @override
    def _field_of(self, parameter: str) -> str | None:
        """Return the field of a parameter; of a part of one, such as walk_forward.train_bars, too."""
        if parameter.startswith("values."):
            return super()._field_of(parameter)
        whole, _, part = parameter.partition(".")
        if whole == "walk_forward":
            return part if part in self.fields else None
        shown_as = {name: field for field, name in RANGES.items()}
        return shown_as.get(whole) or super()._field_of(whole)

    @classmethod
    def _range_field(cls, name: str) -> RangeField:
        return cast("RangeField", cls.base_fields[name])


def _plain(value: Any) -> Any:
    """Return a model as a mapping, and anything else as it is."""
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else value
