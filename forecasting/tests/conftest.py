"""Fixtures of the forecasting tests."""

from datetime import date

import pytest
from django.core.management import call_command
from pytest_django import DjangoDbBlocker

from forecasting.tests.factories import SAMPLE_ISSUE


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Keep the pooled models of the sample in the test database, so that no test waits for them."""
    with django_db_blocker.unblock():
        for year in (SAMPLE_ISSUE.year, 2011, 2003):
            call_command("train_pooled_model", before=date(year, 3, 1), verbosity=0)
