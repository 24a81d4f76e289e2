"""What a budget allows, across time, users and processes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F

from core.errors import TooManyRequests
from core.models import Bucket
from core.rate_limits import KEPT_FOR, Budget, remove_full_buckets

pytestmark = pytest.mark.django_db

THREE = Budget(name="test", action="tests", burst=3, per_minute=6)


def _empty(owner: str = "me") -> None:
    for _ in range(THREE.burst):
        THREE.consume(owner)


def _pass(time: timedelta) -> None:
    Bucket.objects.update(filled_at=F("filled_at") - time)


def _is_refused(owner: str = "me") -> bool:
    try:
        THREE.consume(owner)
    except TooManyRequests:
        return True
    return False


def test_a_burst_is_allowed_and_the_next_is_told_when_to_come_again() -> None:
    _empty()
    with pytest.raises(TooManyRequests, match=r"Too many tests .* Try again in 10 seconds\.") as caught:
        THREE.consume("me")
    assert caught.value.retry_after == 10


def test_after_the_time_named_it_is_possible_again_once() -> None:
    _empty()
    _pass(timedelta(seconds=10))
    assert not _is_refused()
    assert _is_refused()


def test_refusals_cost_nothing() -> None:
    _empty()
    for _ in range(20):
        assert _is_refused()
    _pass(timedelta(seconds=10))
    assert not _is_refused()


def test_however_long_nothing_happened_no_more_than_the_burst_is_saved_up() -> None:
    _empty()
    _pass(timedelta(days=1))
    assert [_is_refused() for _ in range(4)] == [False, False, False, True]


def test_a_clock_that_is_set_back_does_not_lock_anybody_out() -> None:
    _empty()
    _pass(timedelta(hours=-5))
    assert not _is_refused()


def test_each_owner_has_a_bucket() -> None:
    _empty()
    assert not _is_refused("somebody else")


def test_what_is_given_back_can_be_taken_again() -> None:
    _empty()
    THREE.reset("me")
    assert not _is_refused()


def test_no_limit_keeps_no_bucket() -> None:
    for _ in range(10):
        Budget(name="free", action="tests", burst=0, per_minute=0).consume("me")
    assert not Bucket.objects.exists()


def test_buckets_that_are_full_again_are_thrown_away() -> None:
    _empty("long ago")
    _pass(KEPT_FOR)
    _empty("now")
    remove_full_buckets()
    assert list(Bucket.objects.values_list("key", flat=True)) == ["test:now"]


@pytest.mark.django_db(transaction=True)
def test_processes_at_the_same_time_do_not_take_the_same_unit() -> None:
    budget = Budget(name="race", action="tests", burst=20, per_minute=0.001)

    def takes(_: int) -> bool:
        try:
            budget.consume("me")
        except TooManyRequests:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(takes, range(60))) == budget.burst
