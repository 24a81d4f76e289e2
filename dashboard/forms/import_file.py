"""The form that takes a file of bars."""

from typing import cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Submit
from django import forms

from core.errors import InvalidInput
from dashboard.forms.crispy import fields_alone
from ingestion.files.date_spelling import DateOrder
from ingestion.files.number_format import DecimalMark
from ingestion.files.requests import FilePrices, ImportRequest, import_request

PRICES = (
    ("", "Recognise"),
    (FilePrices.AS_TRADED, "As traded"),
    (FilePrices.SPLIT_ADJUSTED, "Adjusted for splits"),
)


DECIMALS = (
    ("", "Recognise"),
    (DecimalMark.POINT, "Point: 1,234.50"),
    (DecimalMark.COMMA, "Comma: 1.234,50"),
)
DATES = (
    ("", "Recognise"),
    (DateOrder.DAY_FIRST, "Day first: 31/01/2024"),
    (DateOrder.MONTH_FIRST, "Month first: 01/31/2024"),
    (DateOrder.YEAR_FIRST, "Year first: 24/01/31"),
)
ANSWERS = ("prices", "exchange", "currency", "decimal", "dates", "columns")
"""The fields beside the symbol that the file may leave open."""


class ImportForm(forms.Form):
    """Asks for a file, and for what the file does not say."""

    file = forms.FileField(
        label="File",
        help_text="Daily bars as CSV, text, Excel, gzip or zip, from Nasdaq.com, Yahoo, Stooq, Investing, "
        "TradingView, a broker or a library.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,.gz,.zip,text/csv,text/plain"}),
        error_messages={
            "required": "Choose a file.",
            "empty": "The file is empty. Choose a file of daily bars.",
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
        required=False,
        help_text="Prices adjusted for splits are turned back into prices as traded.",
    )
    exchange = forms.CharField(
        label="Exchange",
        required=False,
        max_length=10,
        help_text="ISO code such as XLON; empty: by the symbol.",
    )
    currency = forms.CharField(
        label="Currency",
        required=False,
        max_length=3,
        help_text="Code such as EUR or GBX; empty: by the symbol or the exchange.",
    )
    decimal = forms.ChoiceField(label="Decimals", choices=DECIMALS, required=False)
    dates = forms.ChoiceField(label="Dates", choices=DATES, required=False)
    columns = forms.CharField(
        label="Columns",
        required=False,
        max_length=500,
        help_text="Only where they are not recognised, such as date:Day,close:Value.",
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
                values["import_symbol"],
                **{name: values[name] for name in ANSWERS},
            )
        except InvalidInput as error:
            self.add_problem(error)

    @property
    def request(self) -> ImportRequest:
        """The request that a valid form describes."""
        return cast("ImportRequest", self.cleaned_data["request"])

    def add_problem(self, error: InvalidInput) -> None:
        """Show an error at the field that it is about; one about the rows is about the file."""
        name = "import_symbol" if error.field == "symbol" else error.field
        self.add_error(name if name in self.fields else "file", error.message)

    @property
    def helper(self) -> FormHelper:
        """The layout."""
        return fields_alone(
            Div("file", "import_symbol", *ANSWERS, css_class="import-fields"),
            Submit("import", "Import", css_class="btn-plain"),
        )
