"""Logging in: the form, its page, and how often it may be tried."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, redirect_to_login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables

from core.audit import AuditAction
from core.errors import TooManyRequests
from core.rate_limits import Budget
from site_config.access.audit_signals import record_failed_login
from site_config.access.client_ip import client_network
from site_config.access.known_devices import COOKIE, is_known_device, remember_device

ACTION = "attempts to log in"
OF_NAME_FROM_ADDRESS = Budget(name="login", action=ACTION, burst=5, per_minute=1)
FROM_ADDRESS = Budget(name="login-address", action=ACTION, burst=30, per_minute=6)
OF_NAME_ON_DEVICE = Budget(name="login-device", action=ACTION, burst=5, per_minute=1)
OF_NAME = Budget(name="login-name", action=ACTION, burst=60, per_minute=2)
"""From everywhere at once; so generous that guessing elsewhere does not lock the owner out for long."""


class LoginForm(AuthenticationForm):
    """Authenticates by name and password, with a limit on attempts."""

    remember = forms.BooleanField(
        label="Keep me logged in on this device for two weeks", required=False, initial=False
    )

    error_messages = {
        "invalid_login": "Wrong username or password. Both are case-sensitive.",
        "inactive": "This account is switched off. Ask an administrator of this site.",
    }

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        """Check the password, unless it was tried too often; a right one gives the attempts back."""
        attempts = self._attempts()
        try:
            for budget, owner in attempts:
                budget.consume(owner)
        except TooManyRequests as refusal:
            record_failed_login(AuditAction.LOGIN_THROTTLED, str(self.cleaned_data.get("username", "")))
            raise ValidationError(refusal.message, code="throttled") from None
        cleaned: dict[str, Any] = super().clean()
        for budget, owner in attempts[:1]:
            budget.reset(owner)
        return cleaned

    def _attempts(self) -> Sequence[tuple[Budget, str]]:
        """Return what the attempt draws on: less where the user has logged in with this browser before."""
        username = str(self.cleaned_data.get("username", ""))
        # Names are hashed: what people type into this field is now and then their password.
        name = sha256(username.casefold().encode()).hexdigest()[:32]
        if self.request and is_known_device(self.request, username):
            # Others' guesses, from the same office or elsewhere, do not lock out who has been here before.
            return ((OF_NAME_ON_DEVICE, f"{name}@{self.request.COOKIES[COOKIE][-40:]}"),)
        address = client_network(self.request) if self.request else ""
        return ((OF_NAME_FROM_ADDRESS, f"{name}@{address}"), (FROM_ADDRESS, address), (OF_NAME, name))


@method_decorator(never_cache, name="dispatch")
class Login(LoginView):
    """The login page; a throttled attempt is answered with 429."""

    authentication_form = LoginForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form; send on who is logged in already, unless they came to log in as somebody else."""
        if request.user.is_authenticated and "next" not in request.GET:
            return redirect(self.get_default_redirect_url())
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Log in for a working day, or for as long as the settings say when asked to."""
        response = super().form_valid(form)
        if not form.cleaned_data["remember"]:
            self.request.session.set_expiry(settings.SESSION_SECONDS_UNREMEMBERED)
        remember_device(response, form.get_user())
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Show the form with its messages: 429 when it was tried too often, otherwise 422."""
        response = super().form_invalid(form)
        response.status_code = 429 if form.has_error("__all__", "throttled") else 422
        return response


@login_not_required
def login_of_administration(request: HttpRequest) -> HttpResponse:
    """Send on to the login page of the site."""
    return redirect_to_login(request.GET.get("next", f"/{settings.ADMIN_PATH}/"))
