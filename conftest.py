"""Fixtures for every app's tests, and the order in which tests run."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from hypothesis import settings
from pytest_django import DjangoDbBlocker

from strategies.engine import kernel_loader

settings.register_profile("fast", max_examples=30, deadline=None)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Keep the sample bars and the shipped model in the test database, and the kernels in memory."""
    with django_db_blocker.unblock():
        kernel_loader.wait()
        call_command("load_stock_data", sample=True, verbosity=0)
        call_command("train_pooled_model", verbosity=0)


@pytest.fixture
def user(db: None) -> User:
    """Someone with a login and no special rights."""
    return User.objects.create_user("reader", password="a long enough phrase")  # noqa: S106


@pytest.fixture
def staff(db: None) -> User:
    """Someone who may spend the provider's quota and change data."""
    return User.objects.create_user("operator", password="a long enough phrase", is_staff=True)  # noqa: S106


@pytest.fixture
def visitor() -> Client:
    """A client without a login."""
    return Client()


@pytest.fixture
def reader(user: User) -> Client:
    """A client logged in as someone without special rights."""
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def operator(staff: User) -> Client:
    """A client logged in as staff."""
    client = Client()
    client.force_login(staff)
    return client


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Order the tests: what starts sites and browsers first, what empties the database last.

    With several processes each takes one group after the other: a file, since its tests share what is
    costly to set up, or the tests of a file that empty the database. Each process has a database of its
    own, in which all tests but those share the sample.
    """
    for item in items:
        if _is_slow(item):
            item.add_marker("site")
        emptying = "-emptying" if _empties_the_database(item) else ""
        item.add_marker(pytest.mark.xdist_group(f"{item.path.relative_to(item.config.rootpath)}{emptying}"))
    yield
    items.sort(key=lambda item: (_empties_the_database(item), not _is_slow(item)))


def _empties_the_database(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    return marker is not None and bool(marker.kwargs.get("transaction"))


def _is_slow(item: pytest.Item) -> bool:
    return item.path.is_relative_to(item.config.rootpath / "tests")
