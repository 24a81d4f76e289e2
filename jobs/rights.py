"""Who may change what all users share."""

from django.http import HttpRequest

from jobs.errors import NotAllowed


def require_staff(request: HttpRequest) -> None:
    """Raise NotAllowed unless the user is staff.

    Only staff spend the provider's quota, change market data, train models and stop jobs.
    """
    if not getattr(request.user, "is_staff", False):
        raise NotAllowed("Only staff may do this. Ask an administrator of this site to do it for you.")
