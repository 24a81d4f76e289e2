"""A form that asks for the parameters of a request, and builds them."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, Overflow
from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar, Self, cast, override

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.http import urlencode
from pydantic import BaseModel, ValidationError

from core.errors import InvalidInput, field_errors
from core.field_messages import describe_range
from dashboard.forms.widgets import AnnotatedSelect
from ingestion.instruments import list_instruments
from ingestion.schemas import InstrumentDocument

HUNDRED = Decimal(100)


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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, SymbolField):
                field.offer(lambda: self.instruments)

    @cached_property
    def instruments(self) -> Mapping[str, InstrumentDocument]:
        """The instruments with bars, by symbol; read when the form is shown, not when it is only answered."""
        return {item.symbol: item for item in list_instruments() if item.last}

    @classmethod
    def from_query(cls, query: QueryDict) -> Self:
        """Return the form filled in by a URL."""
        data: MultiValueDict[str, Any] = query.copy()
        for name, value in cls._texts(cls._defaults()).items():
            if name not in data:
                data[name] = value
        return cls(data)

    @classmethod
    def of_the_first_symbol(cls) -> Self | None:
        """Return the form with its defaults for the first stored symbol; None while nothing is stored."""
        instruments = cls().instruments
        if not instruments:
            return None
        form = cls.from_query(QueryDict(urlencode({"symbol": next(iter(instruments))})))
        form.instruments = instruments
        return form

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


class SymbolField(forms.ChoiceField):
    """A choice among the stored instruments; a URL may name one in lower case.

    Whether bars are stored is for the service to say that loads them: it asks the database anyway.
    """

    def __init__(self) -> None:
        super().__init__(
            label="Symbol",
            widget=InstrumentSelect,
            error_messages={"required": "Choose a symbol. The Data page fetches the first ones."},
        )

    def to_python(self, value: object) -> str:
        """Return the symbol in capitals."""
        return str(super().to_python(value)).strip().upper()

    @override
    def valid_value(self, value: str) -> bool:
        """Take every symbol."""
        return True

    def offer(self, instruments: Callable[[], Mapping[str, InstrumentDocument]]) -> None:
        """Offer these instruments, given by symbol, which are asked for when the field is shown."""
        self.choices = lambda: self._choices_among(instruments())
        self.widget.instruments = instruments

    def _choices_among(self, instruments: Mapping[str, InstrumentDocument]) -> list[tuple[str, str]]:
        return [(item.symbol, f"{item.symbol} \N{MIDDLE DOT} {item.name}") for item in instruments.values()]


class OtherSymbolField(SymbolField):
    """A choice among the stored instruments, or none of them."""

    def __init__(self, label: str) -> None:
        super().__init__()
        self.label, self.required = label, False

    @override
    def _choices_among(self, instruments: Mapping[str, InstrumentDocument]) -> list[tuple[str, str]]:
        return [("", "Nothing else"), *super()._choices_among(instruments)]


class InstrumentSelect(AnnotatedSelect):
    """A select whose options carry first and last day, for the shortcuts to a range of dates."""

    instruments: Callable[[], Mapping[str, InstrumentDocument]] = dict

    @override
    def attributes_of(self, value: str) -> dict[str, str]:
        """Return the days."""
        instrument = self.instruments().get(value)
        return {"data-first": str(instrument.first), "data-last": str(instrument.last)} if instrument else {}


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
