"""The form that takes a file of bars."""

from typing import cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Submit
from django import forms

from core.errors import InvalidInput
from dashboard.forms.crispy import fields_alone
from ingestion.files.csv_import import FilePrices, ImportRequest
from ingestion.files.upload import import_request

PRICES = (
    (FilePrices.AS_TRADED, "As traded"),
    (FilePrices.SPLIT_ADJUSTED, "Adjusted for splits"),
)


class ImportForm(forms.Form):
    """Asks for a file, and for what the file does not say."""

    file = forms.FileField(
        label="CSV file",
        help_text="Columns date, open, high, low, close and volume, as Yahoo, Stooq, Nasdaq or Alpha Vantage "
        "write them.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
        error_messages={
            "required": "Choose a CSV file.",
            "empty": "The file is empty. Choose a CSV file of daily bars.",
        },
    )
    import_symbol = forms.CharField(
        label="Symbol",
        required=False,
        max_length=40,
        help_text="Not needed where the file has a column symbol.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    prices = forms.ChoiceField(
        label="Prices",
        choices=PRICES,
        help_text="Prices adjusted for splits are turned back into prices as traded.",
    )
    exchange = forms.CharField(
        label="Exchange",
        required=False,
        max_length=10,
        help_text="ISO code such as XLON; empty: by the symbol.",
    )
    use_required_attribute = False

    def clean(self) -> None:
        """Build the request; what is wrong with it stands at its field."""
        super().clean()
        if self.errors:
            return
        values = self.cleaned_data
        try:
            self.cleaned_data["request"] = import_request(
                values["import_symbol"] or None, FilePrices(values["prices"]), values["exchange"] or None
            )
        except InvalidInput as error:
            self.add_problem(error)

    @property
    def request(self) -> ImportRequest:
        """The request that a valid form describes."""
        return cast("ImportRequest", self.cleaned_data["request"])

    def add_problem(self, error: InvalidInput) -> None:
        """Show an error at the field that it is about; one about the rows is about the file."""
        name = {"symbol": "import_symbol", "prices": "prices", "exchange": "exchange"}.get(error.field or "")
        self.add_error(name or "file", error.message)

    @property
    def helper(self) -> FormHelper:
        """The layout."""
        return fields_alone(
            Div("file", "import_symbol", "prices", "exchange", css_class="import-fields"),
            Submit("import", "Import", css_class="btn-plain"),
        )
