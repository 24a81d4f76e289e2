"""What a user has here: the runs they saved, the tokens of their programs, and their password."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.audit import AuditAction, record_action
from dashboard.charts.comparison import MOST_RUNS
from dashboard.confirmation import must_confirm, note_password
from dashboard.forms.account import NewPasswordForm, TokenForm
from dashboard.history.listing import saved_entries
from dashboard.tokens import revoke_all_tokens, revoke_token, tokens_of
from dashboard.usage import usage_of
from dashboard.views.htmx import HtmxRequest, render_page, user_of, wants_partial

PAGE = "account/page.html"


@require_safe
@never_cache
def account(request: HtmxRequest) -> HttpResponse:
    """Answer with the account of the user."""
    return _page(request, form=_empty_form(request))


@require_POST
@never_cache
def create_token(request: HtmxRequest) -> HttpResponse:
    """Make a token, and answer with its secret, this one time."""
    form = TokenForm(request.POST, user=user_of(request), asks_password=must_confirm(request))
    issued = form.issued()
    if issued is None:
        return _page(request, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if form.fields.get("password"):
        note_password(None, request=request)
    return _page(request, form=_empty_form(request), issued=issued, status=HTTPStatus.CREATED)


@require_POST
def delete_token(request: HtmxRequest, token_id: int) -> HttpResponse:
    """Revoke a token of the user."""
    revoke_token(user_of(request), token_id)
    return _page(request, form=_empty_form(request)) if request.htmx else redirect("account")


def _empty_form(request: HtmxRequest) -> TokenForm:
    return TokenForm(user=user_of(request), asks_password=must_confirm(request))


def _page(request: HtmxRequest, *, status: int = HTTPStatus.OK, **context: Any) -> HttpResponse:
    """Answer with the page, or to htmx with the tokens alone."""
    user = user_of(request)
    context |= {"tokens": tokens_of(user)}
    if not wants_partial(request):
        context |= {"usage": usage_of(user), "runs_kept_days": settings.RUNS_KEPT_DAYS}
        context |= {"saved_runs": saved_entries(user), "most_runs": MOST_RUNS}
    return render_page(request, PAGE, context, partial="tokens", status=status)


class ChangePassword(PasswordChangeView):
    """Changes the password; every other session of the user ends, and their tokens unless they keep them."""

    form_class = NewPasswordForm
    template_name = "account/password.html"
    success_url = reverse_lazy("account")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        """Change the password, and revoke the tokens where asked to."""
        response = super().form_valid(form)
        record_action(AuditAction.PASSWORD_CHANGED, user=form.user)
        if form.cleaned_data["revoke_tokens"]:
            revoke_all_tokens(form.user)
        return response
