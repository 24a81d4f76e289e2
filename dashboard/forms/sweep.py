"""The form that asks for a sweep."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast, override

from crispy_forms.bootstrap import AppendedText
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Layout
from django import forms

from dashboard.forms.parameters import (
    ParametersForm,
    SymbolField,
    day_field,
    number_field,
    whole_number_field,
)
from dashboard.forms.ranges import RangeField
from dashboard.forms.rules import UNUSED, RuleSelect, fields_used_by
from dashboard.wording import choices_of
from ingestion.bars import Adjustment
from strategies.parameters import Average, Direction, Entry, Fill, Rule
from strategies.sweep_parameters import Objective, Scheme, SweepParameters

RANGES = {"fast": "fast", "middle": "middle", "slow": "slow", "signal": "signal", "band_percent": "band"}
"""Fields of values, with the parameter each stands for."""

WALK_FORWARD = ("scheme", "train_bars", "test_bars")

MORE = (
    "scheme",
    "train_bars",
    "test_bars",
    "entry",
    "direction",
    "fill",
    "stop_loss_percent",
    "take_profit_percent",
    "trailing_stop_percent",
    "initial_investment",
    "slippage_bps",
    "commission_fixed",
    "position_percent",
    "fractional_shares",
    "risk_free_percent",
    "adjustment",
)
"""Fields that most people leave as they are."""


class SweepForm(ParametersForm[SweepParameters]):
    """Asks for `SweepParameters`; of what rules are tuned by, it shows what the chosen one uses."""

    parameters_model = SweepParameters
    percent_fields = {
        "commission_percent": "commission_rate",
        "stop_loss_percent": "stop_loss",
        "take_profit_percent": "take_profit",
        "trailing_stop_percent": "trailing_stop",
        "position_percent": "position_size",
        "risk_free_percent": "risk_free_rate",
    }

    symbol = SymbolField()
    start = day_field("First day")
    end = day_field("Last day")
    rule = forms.ChoiceField(label="Rule", choices=choices_of(Rule), widget=RuleSelect)
    average = forms.ChoiceField(label="Average", choices=choices_of(Average))
    fast = RangeField("Fast windows")
    middle = RangeField("Middle windows")
    slow = RangeField("Slow windows")
    signal = RangeField("Signal windows")
    band_percent = RangeField("Distances of the bands, %", factor=Decimal(100))
    objective = forms.ChoiceField(label="Best by", choices=choices_of(Objective))
    minimum_trades = whole_number_field("Least trades")
    commission_percent = number_field("Commission, each side")
    scheme = forms.ChoiceField(label="Walk-forward trains on", choices=choices_of(Scheme))
    train_bars = whole_number_field("Trained on")
    test_bars = whole_number_field("Traded for")
    entry = forms.ChoiceField(label="Entry", choices=choices_of(Entry))
    direction = forms.ChoiceField(label="Direction", choices=choices_of(Direction))
    fill = forms.ChoiceField(label="Orders are filled at", choices=choices_of(Fill))
    stop_loss_percent = number_field("Stop-loss", required=False)
    take_profit_percent = number_field("Take-profit", required=False)
    trailing_stop_percent = number_field("Trailing stop", required=False)
    initial_investment = number_field("Initial investment")
    slippage_bps = number_field("Slippage")
    commission_fixed = number_field("Fixed commission")
    position_percent = number_field("Position size")
    fractional_shares = forms.ChoiceField(
        label="Parts of a share", choices=[("true", "Can be bought"), ("false", "Whole shares only")]
    )
    risk_free_percent = number_field("Risk-free rate")
    adjustment = forms.ChoiceField(label="Prices adjusted for", choices=choices_of(Adjustment))

    @property
    def helper(self) -> FormHelper:
        """The layout."""
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.layout = Layout(
            Div(
                Field("symbol", wrapper_class="full"),
                "start",
                "end",
                HTML('{% include "backtests/date_shortcuts.html" %}'),
                Field("rule", wrapper_class="full"),
                self._tuning("average"),
                *(self._tuning(name) for name in RANGES),
                HTML('{% include "sweeps/range_shortcuts.html" %}'),
                Field("objective", wrapper_class="wide"),
                "minimum_trades",
                AppendedText("commission_percent", "%"),
                css_class="form-grid",
            ),
            self._more(),
        )
        return helper

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
        whole, _, part = parameter.partition(".")
        if whole == "walk_forward":
            return part if part in self.fields else None
        shown_as = {name: field for field, name in RANGES.items()}
        return shown_as.get(whole) or super()._field_of(whole)

    @classmethod
    def _range_field(cls, name: str) -> RangeField:
        return cast("RangeField", cls.base_fields[name])

    def _tuning(self, name: str) -> Field:
        """Return a field that is shown while the chosen rule uses it, or while it is wrong."""
        is_shown = name in fields_used_by(str(self["rule"].value())) or name in self.errors
        return Field(name, wrapper_class=" ".join(["wide"] + [UNUSED] * (not is_shown)))

    def _more(self) -> Div:
        return Div(
            Div(
                Field("scheme", wrapper_class="wide"),
                AppendedText("train_bars", "bars"),
                AppendedText("test_bars", "bars"),
                Field("entry", wrapper_class="wide"),
                Field("direction", wrapper_class="wide"),
                Field("fill", wrapper_class="wide"),
                AppendedText("stop_loss_percent", "%"),
                AppendedText("take_profit_percent", "%"),
                AppendedText("trailing_stop_percent", "%", wrapper_class="wide"),
                AppendedText("initial_investment", self._currency(), wrapper_class="wide"),
                AppendedText("slippage_bps", "bps"),
                AppendedText("commission_fixed", self._currency()),
                AppendedText("position_percent", "%"),
                AppendedText("risk_free_percent", "%"),
                Field("fractional_shares", wrapper_class="wide"),
                Field("adjustment", wrapper_class="wide"),
                css_class="form-grid",
            ),
            template="backtests/more_fields.html",
            css_class="open" if self._more_is_open() else "",
        )

    def _more_is_open(self) -> bool:
        """Whether something among the rarer fields differs from its default, or is wrong."""
        usual = self._texts(self._defaults())
        return any(name in self.errors or self._shown(name) != str(usual[name]) for name in MORE)

    def _shown(self, name: str) -> str:
        value = self[name].value()
        return "" if value is None else str(value)

    def _currency(self) -> str:
        instrument = self.instruments.get(str(self["symbol"].value()))
        return instrument.currency if instrument else ""


def _plain(value: Any) -> Any:
    """Return a model as a mapping, and anything else as it is."""
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else value
