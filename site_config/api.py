"""The API under /api/v1, put together from the apps' routers."""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any, get_args

from django.conf import settings
from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer
from pydantic import BaseModel

from core.errors import InvalidInput
from dashboard.api import router as reports_router
from forecasting.api import evaluations_router, forecasts_router, models_router, scorecards_router
from ingestion.api import quota_router
from ingestion.api import router as instruments_router
from jobs.api import router as jobs_router
from site_config.errors import add_problem_handlers
from site_config.openapi import DESCRIPTION, HindcastAPI
from strategies.backtests.api import router as backtests_router
from strategies.records.api import router as records_router
from strategies.sweeps.api import router as sweeps_router
from strategies.universes.api import router as universes_router


def _who(request: HttpRequest) -> Any:
    """Return the user whom the middleware found: a token and a session are one and the same here."""
    return request.user if request.user.is_authenticated else None


class Token(HttpBearer):
    """An API token in the header `Authorization: Bearer`."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Return the token's user."""
        return _who(request)


class Session(APIKeyCookie):
    """The session of a logged-in browser; another site's page is refused by SameSiteMiddleware."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        """Return the session's user."""
        return _who(request)


def _query_parameters(operation: Callable[..., Any]) -> frozenset[str]:
    """Return the names of an operation's parameters, those of a model of queries one by one."""
    names: set[str] = set()
    for name, parameter in signature(operation).parameters.items():
        model = next(iter(get_args(parameter.annotation)), None)
        is_model = isinstance(model, type) and issubclass(model, BaseModel)
        names.update(model.model_fields if is_model and model is not None else {name})
    return frozenset(names)


def refuse_unknown_parameters(operation: Callable[..., Any]) -> Callable[..., Any]:
    """Make `operation` raise InvalidInput for query parameters that it does not have.

    A misspelt parameter that is ignored gives another result than the one that was requested.
    """
    known = _query_parameters(operation) - {"request", "response", "parameters"}

    @wraps(operation)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        for name in sorted(request.GET.keys() - known):
            in_url = request.resolver_match.kwargs if request.resolver_match else {}
            possible = ", ".join(sorted(known - in_url.keys())) or "none"
            raise InvalidInput(
                f"There is no query parameter “{name[:40]}”. Possible here: {possible}.", field=name[:40]
            )
        return operation(request, *args, **kwargs)

    return checked


api = HindcastAPI(
    auth=[Token(), Session(csrf=False)],
    title="Hindcast",
    version="1",
    description=DESCRIPTION,
)
add_problem_handlers(api)
api.add_decorator(refuse_unknown_parameters)
api.add_router("/instruments", instruments_router)
api.add_router("/quota", quota_router)
api.add_router("/backtests", backtests_router)
api.add_router("/sweeps", sweeps_router)
api.add_router("/universes", universes_router)
api.add_router("/records", records_router)
api.add_router("/models", models_router)
api.add_router("/forecasts", forecasts_router)
api.add_router("/evaluations", evaluations_router)
api.add_router("/scorecards", scorecards_router)
api.add_router("/jobs", jobs_router)
api.add_router("", reports_router)
