"""The form that tunes a backtest."""

from contextlib import suppress
from typing import Self, override

from crispy_forms.bootstrap import AppendedText
from crispy_forms.layout import HTML, Field, LayoutObject
from django import forms
from django.utils.functional import cached_property

from dashboard.forms.base import SymbolField, number_field, whole_number_field
from dashboard.forms.custom_rule import VALUE, texts_of_built_in
from dashboard.forms.rules import OfferedRule, offered_rules, with_tunable_fields
from dashboard.forms.strategy import StrategyForm
from strategies.backtests.parameters import BacktestParameters
from strategies.engine.parameters import TUNABLE, TunableParameter


def _single_value(known: TunableParameter) -> forms.Field:
    return number_field(known.label) if known.is_percent else whole_number_field(known.label)


@with_tunable_fields(_single_value)
class BacktestForm(StrategyForm[BacktestParameters]):
    """Asks for `BacktestParameters`."""

    parameters_model = BacktestParameters
    percent_fields = {
        known.field: known.name for known in TUNABLE.values() if known.is_percent
    } | StrategyForm.percent_fields
    rarer = (*StrategyForm.rarer, "compare_with")

    compare_with = SymbolField(label="Benchmark symbol", required=False)

    @cached_property
    def rules(self) -> list[OfferedRule]:
        """The rules, with what the template says of them."""
        return offered_rules(str(self["rule"].value()), self._texts)

    @override
    def _value_field(self, name: str, *, is_length: bool) -> forms.Field:
        field = whole_number_field(name) if is_length else number_field(name)
        field.required = False
        return field

    @override
    def _values_for_reading(self) -> dict[str, float]:
        values = {}
        for field in self.value_fields:
            # A value that is no number is said at its field.
            with suppress(ValueError):
                values[field.name.removeprefix(VALUE)] = float(field.value() or "")
        return values

    @override
    @classmethod
    def showing(cls, parameters: BacktestParameters) -> Self:
        """Return the form that would ask for `parameters`, with a built-in rule as text as well."""
        texts = texts_of_built_in(parameters.rule, parameters.rule_parameters, parameters.direction)
        shown = {name: cls._shown_value(value) for name, value in texts.items()}
        return cls(initial={**cls._texts(parameters.model_dump()), **shown})

    @override
    def _tuned(self) -> list[LayoutObject | str]:
        return [
            HTML('{% include "backtests/rules.html" %}'),
            self._tuning("average", wide=True),
            *(self._tuning(known.field, unit=known.field_unit) for known in TUNABLE.values()),
            AppendedText("initial_investment", self._currency(), wrapper_class="wide"),
            AppendedText("commission_percent", "%", wrapper_class="wide"),
        ]

    @override
    def _more(self) -> list[LayoutObject | str]:
        return [*super()._more(), Field("compare_with", wrapper_class="wide")]
