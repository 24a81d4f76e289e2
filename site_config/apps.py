"""The app of the site itself."""

from django.apps import AppConfig
from django.conf import settings


class SiteConfig(AppConfig):
    """Settings, URLs, start and health."""

    name = "site_config"
    verbose_name = "Site"

    def ready(self) -> None:
        """Register the checks of production settings; start the reports that the settings ask for."""
        from site_config import checks  # noqa: F401 - importing registers
        from site_config.access import audit_signals  # noqa: F401 - as above

        if settings.SENTRY_DSN:
            from site_config.observability.sentry import start_error_reports

            start_error_reports(settings.SENTRY_DSN)
