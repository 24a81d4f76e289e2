"""Loading bars: ranges, adjustment without look-ahead, fingerprints, errors."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import numpy as np
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core.errors import InvalidInput
from ingestion.bars import Adjustment, load_bars
from ingestion.models import ActionKind, CorporateAction, DailyBar, Instrument
from ingestion.schemas import SOURCE_DESCRIPTIONS, DataDocument

pytestmark = pytest.mark.django_db

SPLIT_DAY = date(2005, 2, 28)


def test_bars_up_to_a_day_know_nothing_of_a_later_split() -> None:
    before = load_bars("AAPL", end=SPLIT_DAY - timedelta(days=1))
    assert before.close[-1] == 88.99  # as traded on the eve of the split
    on_the_day = load_bars("AAPL", end=SPLIT_DAY)
    assert on_the_day.close[-2] == 44.495
    assert on_the_day.close[-1] == 44.86


def test_bars_up_to_a_day_know_nothing_of_a_later_dividend() -> None:
    eve = load_bars("AAPL", end=date(2012, 8, 8), adjustment=Adjustment.SPLITS_AND_DIVIDENDS)
    assert eve.close[-1] == 619.86


@pytest.mark.parametrize("adjustment", Adjustment)
def test_returns_do_not_depend_on_the_range_loaded(adjustment: Adjustment) -> None:
    whole = load_bars("MSFT", adjustment=adjustment)
    part = load_bars("MSFT", date(2002, 1, 2), date(2003, 12, 31), adjustment)
    inside = np.isin(whole.dates, part.dates)
    np.testing.assert_allclose(
        part.close[1:] / part.close[:-1], whole.close[inside][1:] / whole.close[inside][:-1]
    )


def test_volume_is_adjusted_for_splits_as_prices_are() -> None:
    raw = load_bars("AAPL", adjustment=Adjustment.NONE)
    adjusted = load_bars("AAPL")
    assert adjusted.volume[0] == 4 * raw.volume[0]
    assert adjusted.volume[-1] == raw.volume[-1]
    assert adjusted.volume.dtype == np.float64


def test_a_range_includes_both_of_its_days() -> None:
    bars = load_bars("AAPL", date(2005, 2, 28), date(2005, 3, 4))
    assert bars.dates.astype(str).tolist() == [
        "2005-02-28",
        "2005-03-01",
        "2005-03-02",
        "2005-03-03",
        "2005-03-04",
    ]


def test_arrays_cannot_be_changed_by_whoever_gets_them() -> None:
    bars = load_bars("AAPL", start=date(2013, 1, 1))
    for array in (bars.dates, bars.open, bars.high, bars.low, bars.close, bars.volume):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]


def test_the_fingerprint_stands_for_what_was_loaded() -> None:
    bars = load_bars("FB")
    assert load_bars(" fb ").fingerprint == bars.fingerprint
    others = {
        load_bars("GOOG").fingerprint,
        load_bars("FB", start=date(2012, 6, 1)).fingerprint,
        load_bars("FB", adjustment=Adjustment.NONE).fingerprint,
    }
    Instrument.objects.get(symbol="FB").bars.filter(date=date(2012, 6, 1)).update(volume=1)
    others.add(load_bars("FB").fingerprint)
    assert len(others) == 4
    assert bars.fingerprint not in others


def test_missing_sessions_are_named() -> None:
    Instrument.objects.get(symbol="FB").bars.filter(date__in=["2012-07-03", "2012-07-05"]).delete()
    assert load_bars("FB").missing_sessions == (date(2012, 7, 3), date(2012, 7, 5))


def test_the_data_document_says_plainly_that_the_sample_is_not_current() -> None:
    document = DataDocument.of(load_bars("IBM"))
    assert document.source == "sample"
    assert "not current prices" in document.source_description
    assert not any("adjusted" in words for words in SOURCE_DESCRIPTIONS.values())  # `adjustment` says it
    assert (document.bars, document.first, document.last) == (3270, date(2000, 3, 1), date(2013, 3, 1))


def test_instrument_bars_and_actions_are_of_one_moment() -> None:
    # A single statement sees a single snapshot; between two, a fetch may replace the sample.
    with CaptureQueriesContext(connection) as queries:
        load_bars("AAPL", adjustment=Adjustment.SPLITS_AND_DIVIDENDS)
    assert len(queries) == 1


def test_only_who_asks_for_missing_sessions_needs_a_calendar() -> None:
    Instrument.objects.filter(symbol="FB").update(exchange="XXXX")
    bars = load_bars("FB")
    with pytest.raises(InvalidInput, match="no calendar for the exchange XXXX"):
        _ = bars.missing_sessions


def test_bars_and_their_document_say_how_old_the_knowledge_of_splits_is() -> None:
    asked = datetime(2013, 2, 25, 12, tzinfo=UTC)
    Instrument.objects.filter(symbol="FB").update(actions_fetched_at=asked)
    bars = load_bars("FB")
    assert (bars.actions_fetched_at, DataDocument.of(bars).actions_fetched_at) == (asked, asked)


@pytest.mark.parametrize(
    ("symbol", "start", "end", "field", "words"),
    [
        ("XYZ", None, None, "symbol", "No bars of XYZ are stored. Fetch XYZ on the Data page"),
        ("A B", None, None, "symbol", "is not a ticker symbol"),
        ("AAPL", date(2013, 3, 2), None, "start", "from 2000-03-01 to 2013-03-01"),
        ("AAPL", None, date(2000, 2, 29), "end", "from 2000-03-01 to 2013-03-01"),
        ("AAPL", date(2010, 1, 2), date(2010, 1, 3), "start", "No bar of AAPL lies in this range"),
        ("AAPL", date(2010, 1, 4), date(2009, 1, 4), "end", "must not lie before the first day"),
    ],
)
def test_a_range_without_bars_names_the_field_to_change(
    symbol: str, start: date | None, end: date | None, field: str, words: str
) -> None:
    with pytest.raises(InvalidInput, match=words) as caught:
        load_bars(symbol, start, end)
    assert caught.value.field == field


def test_bars_are_read_once_as_long_as_nothing_changes() -> None:
    first = load_bars("AAPL")
    with CaptureQueriesContext(connection) as captured:
        assert load_bars("AAPL") is first
    assert len(captured) == 1


def _close_a_bar_higher() -> None:
    DailyBar.objects.filter(instrument__symbol="AAPL", date=SPLIT_DAY).update(close=45, high=46)


def _add_a_bar() -> None:
    bar = DailyBar.objects.filter(instrument__symbol="AAPL").latest("date")
    bar.date += timedelta(days=1)
    bar.save(force_insert=True)


def _delete_a_bar() -> None:
    DailyBar.objects.filter(instrument__symbol="AAPL", date=SPLIT_DAY).delete()


def _add_a_split() -> None:
    apple = Instrument.objects.get(symbol="AAPL")
    CorporateAction.objects.create(instrument=apple, date=date(2010, 1, 4), kind=ActionKind.SPLIT, value=3)


def _change_a_split() -> None:
    CorporateAction.objects.filter(instrument__symbol="AAPL", kind=ActionKind.SPLIT).update(value=3)


def _forget_the_splits() -> None:
    CorporateAction.objects.filter(instrument__symbol="AAPL", kind=ActionKind.SPLIT).delete()


def _rename() -> None:
    Instrument.objects.filter(symbol="AAPL").update(name="Apple Computer")


def _save_an_instrument_read_before_a_bar_changed() -> None:
    apple = Instrument.objects.get(symbol="AAPL")
    _close_a_bar_higher()
    load_bars("AAPL")
    apple.save()


CHANGES = (
    _close_a_bar_higher,
    _add_a_bar,
    _delete_a_bar,
    _add_a_split,
    _change_a_split,
    _forget_the_splits,
    _rename,
    _save_an_instrument_read_before_a_bar_changed,
)


@pytest.mark.parametrize("change", CHANGES)
def test_bars_kept_in_memory_are_never_older_than_what_is_stored(change: Callable[[], None]) -> None:
    before = load_bars("AAPL")
    version = _version()
    change()
    after = load_bars("AAPL")
    assert _version() != version
    assert after is not before
    assert (after.fingerprint, after.name) != (before.fingerprint, before.name)


def test_a_change_that_is_taken_back_leaves_no_trace_in_memory() -> None:
    before = load_bars("AAPL")
    with transaction.atomic():
        _close_a_bar_higher()
        assert load_bars("AAPL").fingerprint != before.fingerprint
        transaction.set_rollback(True)
    assert load_bars("AAPL").fingerprint == before.fingerprint


def test_another_instruments_change_is_not_this_ones() -> None:
    before = load_bars("IBM")
    _close_a_bar_higher()
    assert load_bars("IBM") is before


def _version() -> UUID:
    return Instrument.objects.get(symbol="AAPL").version
