"""Import every module that the site uses, so that its bytecode is in the image.

The container's file system is read-only: what is not compiled at build is compiled at each start. Only what
is imported here gets bytecode; compiling all that is installed would double the packages' size.
"""

import importlib
import pkgutil
import sys
from pathlib import Path

import django

OUR_PACKAGES = ("core", "jobs", "ingestion", "strategies", "forecasting", "dashboard", "site_config")
IMPORTED_WHERE_USED = (
    "bokeh.plotting",
    "django_q.cluster",
    "django_q.brokers.orm",
    "exchange_calendars",
    "gunicorn.app.wsgiapp",
    "gunicorn.workers.gthread",
    "numba",
    "pandas",
    "psycopg",
    "sklearn.linear_model",
    "sklearn.pipeline",
    "sklearn.preprocessing",
    "weasyprint",
    "xlsxwriter",
)
EMBEDDED_SERVER = ("site_config.database.embedded_postgres", "site_config.server.run")
"""A development machine's own parts, whose packages are not in the image."""


def main() -> None:
    """Import the site as its processes do."""
    sys.path.insert(0, str(Path.cwd()))
    django.setup()
    for name in (*IMPORTED_WHERE_USED, *_our_modules()):
        importlib.import_module(name)


def _our_modules() -> list[str]:
    return [
        module.name
        for package in OUR_PACKAGES
        for module in pkgutil.walk_packages([package], prefix=f"{package}.")
        if ".tests" not in module.name and not module.name.startswith(EMBEDDED_SERVER)
    ]


if __name__ == "__main__":
    main()
