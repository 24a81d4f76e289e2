"""Whatever is asked of the API over HTTP, the answer is one that its own description names."""

import json
from typing import Any

import pytest
import schemathesis
from hypothesis import given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode

from site_config.api import api
from tests.fuzz import EXAMPLES, QUIETLY
from tests.fuzz.conftest import INPUTS
from tests.site import RunningSite

EACH = settings(QUIETLY, max_examples=max(3, EXAMPLES // 50), database=None)
"""Requests for each operation; there are some thirty."""

COSTLY = {"train", "fetch_instrument"}
"""Operations that start long work for whatever symbol is asked for."""

load_all_checks()
CHECKED: list[Any] = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
    ]
)
DESCRIPTION: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema()))
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)
OPERATIONS = [
    (path, method)
    for path, methods in DESCRIPTION["paths"].items()
    for method, operation in methods.items()
    if operation["operationId"] not in COSTLY
]


def _cases(path: str, method: str) -> SearchStrategy[schemathesis.Case[Any]]:
    """Return requests as the description has them and, where there is a body, such as it forbids."""
    operation = SCHEMA[path][method.upper()]
    if "requestBody" not in DESCRIPTION["paths"][path][method]:
        return operation.as_strategy()
    return operation.as_strategy() | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)


@pytest.mark.parametrize(
    ("path", "method"), OPERATIONS, ids=[f"{method} {path}" for path, method in OPERATIONS]
)
def test_whatever_is_asked_the_answer_is_as_described(
    site: RunningSite, path: str, method: str, request: pytest.FixtureRequest
) -> None:
    tried = 0

    @EACH
    @given(case=_cases(path, method))
    def ask(case: schemathesis.Case[Any]) -> None:
        nonlocal tried
        tried += 1
        case.call_and_validate(base_url=site.address, checks=CHECKED)

    try:
        ask()
    finally:
        request.node.user_properties.append((INPUTS, tried))
