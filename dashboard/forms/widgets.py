"""A select whose options carry data for the page's scripts."""

from typing import Any, override

from django import forms


class AnnotatedSelect(forms.Select):
    """A select that gives each of its options more attributes."""

    def attributes_of(self, value: str) -> dict[str, str]:
        """Return the attributes of the option with this value."""
        raise NotImplementedError

    @override
    def create_option(
        self,
        name: str,
        value: Any,
        label: int | str,
        selected: bool,
        index: int,
        subindex: int | None = None,
        attrs: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return the option with its attributes."""
        option = super().create_option(name, value, label, selected, index, subindex, attrs)
        option["attrs"] |= self.attributes_of(str(value))
        return option
