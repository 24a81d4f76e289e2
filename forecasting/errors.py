"""What can go wrong with a trained model, in words for the user."""

from core.errors import Unavailable

RETRY_AFTER = 10
"""Seconds within which a worker has trained a refused model again."""


class ArtefactRefused(Unavailable):
    """A stored model is not what was trained here, or not what this installation can read.

    It is refused before a byte of it is unpickled; training replaces it. `version`: of the model.
    """

    def __init__(self, message: str, *, version: str) -> None:
        super().__init__(message, retry_after=RETRY_AFTER)
        self.version = version
