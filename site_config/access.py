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

from site_config.errors import problem, wants_json

LOCAL_USER = "local"
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


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
        """Answer 403 to a changing request from elsewhere."""
        changes = request.path.startswith("/api/") and request.method not in SAFE_METHODS
        if changes and _is_from_elsewhere(request):
            return problem(HTTPStatus.FORBIDDEN, "Another site's page sent this request. Send it from here.")
        return self.get_response(request)


def _is_from_elsewhere(request: HttpRequest) -> bool:
    origin = request.headers.get("Origin")
    if origin is None:
        return False
    return origin != f"{request.scheme}://{request.get_host()}"


class LoginMiddleware(LoginRequiredMiddleware):
    """Django's login requirement, answered in the form that the asker understands."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Redirect a page; tell htmx to redirect the whole page; answer an API client with 401."""
        redirect = super().process_view(request, view_func, view_args, view_kwargs)
        if redirect is None:
            return None
        if wants_json(request):
            return _unauthorized()
        if request.method not in SAFE_METHODS:
            # The form cannot be sent again after the login; the page that it stood on can be shown.
            redirect = redirect_to_login(urlsplit(request.headers.get("HX-Current-URL", "")).path or "/")
        if request.headers.get("HX-Request"):
            return HttpResponseClientRedirect(redirect["Location"])
        return redirect


def _unauthorized() -> HttpResponse:
    answer = problem(HTTPStatus.UNAUTHORIZED, "Log in first: the API takes the session of a logged-in user.")
    answer["WWW-Authenticate"] = "Session"
    return answer
