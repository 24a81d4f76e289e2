"""Check what an agent sends before it becomes a part of a URL."""

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from mcp.server.fastmcp.exceptions import ToolError
from pydantic import Field

from core.document_ids import is_document_id
from core.errors import InvalidInput
from ingestion.symbols import parse_symbol

type Values = float | list[float] | dict[str, float]

SymbolText = Annotated[str, Field(max_length=40, description="Ticker symbol of a stored instrument.")]
RunId = Annotated[str, Field(max_length=64, description="The `id` of a stored result.")]
Options = Annotated[
    dict[str, Any] | None,
    Field(description="Other parameters by name, as the API's JSON Schema has them, such as stop_loss."),
]
SweptValues = Annotated[
    Values | None,
    Field(description="One number, a list, or {start, stop, step}; null: the site's default range."),
]


def symbol_path(text: str) -> str:
    """Return a symbol as a part of a path; raises ToolError for what is none."""
    try:
        return quote(parse_symbol(text), safe="")
    except InvalidInput as error:
        raise ToolError(error.message) from None


def id_path(text: str) -> str:
    """Return an id as a part of a path; raises ToolError for what is none."""
    if not is_document_id(text):
        raise ToolError("This is no id of a result. Take `id` of a run, a sweep or a forecast as it is.")
    return text


def job_path(text: str) -> str:
    """Return a job's id as a part of a path; raises ToolError for what is none."""
    try:
        return str(UUID(text))
    except ValueError:
        raise ToolError("This is no id of a job. Take `job` of an answer as it is.") from None


def question_of(symbol: str, options: dict[str, Any] | None, **given: Any) -> dict[str, Any]:
    """Return the request: what is given by name goes before the other parameters; null is left out."""
    named = {name: value for name, value in given.items() if value is not None}
    return {**(options or {}), **named, "symbol": symbol}
