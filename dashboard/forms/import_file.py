"""The form that takes a file of bars."""

import json
from dataclasses import replace
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Submit
from django import forms

from core.errors import InvalidInput
from dashboard.forms.crispy import fields_alone
from ingestion.files.date_spelling import DateOrder
from ingestion.files.mappings import list_mappings, with_mapping
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


COLUMN = "column_"
"""Begins the names of the fields in which a preview offers a file's columns."""


def _mapping_choices() -> list[tuple[str, str]]:
    """Return the saved mappings; a form that is not shown asks for none."""
    return [("", "None"), *((name, name) for name in list_mappings())]


class ManyFilesInput(forms.FileInput):
    """Takes one file or many."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Gives the list of the files that were sent."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return each file after the checks of one."""
        files = data if isinstance(data, list | tuple) else [data]
        return [super(ManyFilesField, self).clean(file, initial) for file in files if file]


class ImportForm(forms.Form):
    """Asks for a file, and for what the file does not say."""

    file = ManyFilesField(
        label="Files",
        required=False,
        help_text="Daily bars as CSV, text, Excel, gzip or zip, from Nasdaq.com, Yahoo, Stooq, Investing, "
        "TradingView, a broker or a library. Choose or drop one file or many.",
        widget=ManyFilesInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,.gz,.zip,text/csv,text/plain"}),
        error_messages={"empty": "The file is empty. Choose a file of daily bars."},
    )
    upload = forms.UUIDField(required=False, widget=forms.HiddenInput)
    import_symbol = forms.CharField(
        label="Symbol",
        required=False,
        max_length=40,
        help_text="Not needed where the file has a column symbol, or each of many is named after its own.",
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
        help_text="Only where they are not recognised, such as date:Day,close:Value. A preview offers them.",
    )
    mapping = forms.ChoiceField(
        label="Saved mapping",
        choices=_mapping_choices,
        required=False,
        help_text="For what the fields above leave open.",
    )
    save_as = forms.CharField(
        label="Save as mapping",
        required=False,
        max_length=60,
        help_text="A name under which these answers are kept for other files of the kind.",
    )
    replace = forms.BooleanField(
        label="Replace the sample",
        required=False,
        help_text="Bars of the historical sample make way for the file's.",
    )
    use_required_attribute = False

    def clean(self) -> None:
        """Build the request; what is wrong with it stands at its field."""
        super().clean()
        if self.errors:
            return
        values = self.cleaned_data
        if not values["file"] and not values["upload"]:
            self.add_error("file", "Choose a file.")
            return
        try:
            request = import_request(
                values["import_symbol"],
                replace=values["replace"],
                **with_mapping(self.words, values["mapping"]),
            )
        except InvalidInput as error:
            self.add_problem(error)
        else:
            many = len(values["file"]) > 1
            self.cleaned_data["request"] = replace(request, symbol_from_name=many)

    @property
    def words(self) -> dict[str, str]:
        """What was said about the file; columns chosen in a preview count before those in words."""
        words = {name: str(self.cleaned_data[name]) for name in ANSWERS}
        chosen = {
            key.removeprefix(COLUMN): value
            for key, value in self.data.items()
            if key.startswith(COLUMN) and value
        }
        return words | ({"columns": json.dumps(chosen)} if chosen else {})

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
            Div(
                "file", "import_symbol", *ANSWERS, "mapping", "save_as", "replace", css_class="import-fields"
            ),
            Div(
                Submit("import", "Import", css_class="btn-plain"),
                Submit("preview", "Preview", css_class="btn-plain"),
                css_class="button-row",
            ),
        )
