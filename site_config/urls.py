"""Every URL of the site."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import include, path

from site_config.access.login import Login, login_of_administration
from site_config.api import api
from site_config.observability.health import livez, readyz
from site_config.observability.metrics import metrics

handler404 = "site_config.errors.page_not_found"
handler500 = "site_config.errors.server_error"

urlpatterns = [
    path("livez", livez, name="livez"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("login/", Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    # Before the administration's own page, so that all logins are throttled.
    path(f"{settings.ADMIN_PATH}/login/", login_of_administration),
    path(f"{settings.ADMIN_PATH}/", admin.site.urls),
    path("api/v1/", api.urls),
    path("", include("dashboard.urls")),
]
