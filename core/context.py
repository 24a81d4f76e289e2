"""Name the request and the job being worked on, for log entries and error messages."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_job_id: ContextVar[str] = ContextVar("job_id", default="")
_client_address: ContextVar[str] = ContextVar("client_address", default="")


def current_request_id() -> str:
    """Return the id of the current request; empty outside of one."""
    return _request_id.get()


def current_job_id() -> str:
    """Return the id of the current job; empty outside of one."""
    return _job_id.get()


def current_client_address() -> str:
    """Return the IP address that the current request comes from; empty outside of one."""
    return _client_address.get()


@contextmanager
def client_address_set(address: str) -> Iterator[None]:
    """Let `current_client_address` return this address within the block."""
    with _set(_client_address, address):
        yield


@contextmanager
def request_id_set(request_id: str) -> Iterator[None]:
    """Let `current_request_id` return this id within the block."""
    with _set(_request_id, request_id):
        yield


@contextmanager
def job_id_set(job_id: str) -> Iterator[None]:
    """Let `current_job_id` return this id within the block."""
    with _set(_job_id, job_id):
        yield


@contextmanager
def _set(variable: ContextVar[str], value: str) -> Iterator[None]:
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)
