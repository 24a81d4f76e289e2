"""Single static files out of installed packages."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage


class VendorFilesFinder(BaseFinder):
    """Serves the files of settings.VENDOR_FILES under the names given there."""

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return the file behind a static name; an empty list when it is not ours."""
        source: Path | None = settings.VENDOR_FILES.get(path)
        if source is None:
            return []
        return [str(source)] if find_all else str(source)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Yield name and storage of each file, for `collectstatic`."""
        for name, source in settings.VENDOR_FILES.items():
            yield name, _SingleFile(source)


class _SingleFile(FileSystemStorage):
    """A storage whose every name leads to one file."""

    def __init__(self, source: Path) -> None:
        super().__init__(location=source.parent)
        self._source = source

    def path(self, name: str) -> str:
        return str(self._source)
