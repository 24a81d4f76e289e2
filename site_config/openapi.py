"""The API's own description: what django-ninja derives from the code, completed by what it cannot see.

Errors, headers and rights are the same everywhere by rule, from `site_config.access.policies` and
`site_config.errors`; here they are written into each operation.
"""

import re
from functools import cache
from http import HTTPStatus
from typing import Any

from ninja import NinjaAPI
from ninja.operation import Operation

from core.permissions import Scope
from site_config.access.policies import OPERATIONS, Policy
from site_config.errors import PROBLEM_JSON, Problem

EXAMPLES: dict[str, tuple[str, Any]] = {
    "symbol": ("Ticker symbol, in capitals or not.", "AAPL"),
    "backtest_id": ("The `id` of a backtest: 20 hexadecimal digits.", "366e80c721e5f03962ff"),
    "forecast_id": ("The `id` of a forecast: 20 hexadecimal digits.", "f20d85c242a1d65f9190"),
    "universe_id": ("The `id` of a sweep of many symbols: 20 hexadecimal digits.", "5d1e0f2a3b4c5d6e7f80"),
    "sweep_id": ("The `id` of a sweep: 20 hexadecimal digits.", "0c4f1c0b9a2d4e6f8a1b"),
    "record_id": ("The `id` of a live record.", "2c9d0f5e-3b6a-4f0e-8a57-5d1e7c3b9f42"),
    "evaluation_id": ("The `id` of an evaluation: 20 hexadecimal digits.", "a3d1c95f6be20471c8d4"),
    "version": ("The `version` of a stored model.", "2.0-pooled-2022-12-28-299eb68a"),
    "day": ("Day of the split.", "2024-06-10"),
    "job_id": ("The `id` of a job.", "7f1c2a50-4a3e-4d5b-9c57-0b1e3f6a9d21"),
    "name": ("The name of a kind of document, with or without its version.", "backtest"),
}
"""What the variable parts of URLs mean, and an example of each."""

QUESTIONS: dict[str, Any] = {
    "create_backtest": {
        "symbol": "AAPL",
        "rule": "ma_crossover",
        "fast": 50,
        "slow": 200,
        "start": "2003-03-01",
    },
    "create_forecast": {"symbol": "AAPL", "horizon": 30},
    "create_evaluation": {"symbol": "AAPL", "years": 10},
    "create_universe": {"symbols": ["AAPL", "IBM"], "fast": [10, 20, 50], "slow": [100, 200]},
    "create_sweep": {
        "symbol": "AAPL",
        "fast": {"start": 5, "stop": 50, "step": 5},
        "slow": [50, 100, 150, 200],
    },
}
"""An example of each question that is posted."""

ERRORS: dict[HTTPStatus, str] = {
    HTTPStatus.UNAUTHORIZED: "No login and no token, or a token that is unknown, revoked or expired.",
    HTTPStatus.FORBIDDEN: "The user, or the scope of the token, lacks permission.",
    HTTPStatus.NOT_FOUND: "Nothing is stored under this name.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than any request needs.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "The request cannot be carried out as asked; `errors` names each field.",
    HTTPStatus.TOO_MANY_REQUESTS: "The budget of this minute is used up. Retry-After says when to retry.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Something that this needs is away or busy. Try again after Retry-After.",
}

HEADERS: dict[str, Any] = {
    "ETag": {
        "description": "Strong tag of these bytes. Send it back as If-None-Match.",
        "schema": {"type": "string"},
    },
    "Location": {"description": "Address of what was made or queued.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds after which to ask again.", "schema": {"type": "integer"}},
}

DESCRIPTION = """\
Daily bars, backtests of moving-average rules, sweeps over their parameters, and forecasts of the next
sessions.

**Questions and answers.** A question is posted with its parameters; its answer is a document under an `id`
that is a hash of question, data and engine. Asking the same again answers 200 with the same document
instead of 201.

**Units.** Prices and amounts are in the instrument's currency, returns and shares of a whole are fractions
(0.1 is 10 %), dates are `YYYY-MM-DD`, moments are UTC. What is undefined is null, and the document says why.
The JSON Schemas of all documents are at `/api/v1/schemas`.

**Who asks.** Send an API token as `Authorization: Bearer ...`; the Account page makes tokens. The session of
a logged-in browser is enough too.

**Errors** are problem documents (RFC 9457). `errors` lists each wrong field, with a JSON pointer into the
body.

**Repeating.** Documents carry a strong `ETag` and answer 304 to `If-None-Match`. 202 comes with the
`Location` of a job: read it every `Retry-After` seconds. Lists come in pages: pass `next` of one as `cursor`
of the following one.
"""

TAGGED = {
    "read_backtest", "read_forecast", "read_sweep", "read_universe", "combined_json", "combined_pdf",
    "backtest_report", "forecast_report", "sweep_report", "read_schema", "read_evaluation", "read_scorecard",
}  # fmt: skip
"""Operations whose answers carry an entity tag."""


class HindcastAPI(NinjaAPI):
    """django-ninja's API with a complete description."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the operation's name in generated clients: that of its function."""
        return operation.view_func.__name__

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> Any:
        """Return the OpenAPI document; it is put together once in a process."""
        prefix = self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
        return _described(self, prefix)


@cache
def _described(api: HindcastAPI, prefix: str) -> dict[str, Any]:
    document: dict[str, Any] = NinjaAPI.get_openapi_schema(api, path_prefix=prefix)
    for path, operations in document["paths"].items():
        route = re.sub(
            r"{(\w+)}", r"<\1>", "/" + path.removeprefix(f"/{prefix}".replace("//", "/")).lstrip("/")
        )
        for method, operation in operations.items():
            _complete(operation, OPERATIONS.get(f"{method.upper()} {route}", Policy()))
    document["components"]["schemas"].update(_schemas_of_problems())
    for schema in document["components"]["schemas"].values():
        _without_defaults_of_objects(schema)
    return document


def _without_defaults_of_objects(schema: dict[str, Any]) -> None:
    """Leave out defaults that are objects: their fields have their own, and generators refuse them."""
    for field in schema.get("properties", {}).values():
        if isinstance(field.get("default"), dict):
            del field["default"]


def _complete(operation: dict[str, Any], policy: Policy) -> None:
    for parameter in operation["parameters"]:
        meaning, example = EXAMPLES.get(parameter["name"], ("", None))
        if parameter["in"] == "path":
            parameter.update(description=meaning, example=example)
        elif parameter["name"] == "symbol":
            parameter["example"] = example
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body is not None and operation["operationId"] in QUESTIONS:
        body["example"] = QUESTIONS[operation["operationId"]]
    operation["responses"] = {HTTPStatus(int(key)): value for key, value in operation["responses"].items()}
    _add_rights(operation, policy)
    _add_headers(operation)
    for status in _errors_of(operation):
        operation["responses"].setdefault(status, _problem(status))


def _add_rights(operation: dict[str, Any], policy: Policy) -> None:
    scope = policy.scope or Scope.READ
    rights = f"Needs a token with the scope `{scope}` or wider" + (
        ", of a member of staff." if policy.staff else "."
    )
    operation["description"] = f"{operation.get('description', '')}\n\n{rights}".strip()


def _add_headers(operation: dict[str, Any]) -> None:
    responses, name = operation["responses"], operation["operationId"]
    if HTTPStatus.ACCEPTED in responses:
        responses[HTTPStatus.ACCEPTED]["headers"] = _headers("Location", "Retry-After")
    if name in QUESTIONS:
        for status in {HTTPStatus.OK, HTTPStatus.CREATED} & responses.keys():
            responses[status]["headers"] = _headers("ETag", "Location")
    if name in TAGGED:
        tag = _headers("ETag")
        responses[HTTPStatus.OK]["headers"] = tag
        responses[HTTPStatus.NOT_MODIFIED] = {
            "description": "Not modified.",
            "headers": tag,
        }


def _headers(*names: str) -> dict[str, Any]:
    return {name: HEADERS[name] for name in names}


def _errors_of(operation: dict[str, Any]) -> list[HTTPStatus]:
    asks = bool(operation["parameters"]) or "requestBody" in operation
    found = [HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS]
    if any(parameter["in"] == "path" for parameter in operation["parameters"]):
        found.append(HTTPStatus.NOT_FOUND)
    if asks:
        found.append(HTTPStatus.UNPROCESSABLE_ENTITY)
    if "requestBody" in operation:
        found.append(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return sorted([*found, HTTPStatus.SERVICE_UNAVAILABLE])


def _problem(status: HTTPStatus) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": ERRORS[status],
        "content": {
            PROBLEM_JSON: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "example": _example_of(status),
            }
        },
    }
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        response["headers"] = {"Retry-After": HEADERS["Retry-After"]}
    return response


def _example_of(status: HTTPStatus) -> dict[str, Any]:
    example: dict[str, Any] = {
        "type": "about:blank", "title": status.phrase, "status": int(status), "detail": ERRORS[status],
    }  # fmt: skip
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        wrong = "The slow window must be longer than the fast one, 50 bars."
        example |= {
            "detail": f"slow: {wrong}",
            "errors": [{"pointer": "/slow", "field": "slow", "detail": wrong}],
        }
    return example


def _schemas_of_problems() -> dict[str, Any]:
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    return {**schema.pop("$defs"), "Problem": schema}
