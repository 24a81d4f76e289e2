"""Name the request and the job being worked on, for log entries and error messages."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_job_id: ContextVar[str] = ContextVar("job_id", default="")
_user_id: ContextVar[int | None] = ContextVar("user_id", default=None)
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


def current_user_id() -> int | None:
    """Return the primary key of the user whom the current request or job is for; None: nobody's."""
    return _user_id.get()


@contextmanager
def user_id_set(user_id: int | None) -> Iterator[None]:
    """Let `current_user_id` return this key within the block, until `set_user_id` is called in it."""
    token = _user_id.set(user_id)
    try:
        yield
    finally:
        _user_id.reset(token)


def set_user_id(user_id: int | None) -> None:
    """Name the user once they are known, inside a block of `user_id_set`."""
    _user_id.set(user_id)


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
