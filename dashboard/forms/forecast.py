"""The form that asks for a forecast."""

from crispy_forms.bootstrap import AppendedText
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field
from django import forms

from dashboard.forms.base import ParametersForm, SymbolField, day_field, whole_number_field
from dashboard.forms.crispy import fields_alone
from dashboard.labels import choices_of
from forecasting.parameters import ForecastParameters, ModelKind


class ForecastForm(ParametersForm[ForecastParameters]):
    """Asks for `ForecastParameters`."""

    parameters_model = ForecastParameters

    symbol = SymbolField()
    horizon = whole_number_field("Horizon")
    as_of = day_field("Issue date")
    model = forms.ChoiceField(label="Model", choices=choices_of(ModelKind))

    @property
    def helper(self) -> FormHelper:
        """The layout."""
        return fields_alone(
            Div(
                Field("symbol", wrapper_class="wide"),
                AppendedText("horizon", "sessions", wrapper_class="wide"),
                Field("as_of", wrapper_class="wide"),
                HTML('{% include "forecasts/issue_shortcuts.html" %}'),
                Field("model", wrapper_class="wide"),
                css_class="form-grid",
            ),
        )
