"""Who gets through to every address of the site: nobody, users, staff, and tokens of each scope.

The addresses come from the URL configuration and the API's description, what is right from the policies;
an address without a policy fails here.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import User
from django.http.response import HttpResponseBase
from django.test import Client

from core.permissions import Scope
from dashboard.tokens import issue_token
from site_config.access.policies import BROWSER, Policy
from site_config.tests.access.routes import Address, administration, operations, pages, unknown_policies

pytestmark = pytest.mark.django_db

EVERYTHING = [address for address in operations() + pages() if address.route != "admin/login/"]
EVERYTHING.sort(key=lambda address: address.route == "logout/")  # the one that ends the session comes last


@dataclass(frozen=True)
class Asker:
    """Somebody who asks: with a login, with a token of a scope, or with nothing."""

    logs_in: bool = False
    is_staff: bool = False
    scope: Scope | None = None

    def may(self, policy: Policy) -> bool:
        """Whether the policy lets them through."""
        if policy.public:
            return True
        if self.scope is not None:
            reaches = policy.scope is not None and self.scope.includes(policy.scope)
            return reaches and (self.is_staff or not policy.staff)
        return self.logs_in and (self.is_staff or not policy.staff)


ASKERS = {
    "nobody": Asker(),
    "a user": Asker(logs_in=True),
    "staff": Asker(logs_in=True, is_staff=True),
    **{f"a user's {scope} token": Asker(scope=scope) for scope in (Scope.READ, Scope.RUN)},
    **{f"a staff's {scope} token": Asker(scope=scope, is_staff=True) for scope in Scope},
}


@pytest.fixture
def client_of(user: User, staff: User) -> Callable[[Asker], Client]:
    """How each asker asks."""

    def client(asker: Asker) -> Client:
        owner = staff if asker.is_staff else user
        if asker.scope is not None:
            secret = issue_token(owner, name="matrix", scope=asker.scope).secret
            return Client(headers={"Authorization": f"Bearer {secret}"})
        client = Client()
        if asker.logs_in:
            client.force_login(owner)
        return client

    return client


def _refused(answer: HttpResponseBase) -> bool:
    to_login = answer.status_code == 302 and "/login/?next=" in answer["Location"]
    return answer.status_code in {401, 403} or to_login


@pytest.mark.parametrize("address", EVERYTHING, ids=str)
def test_an_address_has_a_policy(address: Address) -> None:
    assert address.policy is not None, f"Give “{address}” a policy in site_config/access/policies.py"


def test_no_policy_is_about_an_address_that_is_gone() -> None:
    assert not unknown_policies()


@pytest.mark.parametrize("asker", ASKERS.values(), ids=ASKERS)
def test_each_address_lets_through_whom_its_policy_names_and_nobody_else(
    asker: Asker, client_of: Callable[[Asker], Client]
) -> None:
    client, wrong = client_of(asker), []
    for address in EVERYTHING:
        answer = client.generic(address.method, address.path, content_type="application/json")
        through = not _refused(answer)
        if through != asker.may(address.policy or BROWSER):
            wrong.append(f"{address}: {answer.status_code}")
    assert not wrong


@pytest.mark.parametrize("asker", ASKERS.values(), ids=ASKERS)
def test_only_staff_with_a_login_reach_the_administration(
    asker: Asker, client_of: Callable[[Asker], Client]
) -> None:
    paths = [path for path in administration() if not path.endswith(("/login/", "/logout/"))]
    assert len(paths) > 10
    client = client_of(asker)
    for path in paths:
        answer = client.get(path)
        if not (asker.logs_in and asker.is_staff):
            assert _refused(answer), path
        elif path == "/admin/":
            assert answer.status_code == 200


def test_the_login_of_the_administration_is_the_throttled_one_of_the_site(visitor: Client) -> None:
    answer = visitor.get("/admin/login/?next=/admin/jobs/job/")
    assert answer["Location"] == "/login/?next=/admin/jobs/job/"


def test_an_api_client_is_refused_by_a_problem_document(visitor: Client) -> None:
    assert operations()
    for address in operations():
        answer = visitor.generic(address.method, address.path)
        assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json"), address
        assert answer["WWW-Authenticate"] == "Bearer"


def test_the_description_of_the_api_names_both_ways_to_log_in(reader: Client) -> None:
    description = reader.get("/api/v1/openapi.json").json()
    schemes = description["components"]["securitySchemes"]
    assert schemes["Token"] == {"type": "http", "scheme": "bearer"}
    assert schemes["Session"]["in"] == "cookie"
    for methods in description["paths"].values():
        for operation in methods.values():
            assert {name for way in operation["security"] for name in way} == {"Token", "Session"}
