"""What the provider's words mean: the wordings of the reference, and any other."""

import pytest

from ingestion.providers.classification import Refusal, classify, refusal_text
from ingestion.tests.loopback_provider import BAD_SYMBOL, BURST, DAILY_QUOTA, FULL_IS_PREMIUM

ANSWERS = [
    (Refusal.TOO_FAST, BURST),
    (Refusal.TOO_FAST, {"Information": "Burst pattern detected. Please consider spreading out requests."}),
    (Refusal.TOO_FAST, {"Information": "Minute-level rate limit exceed. Please upgrade your plan."}),
    (
        Refusal.TOO_FAST,
        {"Note": "Our standard API call frequency is 5 calls per minute and 500 calls per day."},
    ),
    (
        Refusal.TOO_FAST,
        {
            "Information": "Thank you for using Alpha Vantage! Please contact premium@example.org if you are "
            "targeting a higher API call volume."
        },
    ),
    (Refusal.DAILY_QUOTA, DAILY_QUOTA),
    (
        Refusal.DAILY_QUOTA,
        {
            "Information": "Thank you for using Alpha Vantage! Our standard API rate limit is 25 requests "
            "per day. Please subscribe to any of the premium plans."
        },
    ),
    (Refusal.FULL_HISTORY_IS_PREMIUM, FULL_IS_PREMIUM),
    (
        Refusal.ENDPOINT_IS_PREMIUM,
        {"Information": "Thank you for using Alpha Vantage! This is a premium endpoint. You may subscribe."},
    ),
    (Refusal.DEMO_KEY, {"Information": "The **demo** API key is for demo purposes only. Please claim one."}),
    (Refusal.BAD_KEY, {"Error Message": "the parameter apikey is invalid or missing. Please claim one."}),
    (Refusal.BAD_SYMBOL, BAD_SYMBOL),
    (Refusal.UNKNOWN, {"Information": "We are moving to a new home."}),
    (Refusal.UNKNOWN, {"Information": None, "Note": 5}),
    (Refusal.UNKNOWN, {}),
]


@pytest.mark.parametrize(("refusal", "answer"), ANSWERS)
def test_each_wording_is_recognised(refusal: Refusal, answer: dict[str, object]) -> None:
    assert classify(refusal_text(answer)) is refusal
