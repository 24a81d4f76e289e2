"""Find tests that can pass without having asserted anything.

A test whose assertions all stand in a loop or a condition passes when the loop has no turn or the
condition does not hold. `python -m tests.lint` names such tests; an assertion before the loop, such
as `assert rows`, mends them.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ASSERTING_CALLS = {"expect", "fail", "raises", "warns"}
"""What asserts by being called: Playwright's `expect`, and pytest's own."""

AS_LONG_AS_ITS_ARGUMENTS = {"enumerate", "list", "product", "reversed", "set", "sorted", "tuple", "zip"}

LEAVING = (ast.Return, ast.Continue, ast.Break)

PERHAPS = (ast.Lambda, ast.IfExp, ast.BoolOp, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
"""Expressions of which a part may not be evaluated."""

type Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A test that can pass without an assertion.

    path: its file. line: where it begins. name: the function.
    """

    path: Path
    line: int
    name: str

    def __str__(self) -> str:
        """Return what a terminal shows, in the form that editors follow."""
        return f"{self.path}:{self.line}: every assertion of {self.name} can be skipped"


def skippable_tests(paths: Iterable[Path]) -> list[Finding]:
    """Return the tests of these files whose assertions can all be skipped.

    paths: Python files; helpers in them count as asserting when they assert without a condition.
    """
    trees = {path: ast.parse(path.read_text()) for path in paths}
    helpers = asserting_functions(trees.values())
    return [
        Finding(path=path, line=test.lineno, name=test.name)
        for path, tree in trees.items()
        for test in _functions(tree)
        if _is_test(test)
        and _is_skippable(test, Scope(helpers=helpers, filled=_filled(tree) | _filled(test)))
    ]


def asserting_functions(trees: Iterable[ast.Module]) -> set[str]:
    """Return the names of functions that always assert, by themselves or by what they call.

    Names stand for themselves wherever they are defined: two helpers of one name count as one.
    """
    functions = [(function, _filled(tree)) for tree in trees for function in _functions(tree)]
    found = set(ASSERTING_CALLS)
    while True:
        more = {
            function.name
            for function, filled in functions
            if Scope(helpers=found, filled=filled).asserts(function.body)
        }
        if more <= found:
            return found
        found |= more


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What is known about the names that a test uses.

    helpers: functions that assert when they are called. filled: collections with at least one item.
    """

    helpers: set[str]
    filled: set[str]

    def asserts(self, block: list[ast.stmt]) -> bool:
        """Tell whether the block asserts on every way through it."""
        for statement in block:
            if self._statement_asserts(statement):
                return True
            if not all(self.asserts(branch) for branch in _branches(statement) if _leaves(branch)):
                return False
        return False

    def _statement_asserts(self, statement: ast.stmt) -> bool:
        match statement:
            case ast.For(iter=items, body=body):
                return self._is_filled(items) and self.asserts(body)
            case ast.If(body=body, orelse=orelse):
                return self.asserts(body) and self.asserts(orelse)
            case ast.While(test=condition, body=body):
                return isinstance(condition, ast.Constant) and self.asserts(body)
            case ast.Try(body=body, finalbody=finalbody):
                return self.asserts(body + finalbody)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return False
            case _:
                return self._simple_statement_asserts(statement)

    def _simple_statement_asserts(self, statement: ast.stmt) -> bool:
        match statement:
            case ast.Assert(
                test=ast.Call(func=ast.Name(id="all"), args=[ast.GeneratorExp(generators=parts)])
            ):
                return self._is_filled(parts[0].iter)
            case ast.Assert():
                return True
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                return any(self._calls_helper(item.context_expr) for item in items) or self.asserts(body)
            case _:
                return self._calls_helper(statement)

    def _calls_helper(self, node: ast.AST) -> bool:
        """Tell whether the expression calls what asserts, outside of what may not be evaluated."""
        if _is_call_of(node, self.helpers):
            return True
        children = (child for child in ast.iter_child_nodes(node) if not isinstance(child, PERHAPS))
        return any(self._calls_helper(child) for child in children)

    def _is_filled(self, items: ast.expr) -> bool:
        """Tell whether a loop over the expression has a turn for certain.

        Names in capitals that another module defines are taken to be filled, and so are classes: an
        enum has members. This trusts what the reader of the test can see at a glance.
        """
        match items:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                return name in self.filled or name[:1].isupper()
            case ast.Call(func=ast.Name(id="range"), args=bounds):
                return _range_has_a_turn(bounds)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return name in AS_LONG_AS_ITS_ARGUMENTS and all(map(self._is_filled, arguments))
            case ast.Call(func=ast.Attribute(value=value, attr="items" | "values" | "keys")):
                return self._is_filled(value)
            case _:
                return _is_written_out(items)


def _functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _is_test(function: Function) -> bool:
    is_fixture = any("fixture" in ast.unparse(item) for item in function.decorator_list)
    return function.name.startswith("test") and not is_fixture


def _is_skippable(test: Function, scope: Scope) -> bool:
    """Tell whether the test asserts somewhere, but not on every way through it.

    One that asserts nowhere requires that nothing is raised, and needs no more.
    """
    assertions = (
        node for node in ast.walk(test) if isinstance(node, ast.Assert) or _is_call_of(node, scope.helpers)
    )
    return next(assertions, None) is not None and not scope.asserts(test.body)


def _is_call_of(node: ast.AST, helpers: set[str]) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    return name in helpers or name.startswith("assert_")  # the second as in numpy.testing


def _filled(scope: ast.AST) -> set[str]:
    """Return the names that the scope binds to collections written out with at least one item."""
    return {
        target.id
        for node in ast.iter_child_nodes(scope)
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value and _is_written_out(node.value)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }


def _is_written_out(items: ast.expr) -> bool:
    match items:
        case (
            ast.Tuple(elts=elements)
            | ast.List(elts=elements)
            | ast.Set(elts=elements)
            | ast.Dict(keys=elements)
        ):
            return any(not isinstance(element, ast.Starred) for element in elements)
        case ast.Constant(value=str() as text):
            return bool(text)
        case _:
            return False


def _range_has_a_turn(bounds: list[ast.expr]) -> bool:
    """Tell whether a range of written numbers, or of names in capitals, is not empty."""
    try:
        return len(range(*(ast.literal_eval(bound) for bound in bounds))) > 0
    except ValueError:
        return all(isinstance(bound, ast.Constant) or ast.unparse(bound).isupper() for bound in bounds)


def _branches(statement: ast.stmt) -> list[list[ast.stmt]]:
    """Return the blocks of the statement of which a run may take one and not another."""
    match statement:
        case ast.If(body=body, orelse=orelse):
            return [body, orelse]
        case ast.Try(body=body, handlers=handlers):
            return [body, *(handler.body for handler in handlers)]
        case _:
            return []


def _leaves(block: list[ast.stmt]) -> bool:
    """Tell whether the block can leave the test, or the turn of a loop, before its end."""
    return any(isinstance(node, LEAVING) for statement in block for node in ast.walk(statement))
