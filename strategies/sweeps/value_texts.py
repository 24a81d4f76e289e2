"""Read the values of a swept parameter from a text, as they are typed on a command line."""

from typing import Any

from core.errors import InvalidInput

RANGE_PARTS = 2, 3


def read_values(name: str, text: str) -> Any:
    """Return what a text stands for: 20, a list as 10,20,50, or a range as 5:60:5 (start:stop:step).

    The result is what SweepParameters validates. Raises InvalidInput for a text that is none of these.
    """
    try:
        if ":" in text:
            return _range(text)
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        raise InvalidInput(
            f"“{text[:40]}” is neither a number, a list such as 10,20,50, nor a range such as 5:60:5.",
            field=name,
        ) from None
    return numbers[0] if len(numbers) == 1 else numbers


def read_named_values(texts: list[str]) -> dict[str, Any]:
    """Return the values of a custom rule's parameters from texts such as "fast=5:60:5"."""
    pairs = [text.partition("=") for text in texts]
    for name, _, value in pairs:
        if not name or not value:
            raise InvalidInput("Give each parameter as NAME=VALUES, such as fast=5:60:5.", field="values")
    return {name: read_values(name, value) for name, _, value in pairs}


def _range(text: str) -> dict[str, float]:
    parts = [float(part) for part in text.split(":")]
    if len(parts) not in RANGE_PARTS:
        raise ValueError(text)
    return dict(zip(("start", "stop", "step"), parts, strict=False))
