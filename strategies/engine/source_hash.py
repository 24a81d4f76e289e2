"""A hash of the engine's own source, to name what was compiled from it."""

from hashlib import sha256
from pathlib import Path


def source_fingerprint() -> str:
    """Return the hash of all modules of the engine.

    numba looks at the file of a function alone, and so would go on using what was compiled from an
    older version of the functions that it calls.
    """
    digest = sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
