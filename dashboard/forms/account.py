"""The forms of the account page: making an API token, changing the password."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.models import AbstractBaseUser

from core.errors import InvalidInput, TooManyRequests
from core.permissions import Scope
from dashboard.confirmation import is_confirmed
from dashboard.tokens import IssuedToken, issue_token

SCOPES = {
    Scope.READ: "Read",
    Scope.RUN: "Read and run",
    Scope.MANAGE: "Read, run and manage data",
}
LIFETIMES = (("30", "30 days"), ("90", "90 days"), ("365", "a year"), ("", "until it is revoked"))


class TokenForm(forms.Form):
    """Asks what a token is for, how far it reaches and how long it works."""

    name = forms.CharField(
        label="What is it for?",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "notebook on my laptop"}),
        error_messages={"required": "Name the program or machine that will use it."},
    )
    scope = forms.ChoiceField(label="It may", initial=Scope.RUN.value)
    days = forms.ChoiceField(label="It works for", choices=LIFETIMES, initial="90", required=False)
    password = forms.CharField(
        label="Your password",
        help_text="Asked for again, as a token works after you have logged out.",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Type your password."},
    )
    use_required_attribute = False

    def __init__(
        self, *args: Any, user: AbstractBaseUser, asks_password: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not asks_password:
            del self.fields["password"]
        offered = [scope for scope in SCOPES if scope != Scope.MANAGE or getattr(user, "is_staff", False)]
        field = self.fields["scope"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - as declared above
        field.choices = [(scope.value, SCOPES[scope]) for scope in offered]

    def clean_password(self) -> str:
        """Refuse a wrong password, and any after too many of them."""
        password: str = self.cleaned_data["password"]
        try:
            if is_confirmed(self.user, password):
                return password
        except TooManyRequests as refusal:
            raise forms.ValidationError(refusal.message) from None
        raise forms.ValidationError("This is not your password.")

    def issued(self) -> IssuedToken | None:
        """Return the new token; None, with messages at the fields, when it cannot be made."""
        if not self.is_valid():
            return None
        days = self.cleaned_data["days"]
        try:
            return issue_token(
                self.user,
                name=self.cleaned_data["name"],
                scope=Scope(self.cleaned_data["scope"]),
                lifetime=timedelta(days=int(days)) if days else None,
            )
        except InvalidInput as error:
            self.add_error(error.field, error.message)
            return None


class NewPasswordForm(PasswordChangeForm):
    """Asks for the old and the new password, and what is to become of the tokens."""

    revoke_tokens = forms.BooleanField(
        label="Revoke my API tokens too",
        help_text="Leave this on where somebody else may have known the old password.",
        initial=True,
        required=False,
    )
