"""Who a request belongs to, and where a visitor without a login is sent."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.functional import SimpleLazyObject
from django_htmx.http import HttpResponseClientRedirect

from core.context import set_user_id
from core.errors import HindcastError, NotAllowed
from core.permissions import Scope, require_staff, token_scope
from dashboard.tokens import token_with_secret
from site_config.access.identity import LOCAL_USER, bearer_secret, is_left_over
from site_config.access.policies import API_REQUESTS, Policy, policy_of
from site_config.errors import known_error_answer, problem, wants_json

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
OURS = {"none", "same-origin"}
"""What a browser says in Sec-Fetch-Site of a request that the user or our own page made."""


def _local_user() -> AbstractBaseUser:
    """Return the user who owns a developer's machine; nobody can log in with it."""
    users = get_user_model()
    user, created = users.objects.get_or_create(
        username=LOCAL_USER, defaults={"is_staff": True, "is_superuser": True}
    )
    if created:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user


class TokenMiddleware:
    """A request with `Authorization: Bearer` belongs to the token's user, as far as its scope reaches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Handle the request; the token is checked once its URL is resolved."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponseBase | None:
        """Set user and scope; return 401 for an invalid token, with or without a session."""
        secret = bearer_secret(request)
        if secret is None or policy_of(request).public:
            return None
        token = token_with_secret(secret)
        if token is None or is_left_over(token.user):
            return _unauthorized(
                "This token is unknown, revoked or expired. Make a new one on the Account page."
            )
        request.user = token.user
        request.token_scope = Scope(token.scope)  # type: ignore[attr-defined]  # read by core.permissions
        return None


class LocalUserMiddleware:
    """With LOCAL_USER, a visitor without a login is the local user."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not settings.LOCAL_USER:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Set the user where the session names none."""
        if not request.user.is_authenticated:
            request.user = SimpleLazyObject(_local_user)  # type: ignore[assignment]  # as Django itself does
        return self.get_response(request)


class SameSiteMiddleware:
    """Refuses requests to the API that another site's page made the browser send.

    The API takes no form token, since its clients are programs, and a session cookie or, on a
    developer's machine, nothing at all is enough for it. A browser always says where a changing
    request comes from; a program says nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return 403 for a changing request from another site."""
        changes = request.path_info.startswith("/api/") and request.method not in SAFE_METHODS
        if changes and _is_from_elsewhere(request):
            return problem(HTTPStatus.FORBIDDEN, "Another site's page sent this request. Send it from here.")
        return self.get_response(request)


def _is_from_elsewhere(request: HttpRequest) -> bool:
    if request.headers.get("Sec-Fetch-Site", "none") not in OURS:
        return True
    origin = request.headers.get("Origin")
    return origin is not None and origin != f"{request.scheme}://{request.get_host()}"


class LoginMiddleware(LoginRequiredMiddleware):
    """Requires a login, responds in the client's format, and applies the site's policies."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Reject requests without a login, a permission or budget left."""
        policy = policy_of(request)
        if policy.public:
            return None
        redirect = super().process_view(request, view_func, view_args, view_kwargs)
        if redirect is not None:
            return _login_answer(request, redirect)
        set_user_id(request.user.pk)
        request.known_username = request.user.get_username()  # type: ignore[attr-defined]  # for the request log
        try:
            _require(request, policy)
        except HindcastError as error:
            return known_error_answer(request, error)
        return None

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Let no shared cache keep what was meant for one user."""
        # An unknown URL gets a page too, which names its reader.
        if request.resolver_match is None or not policy_of(request).public:
            response.headers.setdefault("Cache-Control", "private")
        return response


def _login_answer(request: HttpRequest, redirect: HttpResponseBase) -> HttpResponseBase:
    """Redirect a page; tell htmx to redirect the whole page; return 401 to an API client."""
    if wants_json(request):
        return _unauthorized(
            "Log in first, or send an API token as “Authorization: Bearer …”. The Account page makes tokens."
        )
    if request.method not in SAFE_METHODS:
        # The form cannot be sent again after the login; the page that it stood on can be shown.
        redirect = redirect_to_login(urlsplit(request.headers.get("HX-Current-URL", "")).path or "/")
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(redirect["Location"])
    return redirect


def _require(request: HttpRequest, policy: Policy) -> None:
    """Raise NotAllowed or TooManyRequests where the policy does not let the request through."""
    scope = token_scope(request)
    if scope is not None:
        _require_scope(scope, policy)
    if policy.staff:
        require_staff(request)
    if settings.LOCAL_USER:
        return
    owner = f"user:{request.user.pk}"
    if request.path_info.startswith("/api/"):
        API_REQUESTS.consume(owner)
    if policy.budget is not None:
        policy.budget.consume(owner)


def _require_scope(scope: Scope, policy: Policy) -> None:
    if policy.scope is None:
        raise NotAllowed("This address is for a browser with a login. Tokens open the API and the exports.")
    if not scope.includes(policy.scope):
        raise NotAllowed(f"This needs a token with the scope “{policy.scope}”; yours has “{scope}”.")


def _unauthorized(detail: str) -> HttpResponse:
    response = problem(HTTPStatus.UNAUTHORIZED, detail)
    response["WWW-Authenticate"] = "Bearer"
    return response
