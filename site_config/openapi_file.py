"""Print the API's own description as JSON: `python -m site_config.openapi_file`."""

import json
import os
import sys

import django


def main() -> None:
    """Print it; no database is asked."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_config.settings")
    django.setup()
    from site_config.api import api

    json.dump(api.get_openapi_schema(), sys.stdout)


if __name__ == "__main__":
    main()
