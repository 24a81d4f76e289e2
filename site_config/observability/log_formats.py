"""The forms of log entries: a line for people, or an object a line for programs. Neither holds a secret."""

import json
import logging
import re
from datetime import UTC, datetime

from core.context import current_job_id, current_request_id
from core.redaction import redact_secrets

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

FACTS = ("method", "path", "status", "milliseconds", "user", "address")
"""What entries may carry besides their message, by `extra`."""


class ContextFilter(logging.Filter):
    """Adds to every entry the request and the job that it belongs to."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Set the ids; let every record pass."""
        record.request_id = current_request_id()
        record.job_id = current_job_id()
        return True


class LineFormatter(logging.Formatter):
    """Time, level, logger, ids and message in one line; a traceback below."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} [{request_id}{job_id}] {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        """Return the entry without secrets."""
        return redact_secrets(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """Return the line with control characters escaped, which could forge another entry."""
        return _CONTROL.sub(
            lambda found: found[0].encode("unicode_escape").decode(), super().formatMessage(record)
        )


class JsonFormatter(logging.Formatter):
    """One JSON object in one line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the entry without secrets."""
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": redact_secrets(record.getMessage()),
            "request_id": getattr(record, "request_id", "") or None,
            "job_id": getattr(record, "job_id", "") or None,
            **{fact: getattr(record, fact) for fact in FACTS if hasattr(record, fact)},
        }
        if record.exc_info:
            entry["exception"] = redact_secrets(self.formatException(record.exc_info))
        return json.dumps(entry, ensure_ascii=False, default=str)
