"""A form that asks for the parameters of a request, and builds them."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, Overflow
from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar, Self, cast, override

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.http import urlencode
from pydantic import BaseModel, ValidationError

from core.errors import InvalidInput, field_errors
from core.field_messages import describe_range
from ingestion.instruments import find_instruments
from ingestion.providers.symbol_search import symbols_like
from ingestion.schemas import InstrumentDocument

HUNDRED = Decimal(100)
SIMILAR_SHOWN = 6


class ParametersForm[Parameters: BaseModel](forms.Form):
    """A form whose fields are those of `parameters_model`, which alone knows their limits.

    percent_fields: fields shown as percentages, with the parameter (a fraction) that each stands for.
    A URL may leave fields out: they then have their defaults. A field left empty in the form is
    an error unless the parameter may be null.
    """

    parameters_model: ClassVar[type[BaseModel]]
    percent_fields: ClassVar[Mapping[str, str]] = {}
    use_required_attribute = False
    parameters: Parameters

    @cached_property
    def instrument(self) -> InstrumentDocument | None:
        """The chosen instrument; None where it is not stored. Read when the form is shown."""
        symbol = str(self["symbol"].value() or "").strip().upper()
        found = find_instruments([symbol]) if symbol and "\0" not in symbol else []
        return found[0] if found and found[0].last else None

    @property
    def gone_symbol(self) -> str:
        """The chosen symbol of which no bars are stored any more; an empty text where there are some."""
        return "" if self.is_bound or self.instrument else str(self["symbol"].value() or "")

    @cached_property
    def similar(self) -> list[InstrumentDocument]:
        """Stored instruments like a symbol that was refused."""
        if "symbol" not in self.errors:
            return []
        return find_instruments(symbols_like(str(self["symbol"].value() or ""), limit=SIMILAR_SHOWN))

    @classmethod
    def from_query(cls, query: QueryDict) -> Self:
        """Return the form filled in by a URL."""
        data: MultiValueDict[str, Any] = query.copy()
        for name, value in cls._texts(cls._defaults()).items():
            if name not in data:
                data[name] = value
        return cls(data)

    @classmethod
    def of_symbol(cls, symbol: str) -> Self:
        """Return the form with its defaults for a symbol."""
        return cls.from_query(QueryDict(urlencode({"symbol": symbol})))

    @classmethod
    def showing(cls, parameters: Parameters) -> Self:
        """Return the form that would ask for `parameters`."""
        return cls(initial=cls._texts(parameters.model_dump()))

    @classmethod
    def _defaults(cls) -> dict[str, Any]:
        model = cls.parameters_model
        return {name: info.default for name, info in model.model_fields.items() if not info.is_required()}

    @classmethod
    def _texts(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the fields show for parameters."""
        shown = {name: text_of(value) for name, value in values.items()}
        for name, parameter in cls.percent_fields.items():
            if parameter in values:
                fraction = values[parameter]
                shown[name] = "" if fraction is None else _plain(HUNDRED * Decimal(str(fraction)))
        return shown

    def clean(self) -> dict[str, Any]:
        """Build the parameters; what they refuse becomes an error of the field it is about."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        try:
            parameters = self.parameters_model.model_validate(self._arguments(cleaned))
        except ValidationError as error:
            for problem in field_errors(error):
                name = self._field_of(problem.field)
                self.add_error(name, self._percentage_in_words(name) or problem.message)
        else:
            self.parameters = cast("Parameters", parameters)
        return cleaned

    def result_of[Result](self, run: Callable[[Parameters], Result]) -> Result | None:
        """Return what `run` makes of the parameters.

        None when the form has errors: its own, or what the stored data refuse, at the field it is about.
        """
        if not self.is_valid():
            return None
        try:
            return run(self.parameters)
        except InvalidInput as error:
            self.add_error(self._field_of(error.field or ""), error.message)
            return None

    def _arguments(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        given = {name: value for name, value in cleaned.items() if value not in (None, "")}
        for name, parameter in self.percent_fields.items():
            if name in given:
                given[parameter] = _fraction(given.pop(name))
        return given

    def _field_of(self, parameter: str) -> str | None:
        """Return the name of the field for a parameter; None for the form as a whole."""
        shown_as = {parameter: name for name, parameter in self.percent_fields.items()}
        name = shown_as.get(parameter, parameter)
        return name if name in self.fields else None

    def _percentage_in_words(self, name: str | None) -> str:
        """Return the limits of a field that shows a percentage, since its parameter speaks of fractions."""
        if name is None or name not in self.percent_fields:
            return ""
        schema = self.parameters_model.model_json_schema()["properties"][self.percent_fields[name]]
        return f"Give a percentage{describe_range(schema, factor=HUNDRED)}."


class SymbolField(forms.CharField):
    """A stored symbol, typed or chosen from what the page's script offers; a URL may write it in lower case.

    Whether bars are stored is for the service to say that loads them: it asks the database anyway.
    """

    def __init__(self, *, label: str = "Symbol", required: bool = True) -> None:
        super().__init__(
            label=label,
            required=required,
            widget=SymbolInput,
            error_messages={"required": "Give a symbol. The Data page fetches the first ones."},
        )

    def to_python(self, value: object) -> str:
        """Return the symbol in capitals."""
        return str(super().to_python(value)).strip().upper()

    @override
    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        """Return the field, which tells the page's script the period of the chosen instrument."""
        return BoundSymbol(form, self, field_name)


class BoundSymbol(forms.BoundField):
    """A symbol in a form, with the first and last day of its bars for the shortcuts to a range of dates."""

    @override
    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Return the attributes, of the form's main symbol with its days."""
        attrs = super().build_widget_attrs(attrs, widget)
        form = self.form
        instrument = form.instrument if isinstance(form, ParametersForm) and self.name == "symbol" else None
        days = {"data-first": str(instrument.first), "data-last": str(instrument.last)} if instrument else {}
        return {**attrs, **days, "data-symbols": reverse("symbols")}


class SymbolInput(forms.TextInput):
    """A text field that the page's script turns into a picker; without it, one types the symbol."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        plain = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        super().__init__({**plain, "maxlength": "40", **(attrs or {})})


def day_field(label: str) -> forms.DateField:
    """Return an optional field for a day, shown by the browser's own calendar."""
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Give a day as year-month-day, for example 2010-01-04."},
    )


def number_field(label: str, *, help_text: str = "", required: bool = True) -> forms.DecimalField:
    """Return a field for a number, which may be left empty where it is not required."""
    return forms.DecimalField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
        error_messages={"required": "Give a number.", "invalid": "Give a number, for example 0.1."},
    )


def whole_number_field(label: str) -> forms.IntegerField:
    """Return a field for a whole number."""
    return forms.IntegerField(
        label=label,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"required": "Give a whole number.", "invalid": "Give a whole number."},
    )


def _fraction(percentage: Decimal) -> float:
    """Return the fraction; a number too large to divide is infinite, which every limit refuses."""
    try:
        return float(percentage / HUNDRED)
    except Overflow:
        return float(percentage)


def text_of(value: object) -> object:
    """Return what a field shows for a value."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case StrEnum():
            return value.value
        case float():
            return _plain(Decimal(str(value)))
        case date():
            return value.isoformat()
    return value


def _plain(number: Decimal) -> str:
    """Return digits alone, without an exponent or trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
