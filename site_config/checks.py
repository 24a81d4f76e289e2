"""What `manage.py check --deploy` says of our own settings."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security, deploy=True)
def no_open_site(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Refuse a production in which everybody may do everything."""
    if not settings.LOCAL_USER:
        return []
    return [
        Error(
            "Everybody may do everything without a login.",
            hint="Unset LOCAL_USER and DJANGO_DEBUG.",
            id="hindcast.E001",
        )
    ]
