"""Reading the HTML of our pages."""

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Protocol

HTMX = {"HX-Request": "true"}
"""What htmx sends with each of its requests."""

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Response(Protocol):
    """What the test client returns."""

    @property
    def content(self) -> bytes: ...


@dataclass
class Element:
    """An element with its attributes and the text inside it, its children's included."""

    tag: str
    attributes: dict[str, str]
    text: str = ""
    ancestors: list["Element"] = field(default_factory=list)


class Markup(HTMLParser):
    """The elements of a page, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, ancestors=list(self._open))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        while self._open and self._open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        in_script = bool(self._open) and self._open[-1].tag == "script"
        for element in self._open[-1:] if in_script else self._open:
            element.text += data

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Return the elements with this tag and these attributes (`data_x` stands for `data-x`)."""
        wanted = {name.strip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            element
            for element in self.elements
            if element.tag == tag and wanted.items() <= element.attributes.items()
        ]

    def one(self, tag: str, **attributes: str) -> Element:
        """Return the one element with this tag and these attributes."""
        (element,) = self.all(tag, **attributes)
        return element

    def by_id(self, element_id: str) -> Element:
        """Return the element with this id."""
        (element,) = [item for item in self.elements if item.attributes.get("id") == element_id]
        return element

    def has_id(self, element_id: str) -> bool:
        """Whether an element has this id."""
        return any(item.attributes.get("id") == element_id for item in self.elements)

    def columns(self, chart: str) -> Any:
        """Return the columns that the page carries for a chart."""
        return json.loads(self.by_id(f"{chart}-columns").text)

    def message_of(self, field_name: str) -> str:
        """Return the error message at a form's field."""
        described_by = self.by_id(f"id_{field_name}").attributes["aria-describedby"].split()
        (error_id,) = [name for name in described_by if name.endswith("_error")]
        return " ".join(self.by_id(error_id).text.split())


def markup_of(response: Response) -> Markup:
    """Return the elements of a response's page."""
    return Markup(response.content.decode())


def words_of(response: Response) -> str:
    """Return the visible text of a page with its spaces made plain."""
    return plain(Markup(f"<html>{response.content.decode()}</html>").elements[0].text)


def plain(text: str) -> str:
    """Return `text` with single, breaking spaces."""
    return " ".join(text.split())
