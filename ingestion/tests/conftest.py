"""Fixtures of the tests of market data."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from ingestion.tests.fake_provider import KEY, LoopbackProvider


@pytest.fixture
def provider(settings: Settings) -> Iterator[LoopbackProvider]:
    """A provider on the loopback interface, configured with a key and without a rate limit."""
    with LoopbackProvider() as server:
        settings.ALPHA_VANTAGE_API_KEY = KEY
        settings.ALPHA_VANTAGE_BASE_URL = server.address
        settings.ALPHA_VANTAGE_SECONDS_BETWEEN_REQUESTS = 0
        settings.ALPHA_VANTAGE_RETRY_SECONDS = 0
        settings.ALPHA_VANTAGE_BURST_SECONDS = 0
        settings.ALPHA_VANTAGE_TIMEOUT = 5
        yield server


@pytest.fixture
def no_key(settings: Settings) -> None:
    """No API key, whatever the developer's environment says."""
    settings.ALPHA_VANTAGE_API_KEY = None
