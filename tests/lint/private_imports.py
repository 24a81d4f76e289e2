"""Find tests that import a private name of a module whose tests they are not."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class PrivateImport:
    """An import of a private name.

    path: the file. line: where. module: whose name it is. name: the private name.
    """

    path: Path
    line: int
    module: str
    name: str

    def __str__(self) -> str:
        """Return what a terminal shows, in the form that editors follow."""
        return f"{self.path}:{self.line}: {self.name} is private to {self.module}"


def private_imports(paths: Iterable[Path]) -> list[PrivateImport]:
    """Return the imports of private names, but those that the module's own tests make.

    paths: Python files. The tests of `package/module.py` are in `test_module.py`.
    """
    return [
        PrivateImport(path=path, line=node.lineno, module=node.module, name=name.name)
        for path in paths
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module
        for name in node.names
        if _is_private(name.name) and path.stem != f"test_{node.module.rpartition('.')[2]}"
    ]


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")
