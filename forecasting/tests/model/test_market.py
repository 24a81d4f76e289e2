import numpy as np

from forecasting.model.market import (
    FEWEST_MEMBERS,
    MARKET_FEATURES,
    MARKET_LONG,
    WARM_UP,
    Member,
    market_features,
    member_of,
)
from forecasting.tests.factories import random_prices

DATES = np.datetime64("2000-01-03") + np.arange(900)


def _members(count: int = FEWEST_MEMBERS) -> list[Member]:
    return [member_of(DATES, random_prices(900, seed=10 * seed)) for seed in range(count)]


def test_with_too_few_members_the_market_is_unknown() -> None:
    assert np.isnan(market_features(_members(FEWEST_MEMBERS - 1), DATES)).all()


def test_the_market_is_known_after_a_year_of_it() -> None:
    features = market_features(_members(), DATES)
    assert features.shape == (900, len(MARKET_FEATURES))
    assert np.isnan(features[:WARM_UP]).all()
    assert np.isfinite(features[WARM_UP:]).all()


def test_a_row_depends_on_bars_up_to_its_date_only() -> None:
    known = market_features([_until(member, 700) for member in _members()], DATES[:700])
    np.testing.assert_array_equal(market_features(_members(), DATES)[:700], known)


def test_shares_whose_bars_ended_tell_nothing_of_later_markets() -> None:
    features = market_features([_until(member, 600) for member in _members()], DATES)
    assert np.isfinite(features[600:606]).all()
    assert np.isnan(features[607:]).all()


def test_a_market_that_moves_more_than_it_did_shows_it() -> None:
    calm, wild = (
        [member_of(DATES, random_prices(900, seed=10 * seed, volatility=volatility)) for seed in range(5)]
        for volatility in (0.01, 0.03)
    )
    joined = [_joined(first, second) for first, second in zip(calm, wild, strict=True)]
    features = market_features(joined, DATES)[:, MARKET_LONG]
    assert features[899] > features[500] + 0.3


def _until(member: Member, stop: int) -> Member:
    return Member(
        dates=member.dates[:stop],
        log_closes=member.log_closes[:stop],
        log_variances=member.log_variances[:stop],
    )


def _joined(first: Member, second: Member) -> Member:
    later = np.arange(900) >= 600
    return Member(
        dates=first.dates,
        log_closes=np.where(later, second.log_closes, first.log_closes),
        log_variances=np.where(later[:, None], second.log_variances, first.log_variances),
    )
