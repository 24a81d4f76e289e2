"""The book of custom rules, compiled: the very functions of `language.book`, which call one another."""

from collections.abc import Callable
from types import FunctionType
from typing import Any

from strategies.engine.compilation.decorators import bare_kernel
from strategies.engine.language import book

FUNCTIONS = ("fill", "pass_bar", "compares", "value_of", "exit_at", "leave", "enter", "keep_book")
"""Those that are called before those that call them."""


def _compiled() -> dict[str, Callable[..., Any]]:
    """Return the functions, compiled, which find one another in place of the uncompiled ones."""
    names = dict(vars(book))
    for name in FUNCTIONS:
        plain = names[name]
        names[name] = bare_kernel(FunctionType(plain.__code__, names, name))
    return names


keep_book: Any = _compiled()["keep_book"]
