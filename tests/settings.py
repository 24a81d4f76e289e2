"""Settings of the tests: those of production, whatever the developer's own environment says."""

import os

os.environ.update(
    DJANGO_DEBUG="False",
    LOCAL_USER="False",
    BEHIND_TLS="False",
    ALLOWED_HOSTS="testserver,localhost,127.0.0.1",
    ALPHA_VANTAGE_API_KEY="",
    # Nothing listens there; tests of the provider start a server of their own.
    ALPHA_VANTAGE_BASE_URL="http://127.0.0.1:9/query",
)

from site_config.settings import *  # noqa: F403 - the variables above must come first

# Production's storage asks for a manifest that `collectstatic` writes; its slow password hashes
# would cost each test a quarter of a second.
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_AUTOREFRESH = True
REPORTS_WAIT_FOR_A_WORKER = 0  # there is none
ROOM_IS_KNOWN_FOR = 0  # each test has as much room as it says
