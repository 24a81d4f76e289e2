"""What the provider's words mean: the wordings of the reference, and any other."""

import pytest

from ingestion.providers.alpha_vantage.refusals import ErrorKind, classify, refusal_text
from ingestion.tests.fake_provider import BAD_SYMBOL, BURST, DAILY_QUOTA, FULL_IS_PREMIUM

ANSWERS = [
    (ErrorKind.TOO_FAST, BURST),
    (ErrorKind.TOO_FAST, {"Information": "Burst pattern detected. Please consider spreading out requests."}),
    (ErrorKind.TOO_FAST, {"Information": "Minute-level rate limit exceed. Please upgrade your plan."}),
    (
        ErrorKind.TOO_FAST,
        {"Note": "Our standard API call frequency is 5 calls per minute and 500 calls per day."},
    ),
    (
        ErrorKind.TOO_FAST,
        {
            "Information": "Thank you for using Alpha Vantage! Please contact premium@example.org if you are "
            "targeting a higher API call volume."
        },
    ),
    (ErrorKind.DAILY_QUOTA, DAILY_QUOTA),
    (
        ErrorKind.DAILY_QUOTA,
        {
            "Information": "Thank you for using Alpha Vantage! Our standard API rate limit is 25 requests "
            "per day. Please subscribe to any of the premium plans."
        },
    ),
    (ErrorKind.FULL_HISTORY_IS_PREMIUM, FULL_IS_PREMIUM),
    (
        ErrorKind.ENDPOINT_IS_PREMIUM,
        {"Information": "Thank you for using Alpha Vantage! This is a premium endpoint. You may subscribe."},
    ),
    (
        ErrorKind.DEMO_KEY,
        {"Information": "The **demo** API key is for demo purposes only. Please claim one."},
    ),
    (ErrorKind.BAD_KEY, {"Error Message": "the parameter apikey is invalid or missing. Please claim one."}),
    (ErrorKind.BAD_SYMBOL, BAD_SYMBOL),
    (ErrorKind.UNKNOWN, {"Information": "We are moving to a new home."}),
    (ErrorKind.UNKNOWN, {"Information": None, "Note": 5}),
    (ErrorKind.UNKNOWN, {}),
]


@pytest.mark.parametrize(("refusal", "answer"), ANSWERS)
def test_each_wording_is_recognised(refusal: ErrorKind, answer: dict[str, object]) -> None:
    assert classify(refusal_text(answer)) is refusal
