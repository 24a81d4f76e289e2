"""The form that tunes a backtest."""

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
from dashboard.wording import choices_of
from ingestion.bars import Adjustment
from strategies.parameters import Average, BacktestParameters, Entry, Fill, Rule

MORE = (
    "entry",
    "fill",
    "slippage_bps",
    "commission_fixed",
    "position_percent",
    "fractional_shares",
    "risk_free_percent",
    "adjustment",
)
"""Fields that most people leave as they are."""


class BacktestForm(ParametersForm[BacktestParameters]):
    """Asks for `BacktestParameters`."""

    parameters_model = BacktestParameters
    percent_fields = {
        "commission_percent": "commission_rate",
        "position_percent": "position_size",
        "risk_free_percent": "risk_free_rate",
    }

    symbol = SymbolField()
    start = day_field("First day")
    end = day_field("Last day")
    initial_investment = number_field("Initial investment")
    rule = forms.ChoiceField(label="Rule", choices=choices_of(Rule))
    average = forms.ChoiceField(label="Average", choices=choices_of(Average))
    fast = whole_number_field("Fast window")
    slow = whole_number_field("Slow window")
    commission_percent = number_field("Commission, each side")
    entry = forms.ChoiceField(label="Entry", choices=choices_of(Entry))
    fill = forms.ChoiceField(label="Orders are filled at", choices=choices_of(Fill))
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
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.layout = Layout(
            Div(
                Field("symbol", wrapper_class="full"),
                "start",
                "end",
                HTML('{% include "backtests/date_shortcuts.html" %}'),
                Field("rule", wrapper_class="wide"),
                Field("average", wrapper_class="wide"),
                AppendedText("fast", "bars"),
                AppendedText("slow", "bars"),
                HTML('{% include "backtests/window_shortcuts.html" %}'),
                AppendedText("initial_investment", self._currency(), wrapper_class="wide"),
                AppendedText("commission_percent", "%", wrapper_class="wide"),
                css_class="form-grid",
            ),
            self._more(),
        )
        return helper

    def _more(self) -> Div:
        return Div(
            Div(
                Field("entry", wrapper_class="wide"),
                Field("fill", wrapper_class="wide"),
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
        return any(name in self.errors or str(self[name].value()) != str(usual[name]) for name in MORE)

    def _currency(self) -> str:
        instrument = self.instruments.get(str(self["symbol"].value()))
        return instrument.currency if instrument else ""
