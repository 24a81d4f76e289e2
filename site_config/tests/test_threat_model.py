"""The tests that the threat model relies on exist."""

import re

import pytest

from site_config.environment import BASE_DIR

LINES = [
    line
    for line in (BASE_DIR / "docs/threat-model.md").read_text().splitlines()
    if line.startswith("| ") and "| asset |" not in line and line.count("|") == 4
]
DEFENCES = [line for line in LINES if "| threat |" not in line and "|---|" not in line]


@pytest.mark.parametrize("line", DEFENCES, ids=lambda line: line.split("|")[1].strip())
def test_every_defence_names_a_test_that_exists(line: str) -> None:
    named = re.findall(r"`([\w/]+\.py)(?:::(test_\w+))?`", line.split("|")[3])
    assert named, f"no test stands for: {line}"
    for file, test in named:
        source = (BASE_DIR / file).read_text()
        assert not test or f"def {test}(" in source, f"{file} has no {test}"


def test_there_are_defences() -> None:
    assert len(DEFENCES) > 30
