"""What shapes a report beside its document."""

from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

from core import formatting
from dashboard import labels, metrics
from dashboard.charts import columns


@cache
def layout_fingerprint() -> str:
    """Return the hash of code, templates, fonts and library, so that a new layout is printed anew."""
    folders = (Path(__file__).parent, Path(settings.BASE_DIR) / "templates/reports")
    files = sorted(path for folder in folders for path in folder.rglob("*.*") if path.suffix != ".pyc")
    written_by = (Path(str(module.__file__)) for module in (formatting, metrics, labels, columns))
    sources = [path.read_bytes() for path in (*written_by, *files)]
    library = f"weasyprint {version('weasyprint')}".encode()
    return sha256(b"\n".join((*sources, library))).hexdigest()
