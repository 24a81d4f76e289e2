"""A field for the values of a parameter: a range, a list, or one value, as people write them."""

import math
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation, Overflow
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

HUNDRED = Decimal(100)
EXAMPLE = "Write a range such as 10 to 50 by 5, or values such as 20, 50, 200."

_NUMBER = r"(-?\d+(?:\.\d+)?)"
_RANGE = re.compile(
    rf"{_NUMBER}\s*(?:to|\.\.\.?|-|\N{{EN DASH}})\s*{_NUMBER}(?:\s*(?:by|step|/)\s*{_NUMBER})?"
)


class RangeField(forms.CharField):
    """Text such as "10 to 50 by 5" or "20, 50, 200"; its value is what SweepParameters takes.

    factor: 100 for a field that shows percentages of a parameter that is a fraction.
    """

    def __init__(self, label: str, *, factor: Decimal = Decimal(1)) -> None:
        self.factor = factor
        super().__init__(
            label=label,
            widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            error_messages={"required": f"Give values. {EXAMPLE}"},
        )

    def to_python(self, value: Any) -> Any:
        """Return a range as a mapping, values as a list, one value as a number."""
        text = str(super().to_python(value)).strip().lower()
        if not text:
            return ""
        if found := _RANGE.fullmatch(text):
            start, stop, step = found.groups(default="1")
            return {"start": self._number(start), "stop": self._number(stop), "step": self._number(step)}
        parts = [part for part in re.split(r"[,;\s]+", text) if part]
        values = [self._number(part) for part in parts]
        return values[0] if len(values) == 1 else values

    def text(self, given: Any) -> str:
        """Return what the field shows for a parameter's values."""
        if isinstance(given, Mapping):
            start, stop, step = (self._shown(given[name]) for name in ("start", "stop", "step"))
            return f"{start} to {stop}" if step == "1" else f"{start} to {stop} by {step}"
        if isinstance(given, list | tuple):
            return ", ".join(self._shown(value) for value in given)
        return self._shown(given)

    def _number(self, text: str) -> float:
        try:
            number = float(Decimal(text) / self.factor)
        except (InvalidOperation, Overflow):
            number = math.nan
        if not math.isfinite(number):
            raise ValidationError(f"“{text[:20]}” is no number. {EXAMPLE}")
        return number

    def _shown(self, value: float) -> str:
        text = f"{Decimal(str(value)) * self.factor:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
