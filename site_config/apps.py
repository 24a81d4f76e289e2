"""The app of the site itself."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Settings, addresses, start and health."""

    name = "site_config"
    verbose_name = "Site"

    def ready(self) -> None:
        """Register the check of production settings."""
        from site_config import checks  # noqa: F401 - importing registers
