"""The lint of words names phrases that have a standard term, and the project has none of them."""

from pathlib import Path

import pytest

from tests.lint.vocabulary import STANDARD_TERMS, avoided_phrases, files_that_people_read

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("phrase", STANDARD_TERMS)
def test_a_phrase_is_named_with_its_line_and_its_term(tmp_path: Path, phrase: str) -> None:
    path = tmp_path / "page.html"
    path.write_text(f"<p>\n  {phrase}\n</p>\n")
    (found,) = avoided_phrases([path])
    assert (found.line, found.phrase, found.term) == (2, phrase, STANDARD_TERMS[phrase])


def test_a_phrase_that_a_line_break_divides_is_named_too(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text('LABEL = (\n    "Worst "\n    "drawdown"\n)\n')
    assert [found.term for found in avoided_phrases([path])] == ["Max drawdown"]


def test_the_standard_terms_themselves_are_not_named(tmp_path: Path) -> None:
    path = tmp_path / "terms.md"
    path.write_text("\n".join(STANDARD_TERMS.values()))
    assert avoided_phrases([path]) == []


def test_the_project_has_none() -> None:
    paths = files_that_people_read(ROOT)
    assert ROOT / "docs/glossary.md" in paths
    assert [str(found) for found in avoided_phrases(paths)] == []
