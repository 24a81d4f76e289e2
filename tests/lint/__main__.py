"""Name tests that can pass without asserting, private names in other tests, and old words."""

import sys
from pathlib import Path

from tests.lint.private_imports import private_imports
from tests.lint.skippable import skippable_tests
from tests.lint.vocabulary import avoided_phrases, files_that_people_read

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ["core", "jobs", "ingestion", "strategies", "forecasting", "dashboard", "site_config", "tests"]


def test_files() -> list[Path]:
    """Return every Python file of every folder of tests, relative to the project."""
    found = (path.relative_to(ROOT) for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return sorted(path for path in found if "tests" in path.parts)


def main() -> None:
    """Print what was found, and end with 1 when that is anything."""
    findings = [
        *skippable_tests(test_files()),
        *private_imports(test_files()),
        *avoided_phrases(path.relative_to(ROOT) for path in files_that_people_read(ROOT)),
    ]
    for finding in findings:
        sys.stdout.write(f"{finding}\n")
    sys.exit(bool(findings))


if __name__ == "__main__":
    main()
