"""Counts the inputs that were tried: a fuzzer that silently tried nothing would pass as well."""

from collections.abc import Generator
from functools import wraps
from typing import Any

import pytest

INPUTS = "inputs"


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Note how often Hypothesis called the test; schemathesis' tests note it themselves."""
    handle = getattr(pyfuncitem.obj, "hypothesis", None)
    if handle is None:
        return (yield)
    inner, tried = handle.inner_test, 0

    @wraps(inner)
    def counted(*arguments: Any, **named: Any) -> Any:
        nonlocal tried
        tried += 1
        return inner(*arguments, **named)

    handle.inner_test = counted
    try:
        return (yield)
    finally:
        handle.inner_test = inner
        pyfuncitem.user_properties.append((INPUTS, tried))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the count of each test, and the sum."""
    ended = [
        (value, report.nodeid)
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        for name, value in report.user_properties
        if name == INPUTS and report.when == "call"
    ]
    if not ended:
        return
    terminalreporter.section("inputs tried")
    for tried, test in sorted(ended, reverse=True):
        terminalreporter.write_line(f"{tried:>8,}  {test.rpartition('::')[2]}")
    terminalreporter.write_line(f"{sum(tried for tried, _ in ended):>8,}  in all")
