"""The app that all other apps stand on."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Errors, documents, responses, formatting, permissions and rate limits."""

    name = "core"
    verbose_name = "Shared parts"
