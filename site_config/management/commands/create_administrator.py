"""`manage.py create_administrator`: the first account of a site."""

import sys
from getpass import getpass
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError

from site_config.environment import Environment

HOW = (
    "Nobody can log in yet. Make the first account with `manage.py create_administrator`, or set "
    "ADMINISTRATOR_PASSWORD and start again."
)


class Command(BaseCommand):
    """Make an administrator where there is none; a password is given, never invented and never a default."""

    help = "Makes the first administrator, from ADMINISTRATOR_NAME and ADMINISTRATOR_PASSWORD or by asking."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the account, unless an administrator exists."""
        if administrator_exists():
            self.stdout.write("There is an administrator already; nothing was changed.")
            return
        environment = Environment()
        password = environment.administrator_password
        create_administrator(
            environment.administrator_name, _ask() if password is None else password.get_secret_value()
        )
        self.stdout.write(f"Made the administrator “{environment.administrator_name}”.")


def administrator_exists() -> bool:
    """Whether somebody can log in who may do everything."""
    superusers = User.objects.filter(is_superuser=True, is_active=True)
    return any(user.has_usable_password() for user in superusers)


def create_administrator(name: str, password: str) -> None:
    """Make the account; raises CommandError for a password that the site's rules refuse."""
    user = User(username=name, is_staff=True, is_superuser=True)
    try:
        user.full_clean(exclude=["password"])
        validate_password(password, user)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from None
    user.set_password(password)
    try:
        user.save()
    except IntegrityError:
        raise CommandError(f"There is a user “{name}” already. Choose another ADMINISTRATOR_NAME.") from None


def _ask() -> str:
    if not sys.stdin.isatty():
        raise CommandError(
            "Set ADMINISTRATOR_PASSWORD, or run this in a terminal, which asks for a password."
        )
    password = getpass("Password: ")
    if getpass("Again: ") != password:
        raise CommandError("The two passwords differ.")
    return password
