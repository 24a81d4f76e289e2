"""Background work of a site: how far it is, and waiting for it."""

from __future__ import annotations

from dataclasses import dataclass

from tqdm.auto import tqdm

from hindcast_client.errors import JobFailed
from hindcast_client.models import JobDocument
from hindcast_client.transport import Transport, retry_after

ASK_EVERY = 2.0
"""Seconds between two looks where the site does not say."""


@dataclass
class Job:
    """A piece of background work; `document` is as it was at the last look."""

    document: JobDocument
    transport: Transport

    @property
    def is_active(self) -> bool:
        """Whether it waits or runs."""
        return self.document.state in {"queued", "running"}

    def refresh(self) -> float:
        """Look how far it is; return the seconds after which to look again."""
        response = self.transport.request("GET", f"/api/v1/jobs/{self.document.id}")
        self.document = JobDocument.model_validate(response.json())
        wait = retry_after(response)
        return ASK_EVERY if wait is None else wait

    def wait(self, *, progress: bool = True) -> Job:
        """Return once it has succeeded, with a progress bar; raises JobFailed where it ends otherwise."""
        with tqdm(total=100, disable=not progress, bar_format="{desc}: {percentage:3.0f}% {bar}") as bar:
            while True:
                again_in = self.refresh()
                bar.set_description_str(self.document.step or self.document.kind)
                bar.update(100 * self.document.progress - bar.n)
                if not self.is_active:
                    break
                self.transport.sleep(again_in)
        if self.document.state != "succeeded":
            raise JobFailed(self.document.error or f"The job ended as {self.document.state}.")
        return self

    def cancel(self) -> None:
        """Ask it to stop."""
        response = self.transport.request("POST", f"/api/v1/jobs/{self.document.id}/cancel")
        self.document = JobDocument.model_validate(response.json())
