"""Report unexpected errors to Sentry, where SENTRY_DSN is set."""

from typing import Any

from core.redaction import redact_deep


def start_error_reports(dsn: str) -> None:
    """Report what is logged as an error from now on: without secrets, bodies, cookies and variables."""
    import sentry_sdk

    sentry_sdk.init(
        dsn=dsn,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        before_send=_without_secrets,
        before_breadcrumb=_without_secrets,
    )


def _without_secrets(event: Any, hint: dict[str, Any]) -> Any:
    request = event.get("request")
    if isinstance(request, dict):
        for part in ("headers", "cookies", "query_string", "data"):
            request.pop(part, None)
    return redact_deep(event)
