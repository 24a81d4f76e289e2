"""What a visitor or a client sees when something goes wrong."""

import logging
import sys
from collections.abc import Callable
from functools import lru_cache
from http import HTTPStatus
from typing import Annotated, Any, Self

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from pydantic import BaseModel, Field
from pydantic import ValidationError as PydanticValidationError

from core.context import current_request_id
from core.errors import FieldError, HindcastError, TooManyRequests, Unavailable, field_errors, problems_of

logger = logging.getLogger(__name__)

AWAY = (OperationalError, InterfaceError)
"""What the database's absence raises: no connection, a lost one, no room, no response in time."""

DATABASE_AWAY = "The database does not answer just now. Nothing is lost; try again in a few seconds."
SECONDS_UNTIL_ANOTHER_TRY = 5


PROBLEM_JSON = "application/problem+json"

NO_SUCH_URL = "Nothing is at this URL. /api/v1/docs lists every operation."
FOR_PAGES_ONLY = "This URL takes forms of its own pages only. Programs use the operations of /api/v1/docs."


class ProblemError(BaseModel):
    """One thing wrong with one field of a request."""

    pointer: Annotated[
        str, Field(description="JSON pointer (RFC 6901) into the body; empty: the body as a whole.")
    ]
    field: Annotated[str, Field(description="Name of the field, or of the parameter of the URL.")]
    detail: Annotated[str, Field(description="What is wrong with it, and what is possible.")]
    line: Annotated[int | None, Field(description="Line of a text, from 1, where it is wrong.")] = None
    column: Annotated[int | None, Field(description="Column of that line, from 1.")] = None

    @classmethod
    def of(cls, error: FieldError) -> Self:
        """Return the published form of `error`."""
        pointer = "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in error.path)
        return cls(
            pointer=pointer, field=error.field, detail=error.message, line=error.line, column=error.column
        )


class Problem(BaseModel):
    """An error as RFC 9457 describes it: what went wrong, in words for people, and where."""

    type: Annotated[str, Field(description="about:blank: the status says what kind of problem it is.")]
    title: Annotated[str, Field(description="The phrase of the status.")]
    status: Annotated[int, Field(description="The HTTP status.")]
    detail: Annotated[str, Field(description="The cause, and what to do next.")]
    errors: Annotated[
        list[ProblemError] | None, Field(description="Each wrong field, where the problem is about fields.")
    ] = None


def problem(status: int, detail: str, *, errors: list[FieldError] | None = None) -> HttpResponse:
    """Return an RFC 9457 problem document; `errors` point into the request's body by JSON pointer."""
    body = Problem(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=int(status),
        detail=detail,
        errors=[ProblemError.of(error) for error in errors] if errors else None,
    )
    return JsonResponse(body.model_dump(exclude_none=True), status=status, content_type=PROBLEM_JSON)


def generic_text() -> str:
    """Return the one sentence for errors that nobody foresaw."""
    return (
        "Something went wrong that Hindcast did not expect. "
        f"Reference {current_request_id()} finds the details in the log."
    )


def add_problem_handlers(api: NinjaAPI) -> None:
    """Register handlers that return every error as a problem document."""

    @api.exception_handler(HindcastError)
    def known(request: HttpRequest, error: HindcastError) -> HttpResponse:
        return _with_waiting_time(problem(error.status, error.message, errors=_errors_of(error)), error)

    @api.exception_handler(PydanticValidationError)
    def invalid_parameters(request: HttpRequest, error: PydanticValidationError) -> HttpResponse:
        return _invalid(field_errors(error))

    @api.exception_handler(ValidationError)
    def invalid_request(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return _invalid([problem for item in error.errors for problem in _problems_of(item)])

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return problem(HTTPStatus.NOT_FOUND, NO_SUCH_URL)

    @api.exception_handler(HttpError)
    def refused(request: HttpRequest, error: HttpError) -> HttpResponse:
        # django-ninja raises this for a body that is no JSON, with 400; here bad input is 422 always.
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "The body is not valid JSON. Send a JSON object.")

    @api.exception_handler(RequestDataTooBig)
    def too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
        return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is larger than any request needs.")

    _add_handlers_of_faults(api)


def _add_handlers_of_faults(api: NinjaAPI) -> None:
    """Register handlers of errors that are not the client's fault."""

    @api.exception_handler(OperationalError)
    @api.exception_handler(InterfaceError)
    def away(request: HttpRequest, error: Exception) -> HttpResponse:
        return database_is_away(request, error)

    @api.exception_handler(Exception)
    def unforeseen(request: HttpRequest, error: Exception) -> HttpResponse:
        logger.error("unforeseen error in the API", exc_info=error)
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, generic_text())


MOST_ERRORS = 20
"""What a response names of the wrong fields; a request may have thousands."""


def _invalid(errors: list[FieldError]) -> HttpResponse:
    named = errors[:MOST_ERRORS]
    fields: dict[str, list[str]] = {}
    for error in named:
        fields.setdefault(error.message, []).extend([error.field] if error.field else [])
    words = [f"{', '.join(names)}: {message}" if names else message for message, names in fields.items()]
    if more := len(errors) - len(named):
        words.append(f"And {more:,d} more.")
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, " ".join(words), errors=named)


def _errors_of(error: HindcastError) -> list[FieldError]:
    return [FieldError(field=error.field, message=error.message)] if error.field else []


NO_OBJECT = {"missing", "model_attributes_type", "model_type", "dict_type"}
"""Pydantic's types of error where the body as a whole is no object of fields."""


def _problems_of(item: dict[str, Any]) -> list[FieldError]:
    """Return the fields that an error is about.

    django-ninja puts `body` and the argument's name before them.
    """
    location = list(item["loc"])
    named = location[2:] if location[:1] == ["body"] and len(location) > 1 else location[1:]
    if not named and item["type"] in NO_OBJECT:
        return [
            FieldError(field="", message="Send a JSON object with the fields of the request as the body.")
        ]
    return problems_of(item, named)


class ErrorPageMiddleware:
    """Shows errors with a message for the user as a page; unforeseen ones go to Django's handler."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Handle the request; an unknown method returns a problem document too."""
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.path_info.startswith("/api/"):
            allowed = ", ".join(sorted(response.headers["Allow"].split(", ")))
            response = problem(
                HTTPStatus.METHOD_NOT_ALLOWED, f"{request.method} is not possible here. Use {allowed}."
            )
            response.headers["Allow"] = allowed
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the response to a HindcastError."""
        if isinstance(exception, AWAY):
            return database_is_away(request, exception)
        if not isinstance(exception, HindcastError):
            return None
        return known_error_answer(request, exception)


def known_error_answer(request: HttpRequest, error: HindcastError) -> HttpResponse:
    """Return an error whose words a person may read, as the asker wants it."""
    response = error_response(request, error.status, error.message, errors=_errors_of(error))
    return _with_waiting_time(response, error)


def unavailable_answer(request: HttpRequest, message: str) -> HttpResponse:
    """Return 503 and when to come again. Nothing here needs the database: it may be what is away."""
    if wants_json(request):
        response = problem(HTTPStatus.SERVICE_UNAVAILABLE, message)
    else:
        page = _unavailable_page(_error_template(request), message)
        response = HttpResponse(page, status=HTTPStatus.SERVICE_UNAVAILABLE)
    # Django would log each as an error, and a crowd that is shed would flood the log and Sentry.
    response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 - Django's own mark
    response.headers["Retry-After"] = str(SECONDS_UNTIL_ANOTHER_TRY)
    response.headers["Cache-Control"] = "no-store"
    return response


@lru_cache(maxsize=16)
def _unavailable_page(template: str, message: str) -> str:
    """Return the page, which is the same for everybody: a site that sheds has no time to render it again.

    Without the request, whose user and messages would have to be looked up.
    """
    return render_to_string(template, {"title": "Not available just now", "message": message})


def database_is_away(request: HttpRequest, error: BaseException) -> HttpResponse:
    """Return 503 for a database that is unavailable, full or too slow."""
    logger.error("the database does not serve: %s", error)
    return unavailable_answer(request, DATABASE_AWAY)


def _error_template(request: HttpRequest) -> str:
    return "errors/error.html#message" if request.headers.get("HX-Request") else "errors/error.html"


def _with_waiting_time(response: HttpResponse, error: HindcastError) -> HttpResponse:
    if isinstance(error, TooManyRequests | Unavailable) and error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def error_response(
    request: HttpRequest, status: int, message: str, *, errors: list[FieldError] | None = None
) -> HttpResponse:
    """Return the error as the asker wants it: a problem document, a page, or the page's partial to htmx."""
    if wants_json(request):
        return problem(status, message, errors=errors)
    context = {"status": int(status), "title": HTTPStatus(status).phrase, "message": message}
    return render(request, _error_template(request), context, status=status)


def wants_json(request: HttpRequest) -> bool:
    """Whether the asker prefers JSON; where only JSON is served, no preference means JSON."""
    view = request.resolver_match.func if request.resolver_match else None
    html_first, json_first = ["text/html", "application/json"], ["application/json", "text/html"]
    offered = json_first if getattr(view, "answers_json", False) else html_first
    return request.path_info.startswith("/api/") or request.get_preferred_type(offered) == "application/json"


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the page for an unknown URL."""
    if wants_json(request):
        return problem(HTTPStatus.NOT_FOUND, NO_SUCH_URL)
    return error_response(request, HTTPStatus.NOT_FOUND, "Page not found. Use the menu to continue.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return the page for a CSRF token that does not match: mostly a page left open for long."""
    logger.warning("CSRF check failed: %s", reason)
    if wants_json(request):
        return problem(HTTPStatus.FORBIDDEN, FOR_PAGES_ONLY)
    return error_response(
        request, HTTPStatus.FORBIDDEN, "This page is no longer valid. Reload it, then send the form again."
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Return the page for an unexpected error."""
    error = sys.exception()
    try:
        if isinstance(error, AWAY):  # raised outside of a view: by the session, or by the login
            return database_is_away(request, error)
        return error_response(request, HTTPStatus.INTERNAL_SERVER_ERROR, generic_text())
    except Exception:
        logger.exception("the page of an unforeseen error cannot be shown")
        return HttpResponse(generic_text(), content_type="text/plain; charset=utf-8", status=500)
