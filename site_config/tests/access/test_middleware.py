"""What holds for all addresses: expired sessions, other sites, the local user, staff."""

import pytest
from django.contrib.auth.models import User
from django.core.checks import run_checks
from django.test import Client, override_settings

from site_config.access.identity import LOCAL_USER


def test_an_expired_session_redirects_the_whole_page_of_an_htmx_request(visitor: Client) -> None:
    answer = visitor.get("/backtests/", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"].startswith("/login/?next=")


@pytest.mark.parametrize("address", ["/api/v1/instruments/AAPL/fetch", "/api/v1/models/AAPL/train"])
def test_only_staff_spend_quota_and_train_models(reader: Client, operator: Client, address: str) -> None:
    refused = reader.post(address)
    assert refused.status_code == 403
    assert "Only staff" in refused.json()["detail"]
    accepted = operator.post(address)
    assert accepted.status_code == 202
    assert accepted["Location"] == f"/api/v1/jobs/{accepted.json()['id']}"


@pytest.mark.django_db
def test_on_a_developers_machine_a_visitor_is_the_local_user_who_has_no_password(visitor: Client) -> None:
    with override_settings(LOCAL_USER=True):
        assert Client().get("/backtests/").status_code == 200
    assert visitor.get("/backtests/").status_code == 302
    local = User.objects.get(username=LOCAL_USER)
    assert local.is_staff
    assert not local.has_usable_password()


def test_only_staff_cancel_the_jobs_of_others(reader: Client, operator: Client) -> None:
    job = operator.post("/api/v1/instruments/AAPL/fetch").json()["id"]
    assert reader.post(f"/api/v1/jobs/{job}/cancel").status_code == 403
    assert reader.get(f"/api/v1/jobs/{job}").json()["state"] == "queued"
    assert operator.post(f"/api/v1/jobs/{job}/cancel").json()["state"] == "cancelled"


@pytest.mark.parametrize(
    ("origin", "status"),
    [(None, 200), ("http://testserver", 200), ("https://evil.example", 403), ("null", 403)],
)
def test_another_sites_page_cannot_use_the_api(operator: Client, origin: str | None, status: int) -> None:
    question = '{"symbol": "AAPL"}'
    operator.post("/api/v1/backtests", question, content_type="application/json")
    # A form of another site can send JSON as plain text, without the browser asking first.
    answer = operator.post(
        "/api/v1/backtests", question, content_type="text/plain", headers={"Origin": origin} if origin else {}
    )
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("site", "status"), [("none", 200), ("same-origin", 200), ("same-site", 403), ("cross-site", 403)]
)
def test_what_a_browser_says_of_where_a_request_comes_from_is_heeded(
    operator: Client, site: str, status: int
) -> None:
    operator.post("/api/v1/backtests", '{"symbol": "AAPL"}', content_type="application/json")
    answer = operator.post(
        "/api/v1/backtests",
        '{"symbol": "AAPL"}',
        content_type="application/json",
        headers={"Sec-Fetch-Site": site},
    )
    assert answer.status_code == status


@pytest.mark.parametrize(("local_user", "findings"), [(True, ["hindcast.E001"]), (False, [])])
def test_an_open_site_does_not_pass_the_check_of_production(local_user: bool, findings: list[str]) -> None:
    with override_settings(LOCAL_USER=local_user):
        found = run_checks(tags=["security"], include_deployment_checks=True)
    assert [finding.id for finding in found if str(finding.id).startswith("hindcast")] == findings


def test_after_an_expired_session_a_sent_form_leads_back_to_its_page(visitor: Client) -> None:
    page = {"HX-Request": "true", "HX-Current-URL": "http://testserver/data/?x=1"}
    assert visitor.post("/data/fetch/", headers=page)["HX-Redirect"] == "/login/?next=/data/"
    assert visitor.post("/data/fetch/")["Location"] == "/login/?next=/"
    elsewhere = page | {"HX-Current-URL": "https://evil.example"}
    assert visitor.post("/data/fetch/", headers=elsewhere)["HX-Redirect"] == "/login/?next=/"


@pytest.mark.parametrize("address", ["/report/json/AAPL/", "/predict/AAPL/"])
def test_a_program_without_a_login_is_told_so_in_json(visitor: Client, address: str) -> None:
    answer = visitor.get(address, headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
