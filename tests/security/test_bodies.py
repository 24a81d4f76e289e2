"""Who may send more than a form holds, and where the site says that it begins."""

import pytest
import requests
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.permissions import Scope
from dashboard.tokens import issue_token
from site_config.middleware.request_bodies import MOST_BYTES
from tests.site import RunningSite

LARGE = b"date,close\n" + b" " * MOST_BYTES
IMPORT = "/api/v1/instruments/LARGE/import"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/login/", "/backtests/", "/api/v1/backtests", "/nowhere/"])
def test_nobody_sends_a_file_where_none_belongs(operator: Client, path: str) -> None:
    refused = operator.post(path, {"file": SimpleUploadedFile("file.csv", LARGE)})
    assert refused.status_code == 413


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/data/import/", IMPORT])
def test_only_staff_send_files(visitor: Client, reader: Client, path: str) -> None:
    for client in (visitor, reader):
        refused = client.post(path, {"file": SimpleUploadedFile("file.csv", LARGE)})
        assert refused.status_code == 401


@pytest.mark.django_db
def test_staff_send_files_by_page_and_by_token(operator: Client, staff: User, visitor: Client) -> None:
    page = operator.post("/data/import/", {"file": SimpleUploadedFile("file.csv", LARGE)})
    assert page.status_code == 422  # received, read, and found to be no prices
    for scope, status in ((Scope.MANAGE, 422), (Scope.RUN, 401)):
        secret = issue_token(staff, name=scope, scope=scope).secret
        sent = visitor.post(
            IMPORT, LARGE, content_type="text/csv", headers={"Authorization": f"Bearer {secret}"}
        )
        assert sent.status_code == status


def test_a_header_does_not_move_the_site_elsewhere(site: RunningSite) -> None:
    moved = requests.get(f"{site.address}/x/api/v1/quota", headers={"SCRIPT_NAME": "/x"}, timeout=30)
    assert moved.status_code == 404
