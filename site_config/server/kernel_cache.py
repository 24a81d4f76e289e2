"""Where compiled kernels are kept between processes: a folder that numba can write to.

numba reads the folder's name from the environment when it is first imported, and passes over a folder
that it cannot write to. So kernels that come with a read-only image are copied to DATA_DIR.
"""

import os
import shutil
import tempfile
from pathlib import Path

from strategies.engine.source_hash import source_fingerprint

VARIABLE = "NUMBA_CACHE_DIR"


def place_kernel_cache(data_dir: Path) -> None:
    """Name the folder in the environment, unless a writable one is named there already."""
    shipped = os.environ.get(VARIABLE)
    if shipped and os.access(shipped, os.W_OK):
        return
    folder = data_dir / "kernels" / source_fingerprint()
    if shipped and Path(shipped).is_dir() and not folder.exists():
        _copy(Path(shipped), folder)
    os.environ[VARIABLE] = str(folder)


def _copy(shipped: Path, folder: Path) -> None:
    """Copy in one step, since several processes start at once; the first one wins."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as room:
        copy = shutil.copytree(shipped, Path(room) / folder.name)
        try:
            copy.rename(folder)
        except OSError:
            if not folder.exists():
                raise
