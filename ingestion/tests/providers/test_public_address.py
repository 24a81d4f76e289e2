"""Where the API key of the market data provider may be sent."""

import pytest
from django.test import override_settings

from ingestion.errors import AddressRefused
from ingestion.providers.alpha_vantage.client import AlphaVantage
from ingestion.providers.public_address import reject_private_address


@pytest.mark.parametrize(
    "address",
    [
        "http://www.alphavantage.co/query",
        "ftp://www.alphavantage.co/query",
        "file:///etc/passwd",
        "https:///query",
        "https://user:password@8.8.8.8/query",
        "https://127.0.0.1/query",
        "https://localhost/query",
        "https://10.1.2.3/query",
        "https://192.168.0.1:8443/query",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/query",
        "https://[fe80::1]/query",
        "https://[::ffff:10.0.0.1]/query",
        "https://0.0.0.0/query",
        "https://2130706433/query",
        "https://100.64.0.1/query",
    ],
)
def test_an_address_in_the_own_network_or_without_encryption_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused, match="Hindcast sends no API key there"):
        reject_private_address(address)


def test_a_public_address_is_accepted() -> None:
    reject_private_address("https://8.8.8.8/query")


@override_settings(ALPHA_VANTAGE_API_KEY="KEY")
def test_in_production_no_client_is_made_for_a_private_address() -> None:
    with override_settings(ALPHA_VANTAGE_ALLOW_PRIVATE=True):
        assert AlphaVantage.from_settings()
    with override_settings(ALPHA_VANTAGE_ALLOW_PRIVATE=False), pytest.raises(AddressRefused):
        AlphaVantage.from_settings()
