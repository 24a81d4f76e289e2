"""What the forms of backtests and sweeps have in common: a rule on a symbol's bars, and how it trades."""

from typing import ClassVar

from crispy_forms.bootstrap import AppendedText
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, LayoutObject
from django import forms
from pydantic import BaseModel

from dashboard.forms.base import ParametersForm, SymbolField, day_field, number_field
from dashboard.forms.crispy import fields_alone
from dashboard.forms.rules import UNUSED, RuleSelect, fields_used_by
from dashboard.labels import choices_of
from ingestion.bars import Adjustment
from strategies.engine.enums import (
    Average,
    Direction,
    Entry,
    Fill,
    Rule,
)


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
    start = day_field("First day")
    end = day_field("Last day")
    initial_investment = number_field("Initial investment")
    rule = forms.ChoiceField(label="Rule", choices=choices_of(Rule), widget=RuleSelect)
    average = forms.ChoiceField(label="Average", choices=choices_of(Average))
    commission_percent = number_field("Commission, each side")
    entry = forms.ChoiceField(label="Entry", choices=choices_of(Entry))
    direction = forms.ChoiceField(label="Direction", choices=choices_of(Direction))
    fill = forms.ChoiceField(label="Orders are filled at", choices=choices_of(Fill))
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
        label="Parts of a share", choices=[("true", "Can be bought"), ("false", "Whole shares only")]
    )
    risk_free_percent = number_field("Risk-free rate", help_text="A year; subtracted in Sharpe and alpha.")
    adjustment = forms.ChoiceField(label="Prices adjusted for", choices=choices_of(Adjustment))

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
        instrument = self.instruments.get(str(self["symbol"].value()))
        return instrument.currency if instrument else ""
