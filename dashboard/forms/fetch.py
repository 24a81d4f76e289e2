"""The form that asks for a symbol's bars."""

from typing import Any

from crispy_forms.bootstrap import FieldWithButtons, StrictButton
from crispy_forms.helper import FormHelper
from django import forms
from django.urls import reverse

from core.errors import InvalidInput
from dashboard.forms.crispy import fields_alone
from ingestion.symbols import parse_symbol


class FetchForm(forms.Form):
    """Asks for a symbol that need not be stored yet."""

    symbol = forms.CharField(
        label="Fetch a symbol",
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        help_text="As the exchange lists it, for example NVDA; a name finds what is stored.",
        error_messages={"required": "Give a symbol, for example NVDA."},
    )
    use_required_attribute = False

    def clean_symbol(self) -> str:
        """Return the symbol in capitals."""
        try:
            return parse_symbol(self.cleaned_data["symbol"])
        except InvalidInput as error:
            raise forms.ValidationError(error.message) from error

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["symbol"].widget.attrs |= {
            "hx-get": reverse("search"),
            "hx-trigger": "input changed delay:250ms",
            "hx-target": "#matches",
            "hx-swap": "outerHTML",
        }

    @property
    def helper(self) -> FormHelper:
        """The layout."""
        return fields_alone(
            FieldWithButtons("symbol", StrictButton("Fetch", type="submit", css_class="btn-primary"))
        )
