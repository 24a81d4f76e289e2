"""The browser's modules: every import leads somewhere, none leads in a circle, and none is left over."""

import re
from graphlib import TopologicalSorter
from pathlib import Path

from django.conf import settings

from dashboard.templatetags.modules import IMPORT, imported_modules, page_module

SCRIPTS = settings.BASE_DIR / "static/js"
BLOCKING = {SCRIPTS / "theme.js", SCRIPTS / "early_input.js"}
"""Not modules: the head loads them before the first paint."""

PAGE_MODULE = re.compile(r'page_module "(\w+)"')


def _imports(module: Path) -> set[Path]:
    return {(module.parent / found["path"]).resolve() for found in IMPORT.finditer(module.read_text())}


def _graph() -> dict[Path, set[Path]]:
    return {path: _imports(path) for path in SCRIPTS.rglob("*.js") if path not in BLOCKING}


def test_every_import_leads_to_a_module_and_none_in_a_circle() -> None:
    graph = _graph()
    assert set().union(*graph.values()) <= graph.keys()
    TopologicalSorter(graph).prepare()


def test_every_module_is_reached_from_a_page() -> None:
    graph = _graph()
    templates = (path.read_text() for path in (settings.BASE_DIR / "templates").rglob("*.html"))
    reached: set[Path] = set()
    waiting = [SCRIPTS / f"pages/{name}.js" for text in templates for name in PAGE_MODULE.findall(text)]
    while waiting:
        module = waiting.pop()
        if module not in reached:
            reached.add(module)
            waiting += graph[module]
    assert reached == graph.keys()


def test_no_module_speaks_to_another_through_the_window() -> None:
    assert not [path for path in SCRIPTS.rglob("*.js") if "window.Hindcast" in path.read_text()]


def test_a_page_loads_everything_that_its_module_imports_at_once() -> None:
    graph = _graph()
    names = imported_modules("js/pages/backtest.js")
    modules = {settings.BASE_DIR / "static" / name for name in names}
    entry = SCRIPTS / "pages/backtest.js"
    assert modules == graph[entry].union(*(graph[module] for module in modules))
    html = page_module("backtest")
    assert all(f'rel="modulepreload" href="/static/{name}"' in html for name in names)
    assert 'type="module" src="/static/js/pages/backtest.js"' in html
