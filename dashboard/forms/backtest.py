"""The form that tunes a backtest."""

from crispy_forms.bootstrap import AppendedText
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Layout
from django import forms
from django.utils.functional import cached_property

from dashboard.forms.parameters import (
    OtherSymbolField,
    ParametersForm,
    SymbolField,
    day_field,
    number_field,
    whole_number_field,
)
from dashboard.forms.rules import UNUSED, OfferedRule, RuleSelect, fields_used_by, offered_rules
from dashboard.wording import choices_of
from ingestion.bars import Adjustment
from strategies.parameters import Average, BacktestParameters, Direction, Entry, Fill, Rule

MORE = (
    "entry",
    "direction",
    "fill",
    "stop_loss_percent",
    "take_profit_percent",
    "trailing_stop_percent",
    "slippage_bps",
    "commission_fixed",
    "position_percent",
    "fractional_shares",
    "risk_free_percent",
    "adjustment",
    "compare_with",
)
"""Fields that most people leave as they are."""


class BacktestForm(ParametersForm[BacktestParameters]):
    """Asks for `BacktestParameters`; of what rules are tuned by, it shows what the chosen one uses."""

    parameters_model = BacktestParameters
    percent_fields = {
        "band_percent": "band",
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
    initial_investment = number_field("Initial investment")
    rule = forms.ChoiceField(label="Rule", choices=choices_of(Rule), widget=RuleSelect)
    average = forms.ChoiceField(label="Average", choices=choices_of(Average))
    fast = whole_number_field("Fast window")
    middle = whole_number_field("Middle window")
    slow = whole_number_field("Slow window")
    signal = whole_number_field("Signal window")
    band_percent = number_field("Band")
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
    compare_with = OtherSymbolField("Compare with holding")

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
                HTML('{% include "backtests/rules.html" %}'),
                self._tuning("average", wide=True),
                self._tuning("fast", unit="bars"),
                self._tuning("middle", unit="bars"),
                self._tuning("slow", unit="bars"),
                self._tuning("signal", unit="bars"),
                self._tuning("band_percent", unit="%"),
                AppendedText("initial_investment", self._currency(), wrapper_class="wide"),
                AppendedText("commission_percent", "%", wrapper_class="wide"),
                css_class="form-grid",
            ),
            self._more(),
        )
        return helper

    @cached_property
    def rules(self) -> list[OfferedRule]:
        """The rules, with what the template says of them."""
        return offered_rules(str(self["rule"].value()), self._texts)

    def _tuning(self, name: str, *, unit: str = "", wide: bool = False) -> Field:
        """Return a field that is shown while the chosen rule uses it, or while it is wrong."""
        is_shown = name in fields_used_by(str(self["rule"].value())) or name in self.errors
        wrapper = " ".join(["wide"] * wide + [UNUSED] * (not is_shown))
        return AppendedText(name, unit, wrapper_class=wrapper) if unit else Field(name, wrapper_class=wrapper)

    def _more(self) -> Div:
        return Div(
            Div(
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
                Field("compare_with", wrapper_class="wide"),
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
