"""The form that tunes a backtest."""

from typing import override

from crispy_forms.bootstrap import AppendedText
from crispy_forms.layout import HTML, Field, LayoutObject
from django.utils.functional import cached_property

from dashboard.forms.base import OtherSymbolField, number_field, whole_number_field
from dashboard.forms.rules import OfferedRule, offered_rules
from dashboard.forms.strategy import StrategyForm
from strategies.backtests.parameters import BacktestParameters


class BacktestForm(StrategyForm[BacktestParameters]):
    """Asks for `BacktestParameters`."""

    parameters_model = BacktestParameters
    percent_fields = {"band_percent": "band"} | StrategyForm.percent_fields
    rarer = (*StrategyForm.rarer, "compare_with")

    fast = whole_number_field("Fast window")
    middle = whole_number_field("Middle window")
    slow = whole_number_field("Slow window")
    signal = whole_number_field("Signal window")
    band_percent = number_field("Band")
    compare_with = OtherSymbolField("Compare with holding")

    @cached_property
    def rules(self) -> list[OfferedRule]:
        """The rules, with what the template says of them."""
        return offered_rules(str(self["rule"].value()), self._texts)

    @override
    def _tuned(self) -> list[LayoutObject | str]:
        return [
            HTML('{% include "backtests/rules.html" %}'),
            self._tuning("average", wide=True),
            self._tuning("fast", unit="bars"),
            self._tuning("middle", unit="bars"),
            self._tuning("slow", unit="bars"),
            self._tuning("signal", unit="bars"),
            self._tuning("band_percent", unit="%"),
            AppendedText("initial_investment", self._currency(), wrapper_class="wide"),
            AppendedText("commission_percent", "%", wrapper_class="wide"),
        ]

    @override
    def _more(self) -> list[LayoutObject | str]:
        return [*super()._more(), Field("compare_with", wrapper_class="wide")]
