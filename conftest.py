"""Fixtures for every app's tests."""

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from pytest_django import DjangoDbBlocker


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Keep the sample bars and the shipped model in the test database for the whole session."""
    with django_db_blocker.unblock():
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


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests that empty the database last: all others share the sample in it."""
    items.sort(key=_empties_the_database)


def _empties_the_database(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    return marker is not None and bool(marker.kwargs.get("transaction"))
