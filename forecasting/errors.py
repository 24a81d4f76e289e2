"""What can go wrong with a trained model, in words for the user."""

from jobs.errors import Unavailable


class ArtefactRefused(Unavailable):
    """A stored model is not what was trained here, or not what this installation can read.

    It is refused before a byte of it is unpickled; training replaces it.
    """
