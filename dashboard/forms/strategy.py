"""What the forms of backtests and sweeps have in common: a rule on a symbol's bars, and how it trades."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar, Self, cast, override

from crispy_forms.bootstrap import AppendedText
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, LayoutObject
from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from pydantic import BaseModel
from pydantic_core import to_json

from dashboard.forms.base import ParametersForm, SymbolField, day_field, number_field, text_of
from dashboard.forms.crispy import fields_alone
from dashboard.forms.custom_rule import BEGINNING, CLAUSES, VALUE, TypedRule, condition_field
from dashboard.forms.rule_examples import EXAMPLES
from dashboard.forms.rules import UNUSED, OfferedPreset, RuleSelect, fields_used_by
from dashboard.labels import choices_of
from ingestion.bars import Adjustment
from strategies.engine.enums import (
    Average,
    Direction,
    Entry,
    Fill,
    Rule,
)
from strategies.engine.language.tree import Comparison
from strategies.engine.language.vocabulary import FUNCTIONS, PRICES


class StrategyForm[Parameters: BaseModel](ParametersForm[Parameters]):
    """Asks for a rule and how it trades; of what rules are tuned by, it shows what the chosen one uses.

    rarer: fields that most people leave as they are, which the form folds away.
    """

    percent_fields = {
        "commission_percent": "commission_rate",
        "stop_loss_percent": "stop_loss",
        "take_profit_percent": "take_profit",
        "trailing_stop_percent": "trailing_stop",
        "position_percent": "position_size",
        "risk_free_percent": "risk_free_rate",
    }
    rarer: ClassVar[tuple[str, ...]] = (
        "entry",
        "direction",
        "fill",
        *("stop_loss_percent", "take_profit_percent", "trailing_stop_percent"),
        *("slippage_bps", "commission_fixed", "position_percent", "risk_free_percent"),
        "fractional_shares",
        "adjustment",
    )

    symbol = SymbolField()
    buy = condition_field("Buy when")
    sell = condition_field("Sell when")
    short = condition_field("Sell short when")
    cover = condition_field("Buy back when")
    start = day_field("First day")
    end = day_field("Last day")
    initial_investment = number_field("Initial investment")
    rule = forms.ChoiceField(label="Rule", choices=choices_of(Rule), widget=RuleSelect)
    average = forms.ChoiceField(label="Average", choices=choices_of(Average))
    commission_percent = number_field("Commission, each side")
    entry = forms.ChoiceField(label="Entry", choices=choices_of(Entry))
    direction = forms.ChoiceField(label="Direction", choices=choices_of(Direction))
    fill = forms.ChoiceField(label="Order fill", choices=choices_of(Fill))
    stop_loss_percent = number_field(
        "Stop-loss", help_text="Loss that ends a trade; empty: none.", required=False
    )
    take_profit_percent = number_field(
        "Take-profit", help_text="Gain that ends a trade; empty: none.", required=False
    )
    trailing_stop_percent = number_field(
        "Trailing stop",
        help_text="Way back from its best price that ends a trade; empty: none.",
        required=False,
    )
    slippage_bps = number_field("Slippage", help_text="Hundredths of a percent, worse than the price.")
    commission_fixed = number_field("Fixed commission", help_text="For each order.")
    position_percent = number_field("Position size", help_text="Share of the equity in a trade.")
    fractional_shares = forms.ChoiceField(
        label="Fractional shares", choices=[("true", "Allowed"), ("false", "Whole shares only")]
    )
    risk_free_percent = number_field("Risk-free rate", help_text="A year; subtracted in Sharpe and alpha.")
    adjustment = forms.ChoiceField(label="Price adjustment", choices=choices_of(Adjustment))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        defaults = self.typed_rule.defaults()
        for name, is_length in self.typed_rule.parameters().items():
            field = self._value_field(name, is_length=is_length)
            field.initial = self._default_value(defaults[name], is_length=is_length)
            self.fields[f"{VALUE}{name}"] = field

    @cached_property
    def typed_rule(self) -> TypedRule:
        """The texts of a custom rule as they stand in the form."""
        return TypedRule.of(self.data if self.is_bound else self.initial)

    @property
    def value_fields(self) -> list[forms.BoundField]:
        """The fields of the custom rule's parameters."""
        return [self[f"{VALUE}{name}"] for name in self.typed_rule.parameters()]

    @property
    def operands(self) -> list[str]:
        """What the rows of a condition offer."""
        return [*PRICES, "volume", *(function.example for function in FUNCTIONS.values())]

    @property
    def comparisons(self) -> list[str]:
        """The comparisons of the rows of a condition."""
        return [*Comparison, "rises for", "falls for"]

    @property
    def rule_reading(self) -> str:
        """The custom rule as a sentence; empty where something is wrong with it."""
        fill = str(self["fill"].value())
        return self.typed_rule.reading(
            self._values_for_reading(), Fill(fill) if fill in list(Fill) else Fill.NEXT_OPEN
        )

    def _values_for_reading(self) -> dict[str, float] | None:
        """Return the values of the custom rule's parameters; None to read their names."""
        return None

    @property
    def is_custom(self) -> bool:
        """Whether the chosen rule is a custom one."""
        return str(self["rule"].value()) == Rule.CUSTOM

    @property
    def examples(self) -> list[OfferedPreset]:
        """Rules to start from, each filling in the texts and the values of its parameters."""
        return [
            OfferedPreset(title=example.title, fill=to_json(example.fields).decode()) for example in EXAMPLES
        ]

    @classmethod
    @override
    def from_query(cls, query: QueryDict) -> Self:
        """Return the form filled in by a URL; a parameter that it leaves out has its default."""
        data: MultiValueDict[str, Any] = query.copy()
        if query.get("rule") != Rule.CUSTOM and not any(name in query for name in CLAUSES):
            for name, text in BEGINNING.items():
                data[name] = text
        typed = TypedRule.of(data)
        for name, value in typed.defaults().items():
            if not data.get(f"{VALUE}{name}"):
                is_length = typed.parameters()[name]
                data[f"{VALUE}{name}"] = cls._default_value(value, is_length=is_length)
        return super().from_query(cast("QueryDict", data))

    @classmethod
    @override
    def _texts(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the fields show; a built-in rule stands in the texts too, to begin one's own with."""
        given = dict(values)
        of_parameters = given.pop("values", None) or {}
        shown = super()._texts(given)
        return {
            **shown,
            **{f"{VALUE}{name}": cls._shown_value(value) for name, value in of_parameters.items()},
        }

    @override
    def _arguments(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        given = super()._arguments(cleaned)
        values = {name.removeprefix(VALUE): given.pop(name) for name in list(given) if name.startswith(VALUE)}
        if given.get("rule") == Rule.CUSTOM:
            return {**given, "values": values}
        return {name: value for name, value in given.items() if name not in CLAUSES}

    @override
    def _field_of(self, parameter: str) -> str | None:
        whole, _, part = parameter.partition(".")
        return super()._field_of(f"{VALUE}{part}" if whole == "values" and part else parameter)

    def _value_field(self, name: str, *, is_length: bool) -> forms.Field:
        """Return the field of a custom rule's parameter."""
        raise NotImplementedError

    @classmethod
    def _shown_value(cls, value: Any) -> Any:
        """Return what the field of a custom rule's parameter shows."""
        return text_of(value)

    @classmethod
    def _default_value(cls, value: float, *, is_length: bool) -> str:
        """Return what the field of a custom rule's parameter shows until one changes it."""
        return str(cls._shown_value(value))

    def _custom(self) -> Div:
        """Return the fields of a custom rule, which are shown while it is chosen."""
        return Div(
            HTML('{% include "custom_rules/examples.html" %}'),
            *_condition("buy"),
            *_condition("sell"),
            Div(
                *_condition("short"),
                *_condition("cover"),
                template="custom_rules/short.html",
                **self._open_if_short(),
            ),
            HTML('{% include "custom_rules/check.html" %}'),
            css_class="rule full custom-rule" if self.is_custom else "rule full custom-rule is-unused",
            data_rule=Rule.CUSTOM.value,
        )

    def _open_if_short(self) -> dict[str, str]:
        used = any(self[name].value() or self[name].errors for name in ("short", "cover"))
        return {"open": "open"} if used else {}

    @property
    def helper(self) -> FormHelper:
        """The layout."""
        return fields_alone(
            Div(
                Field("symbol", wrapper_class="wide"),
                "start",
                "end",
                HTML('{% include "backtests/date_shortcuts.html" %}'),
                Field("rule", wrapper_class="full"),
                self._custom(),
                *self._tuned(),
                css_class="form-grid",
            ),
            Div(
                Div(*self._more(), css_class="form-grid"),
                template="backtests/more_fields.html",
                css_class="open" if self._more_is_open() else "",
            ),
        )

    def _tuned(self) -> list[LayoutObject | str]:
        """Return what follows the rule: the fields that it is tuned by, and what is asked most."""
        raise NotImplementedError

    def _more(self) -> list[LayoutObject | str]:
        """Return the rarer fields."""
        return [
            Field("entry", wrapper_class="wide"),
            Field("direction", wrapper_class="wide"),
            Field("fill", wrapper_class="wide"),
            AppendedText("stop_loss_percent", "%"),
            AppendedText("take_profit_percent", "%"),
            AppendedText("trailing_stop_percent", "%", wrapper_class="wide"),
            AppendedText("slippage_bps", "bps"),
            AppendedText("commission_fixed", self._currency()),
            AppendedText("position_percent", "%"),
            AppendedText("risk_free_percent", "%"),
            Field("fractional_shares", wrapper_class="wide"),
            Field("adjustment", wrapper_class="wide"),
        ]

    def _tuning(self, name: str, *, unit: str = "", wide: bool = False) -> Field:
        """Return a field that is shown while the chosen rule uses it, or while it is wrong."""
        is_shown = name in fields_used_by(str(self["rule"].value())) or name in self.errors
        wrapper = " ".join(["wide"] * wide + [UNUSED] * (not is_shown))
        return AppendedText(name, unit, wrapper_class=wrapper) if unit else Field(name, wrapper_class=wrapper)

    def _more_is_open(self) -> bool:
        """Whether something among the rarer fields differs from its default, or is wrong."""
        usual = self._texts(self._defaults())
        return any(name in self.errors or self._shown(name) != str(usual[name]) for name in self.rarer)

    def _shown(self, name: str) -> str:
        value = self[name].value()
        return "" if value is None else str(value)

    def _currency(self) -> str:
        return self.instrument.currency if self.instrument else ""


def _condition(clause: str) -> tuple[LayoutObject, LayoutObject]:
    """Return the field of a clause, with the rows that can write it."""
    return (
        Field(clause, wrapper_class="full"),
        HTML(f'{{% include "custom_rules/builder.html" with clause="{clause}" %}}'),
    )
