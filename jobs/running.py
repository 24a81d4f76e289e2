"""Keep the path that messages of the previous version name, for one release of rolling updates."""

from jobs.worker.run import run_next

__all__ = ["run_next"]
