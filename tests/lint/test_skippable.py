"""The lint of tests names those that can pass without asserting, and no others."""

from pathlib import Path
from textwrap import dedent

import pytest

from tests.lint.private_imports import private_imports
from tests.lint.skippable import skippable_tests

SKIPPABLE = {
    "a loop over what may be empty": "for row in rows(): assert row",
    "a condition": "if rows(): assert rows()",
    "all of what may be empty": "assert all(row for row in rows())",
    "after a return": "if rows(): return\nassert rows()",
    "after a turn that was left": "for row in (1, 2):\n    if row: continue\n    assert row",
    "a call in a comprehension": "[expect(row) for row in rows()]",
    "while a condition holds": "while rows(): assert rows()",
    "after an error": "try: rows()\nexcept ValueError: return\nassert rows()",
    "an empty range": "for row in range(0): assert row",
}

CERTAIN = {
    "an assertion before the loop": "assert rows()\nfor row in rows(): assert row",
    "a loop over what is written out": "for row in (1, 2): assert row",
    "a loop over an enum": "for row in Colour: assert row",
    "a loop over a constant": "for row in ROWS: assert row",
    "numbered items": "for number, row in enumerate([3, 4]): assert row",
    "both branches": "if rows(): assert 1\nelse: assert 2",
    "a helper that asserts": "helper()",
    "an expected error": "with pytest.raises(ValueError): rows()",
    "a refusal that is asserted as well": """try: rows()
except ValueError:
    assert rows()
    return
assert rows()""",
    "nothing but that nothing is raised": "rows()",
}

HEAD = "ROWS = [1]\ndef helper():\n    assert rows()\n"


def _findings(folder: Path, body: str) -> list[str]:
    path = folder / "test_sample.py"
    indented = "\n".join(f"    {line}" for line in dedent(body).splitlines())
    path.write_text(f"{HEAD}def test_it():\n{indented}\n")
    return [finding.name for finding in skippable_tests([path])]


@pytest.mark.parametrize("body", SKIPPABLE.values(), ids=SKIPPABLE)
def test_a_test_that_can_pass_without_asserting_is_named(tmp_path: Path, body: str) -> None:
    assert _findings(tmp_path, body) == ["test_it"]


@pytest.mark.parametrize("body", CERTAIN.values(), ids=CERTAIN)
def test_a_test_that_asserts_for_certain_is_not(tmp_path: Path, body: str) -> None:
    assert _findings(tmp_path, body) == []


@pytest.mark.parametrize(("file", "found"), [("test_other.py", ["_secret"]), ("test_module.py", [])])
def test_a_private_name_may_be_imported_by_the_tests_of_its_module_alone(
    tmp_path: Path, file: str, found: list[str]
) -> None:
    path = tmp_path / file
    path.write_text("from package.module import _secret, open_name\n")
    assert [finding.name for finding in private_imports([path])] == found
