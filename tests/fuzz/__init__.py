"""Inputs that nobody thought of: some with every run of the suite, tens of thousands under `make fuzz`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from hypothesis import HealthCheck, settings

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "80"))
"""Inputs for each test whose subject computes alone."""

QUIETLY = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
STORING = settings(QUIETLY, max_examples=max(40, EXAMPLES // 20))
"""For tests whose subject writes to the database, which takes a hundred times as long."""


@contextmanager
def forgotten() -> Iterator[None]:
    """Undo what the block stores, as one input must not meet what another left."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def require_words(refusal: Exception) -> None:
    """Require of a refusal that it says something."""
    assert str(refusal).strip()
