"""gunicorn's configuration of the product, where warming up also waits for a file.

Each process then leaves a file of its own beside it, named for its id.
"""

import os
import time
from pathlib import Path

from site_config.environment import BASE_DIR

PRODUCT = BASE_DIR / "deploy/gunicorn.conf.py"
__file__ = str(PRODUCT)
exec(PRODUCT.read_text())  # noqa: S102 - our own

from site_config.server import warmup  # noqa: E402


def wait_for_the_file() -> None:
    """Take as long as the test likes."""
    told = Path(os.environ["WARM_ONCE_THERE"])
    while not told.exists():
        time.sleep(0.05)
    told.with_name(str(os.getpid())).touch()


warmup.STEPS = (*warmup.STEPS, wait_for_the_file)
