"""People who visit a running site."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys.visitor import Visitor, visiting
from tests.site import RunningSite


@pytest.fixture
def visitor(browser: Browser, site: RunningSite) -> Iterator[Visitor]:
    """Somebody at a desk."""
    with visiting(browser, site) as visitor:
        yield visitor


@pytest.fixture
def phone(browser: Browser, site: RunningSite) -> Iterator[Visitor]:
    """Somebody with a phone."""
    with visiting(browser, site, phone=True) as visitor:
        yield visitor
