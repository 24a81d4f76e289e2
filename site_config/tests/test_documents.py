"""What the documents say of settings, files, commands and each other is true."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from site_config.environment import BASE_DIR, Environment, configuration_table

README = (BASE_DIR / "README.md").read_text()
FOLDERS = (".", "docs", "docs/methods", "docs/quick-start", "forecasting/data", "clients/python")
DOCUMENTS = sorted(path for folder in FOLDERS for path in (BASE_DIR / folder).glob("*.md"))
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


STARTED_BY_THE_PROCFILE = {"qcluster"}


def _name(path: Path) -> str:
    return str(path.relative_to(BASE_DIR))


def _anchors(document: Path) -> set[str]:
    """Return the anchors of headings, as GitHub and our own pages name them."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", document.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_the_configuration_table_is_the_one_that_the_code_defines() -> None:
    table = README.split("<!-- configuration -->\n")[1].split("\n<!-- /configuration -->")[0]
    assert table == configuration_table()


def test_the_composition_passes_every_setting_on() -> None:
    composition = (BASE_DIR / "docker-compose.yml").read_text()
    passed = set(re.findall(r"^    ([A-Z_]+):", composition, re.MULTILINE))
    assert {name.upper() for name in Environment.model_fields} <= passed


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_link_leads_somewhere(document: Path) -> None:
    broken = []
    for link in LINK.findall(FENCED.sub("", document.read_text())):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = document if not path else (document.parent / path).resolve()
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in _anchors(target)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_command_that_it_names_exists(document: Path) -> None:
    text = document.read_text()
    assert set(re.findall(r"manage\.py (\w+)", text)) <= set(get_commands())
    targets = set(re.findall(r"^([a-z-]+):", (BASE_DIR / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)|^make ([a-z-]+)", text, re.MULTILINE)) <= {
        pair for target in targets for pair in ((target, ""), ("", target))
    }
    scripts = re.findall(r"(?<![\w/])((?:deploy|tests)/[\w./-]*[\w-])", text)
    assert [script for script in scripts if not (BASE_DIR / script).exists()] == []


def test_the_readme_names_what_a_newcomer_needs() -> None:
    named = set(re.findall(r"manage\.py (\w+)", README))
    assert {"load_stock_data", "train_ml_model", "prepare", "create_administrator"} <= named


def test_every_command_of_ours_is_listed_for_those_who_look_for_it() -> None:
    paths = BASE_DIR.glob("*/management/commands/*.py")
    ours = {path.stem for path in paths if path.stem != "__init__"}
    lists = README + (BASE_DIR / "docs" / "commands.md").read_text()
    assert ours - set(re.findall(r"manage\.py (\w+)", lists)) == STARTED_BY_THE_PROCFILE


def test_the_commands_of_the_readme_can_be_run_as_they_stand() -> None:
    commands = re.findall(r"^\| (`manage\.py .*?) \| ", README, re.MULTILINE)
    assert len(commands) > 10
    assert [line for line in commands if re.search(r"[\[\]<>…]|\b[A-Z]{5,}\b|\.\.\.", line)] == []
