"""The ES module of a page, with what it imports."""

import re
from functools import cache
from pathlib import Path

from django import template
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

IMPORT = re.compile(r"""^import\s*(?:[^;]*?\sfrom\s)?"(?P<path>\.[^"]+)";""", re.MULTILINE)


@register.simple_tag
def page_module(name: str) -> SafeString:
    """Return the script element of `js/pages/<name>.js`, and links that load its imports at once.

    Without the links a browser learns of an import only when the module that has it has arrived.
    """
    entry = f"js/pages/{name}.js"
    links = format_html_join(
        "\n",
        '<link rel="modulepreload" href="{}" />',
        ((static(module),) for module in imported_modules(entry)),
    )
    return format_html('{}\n<script type="module" src="{}"></script>', links, static(entry))


@cache
def imported_modules(entry: str) -> tuple[str, ...]:
    """Return the names of all modules that one imports, directly or not, in the order of their need."""
    found: dict[str, None] = {}
    waiting = [entry]
    while waiting:
        for name in _imports(waiting.pop(0)):
            if name not in found:
                found[name] = None
                waiting.append(name)
    return tuple(found)


def _imports(name: str) -> list[str]:
    """Return the names of the modules that one imports; none where its source is not at hand."""
    source = finders.find(name)
    if source is None:
        return []
    folder = Path(source).parent
    root = folder
    for _ in Path(name).parent.parts:
        root = root.parent
    paths = (match["path"] for match in IMPORT.finditer(Path(source).read_text()))
    return [(folder / path).resolve().relative_to(root.resolve()).as_posix() for path in paths]
