"""The glossary and the documents on methods as pages, one click away from each figure."""

import re
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt

FOLDER = Path(settings.BASE_DIR) / "docs" / "methods"
RULES = FOLDER.parent / "rules.md"
GLOSSARY = FOLDER.parent / "glossary.md"

_HEADING = re.compile(r"<(h[1-6])>(.*?)</\1>", re.DOTALL)
_FIRST_CELL = re.compile(r"(<tr>\s*<td[^>]*>)(.*?)(</td>)", re.DOTALL)
_CODE = re.compile(r"<code>(\w+)</code>")
_TERM = re.compile(r"<strong>(.*?)</strong>")
_LINK = re.compile(r'<a href="(?!https?:|#)([^"#]*)(#[^"]*)?">(.*?)</a>', re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class MethodDocument:
    """A document from `docs/methods`, or the glossary: its name in the URL, its title, and its text as HTML.

    Headings have the anchors that GitHub gives them, and a figure that a table defines has its own name:
    `backtesting/#sharpe`; a term of the glossary has its slug:
    `glossary/#max-drawdown`.
    """

    name: str
    title: str
    html: SafeString


@cache
def method_documents() -> dict[str, MethodDocument]:
    """Return all documents by name; they come with the program and do not change while it runs."""
    paths = (GLOSSARY, *sorted(FOLDER.glob("*.md")), RULES)
    return {path.stem: _read(path) for path in paths}


def _read(path: Path) -> MethodDocument:
    title, _, text = path.read_text().partition("\n")
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    return MethodDocument(
        name=path.stem,
        title=title.removeprefix("# "),
        html=mark_safe(_with_anchors(_with_our_links(html, path.parent))),  # noqa: S308 - written by us, no raw HTML in it
    )


def _with_anchors(html: str) -> str:
    """Give headings, and the figures that a table's first column defines, names to link to."""
    html = _HEADING.sub(lambda match: f'<{match[1]} id="{anchor(match[2])}">{match[2]}</{match[1]}>', html)
    html = _FIRST_CELL.sub(lambda match: match[1] + _named(match[2]) + match[3], html)
    # What is wide scrolls, for the keyboard too; an empty heading is none.
    html = html.replace("<table>", '<table tabindex="0">').replace("<pre>", '<pre tabindex="0">')
    html = html.replace("<th></th>", "<td></td>")
    # The Content-Security-Policy allows no style attribute.
    return html.replace(' style="text-align:right"', ' class="number"').replace(
        ' style="text-align:left"', ""
    )


def _named(cell: str) -> str:
    """Give the figure or the term that a cell defines its name."""
    cell = _CODE.sub(r'<code id="\1">\1</code>', cell)
    return _TERM.sub(lambda match: f'<strong id="{slugify(unescape(match[1]))}">{match[1]}</strong>', cell)


def anchor(heading: str) -> str:
    """Return the anchor of a heading: its words in small letters, joined by hyphens."""
    words = re.sub(r"<[^>]+>|&\w+;", "", heading).lower()
    return re.sub(r"[^\w\- ]", "", words).strip().replace(" ", "-")


def _with_our_links(html: str, folder: Path) -> str:
    """Lead to the pages of other documents; what lies elsewhere in the project is named, not linked.

    folder: where the document lies, from which its links count.
    """

    def replaced(match: re.Match[str]) -> str:
        target = (folder / match[1]).resolve()
        if target == GLOSSARY or (target.parent == FOLDER and target.suffix == ".md" and target.is_file()):
            return f'<a href="../{target.stem}/{match[2] or ""}">{match[3]}</a>'
        return match[3]

    return _LINK.sub(replaced, html)
