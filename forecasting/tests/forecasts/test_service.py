import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from pydantic import ValidationError
from pytest_django import DjangoAssertNumQueries

from core.documents import published_json
from core.errors import InvalidInput, NotFound
from core.stored_result import StoredResult
from forecasting.forecasts import service as forecast_service
from forecasting.forecasts.service import (
    data_changed_since,
    find_forecast,
    issue_forecast,
    obtain_forecast,
    predict_next_30_days,
    recent_forecasts,
)
from forecasting.models import Forecast, ForecastPoint, TrainedModel
from forecasting.parameters import ForecastParameters, ModelKind
from forecasting.schemas import ForecastDocument, TrainedModelDocument
from forecasting.tests.factories import SAMPLE_ISSUE, random_closes, store_closes
from forecasting.training import registry
from forecasting.training import service as training_service
from forecasting.training.service import train_model
from ingestion.exchange_calendar import next_sessions
from ingestion.models import ActionKind, DailyBar, Instrument
from ingestion.store.batch import Action

pytestmark = pytest.mark.django_db

ISSUE = date(2013, 2, 1)
"""A day whose models the test database holds."""


def _ask(symbol: str, **parameters: object) -> ForecastParameters:
    return ForecastParameters.model_validate({"symbol": symbol, **parameters})


def test_the_next_30_sessions_of_the_exchange_are_forecast() -> None:
    document = predict_next_30_days("AAPL")
    assert (document.issued_on, document.last_close) == (SAMPLE_ISSUE, 430.47)
    assert [point.date for point in document.points] == next_sessions("XNAS", SAMPLE_ISSUE, 30)
    assert date(2013, 3, 29) not in [point.date for point in document.points]  # Good Friday
    assert all(point.actual is None for point in document.points)
    assert document.model.trained_through == date(2012, 12, 31)
    assert document.history.dates[-1] == SAMPLE_ISSUE


def test_the_same_question_is_answered_once() -> None:
    first, second = (obtain_forecast(_ask("MSFT")) for _ in range(2))
    assert (first.is_new, second.is_new) == (True, False)
    assert published_json(first.document) == published_json(second.document)
    assert Forecast.objects.count() == 1


def test_the_points_are_stored_beside_the_document() -> None:
    document = issue_forecast(_ask("IBM", horizon=7))
    rows = ForecastPoint.objects.filter(forecast_id=document.id)
    assert [(row.horizon, row.date, row.median) for row in rows] == [
        (horizon, point.date, point.median) for horizon, point in enumerate(document.points, start=1)
    ]


def test_a_forecast_is_found_by_its_id_and_an_unknown_id_is_not() -> None:
    document = issue_forecast(_ask("IBM"))
    assert find_forecast(document.id) == document
    with pytest.raises(NotFound):
        find_forecast("0" * 20)


def test_the_newest_forecasts_come_first() -> None:
    issued = [issue_forecast(_ask("IBM", horizon=horizon)).id for horizon in (1, 2, 3)]
    Forecast.objects.filter(pk=issued[0]).update(created_at="2020-01-01T00:00Z")
    assert [document.id for document in recent_forecasts(5)][-1] == issued[0]
    assert len(recent_forecasts(2)) == 2


def test_recent_forecasts_are_listed_without_their_documents(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    document = issue_forecast(_ask("IBM", horizon=7))
    with django_assert_num_queries(1) as queries:
        (listed,) = recent_forecasts(5)
    assert '"document"' not in queries.captured_queries[0]["sql"]
    assert (listed.id, listed.issued_on, listed.links) == (document.id, document.issued_on, document.links)
    assert (listed.data.symbol, listed.data.currency) == ("IBM", document.data.currency)
    for name in ("date", "median", "low_80", "high_80"):
        assert getattr(listed.points[-1], name) == getattr(document.points[-1], name)


def test_bars_after_the_day_of_issue_change_nothing_but_the_actual_closes() -> None:
    closes = random_closes(700)
    store_closes("LATE", closes[:660], last=ISSUE)
    before = issue_forecast(_ask("LATE", as_of=ISSUE.isoformat()))
    store_closes("LATE", closes[:700], last=next_sessions("XNYS", ISSUE, 40)[-1])
    after = obtain_forecast(_ask("LATE", as_of=ISSUE.isoformat()))
    assert not after.is_new
    assert [point.actual for point in after.document.points] == pytest.approx(closes[660:690], abs=1e-6)
    blank = [point.model_copy(update={"actual": None}) for point in after.document.points]
    assert after.document.model_copy(update={"points": blank}) == before


def test_a_forecast_computed_after_the_fact_equals_the_one_issued_then() -> None:
    closes = random_closes(700)
    store_closes("LATE", closes[:660], last=ISSUE)
    then = issue_forecast(_ask("LATE", as_of=ISSUE.isoformat()))
    Forecast.objects.all().delete()
    store_closes("LATE", closes, last=next_sessions("XNYS", ISSUE, 40)[-1])
    now = issue_forecast(_ask("LATE", as_of=ISSUE.isoformat()))
    assert now.scorecard == then.scorecard
    assert [point.model_copy(update={"actual": None}) for point in now.points] == then.points


def test_actual_closes_after_a_split_are_in_the_prices_of_the_day_of_issue() -> None:
    document = issue_forecast(_ask("AAPL", as_of="2005-02-10"))  # Two for one on 2005-02-28.
    assert document.last_close == 78.36
    actual = {point.date: point.actual for point in document.points}
    assert actual[date(2005, 2, 25)] == pytest.approx(88.99)
    assert actual[date(2005, 2, 28)] == pytest.approx(2 * 44.86)


def test_a_split_recorded_later_leaves_the_forecast_in_its_own_prices() -> None:
    closes = random_closes(300)
    store_closes("HALF", closes, last=ISSUE)
    document = issue_forecast(_ask("HALF", as_of=ISSUE.isoformat()))
    split = Action(date=next_sessions("XNYS", ISSUE, 2)[-1], kind=ActionKind.SPLIT, value=Decimal(2))
    later = [*closes, closes[-1], closes[-1] / 2]
    store_closes("HALF", later, last=next_sessions("XNYS", ISSUE, 2)[-1], actions=[split])
    actual = [point.actual for point in find_forecast(document.id).points[:3]]
    assert actual == [pytest.approx(closes[-1], abs=1e-5)] * 2 + [None]


def test_actual_closes_do_not_depend_on_what_becomes_of_the_close_of_the_day_of_issue() -> None:
    closes = random_closes(300)
    store_closes("LATE", closes, last=ISSUE)
    document = issue_forecast(_ask("LATE", as_of=ISSUE.isoformat()))
    corrected = [*closes[:-1], closes[-1] * 1.05, 111.0]
    store_closes("LATE", corrected, last=next_sessions("XNYS", ISSUE, 1)[0])
    found = find_forecast(document.id)
    assert found.last_close == document.last_close
    assert found.points[0].actual == pytest.approx(111)


@pytest.mark.parametrize(
    ("change", "changes"),
    [
        ({"close": Decimal("201.5"), "high": Decimal(999), "low": Decimal(1)}, True),
        ({"provisional": True}, True),
        ({"fetched_at": datetime(2020, 1, 1, tzinfo=UTC)}, False),
    ],
)
def test_a_change_in_the_bars_of_a_forecast_is_noticed(change: dict[str, Any], *, changes: bool) -> None:
    document = issue_forecast(_ask("IBM", as_of="2013-02-01"))
    bars = DailyBar.objects.filter(instrument__symbol="IBM")
    bars.filter(date="2013-02-04").update(volume=1)
    assert not data_changed_since(document)
    bars.filter(date="2013-02-01").update(**change)
    assert data_changed_since(document) is changes
    assert obtain_forecast(_ask("IBM", as_of="2013-02-01")).is_new is changes
    bars.delete()
    assert data_changed_since(document)


def test_a_forecast_from_another_source_has_another_address() -> None:
    sample = issue_forecast(_ask("IBM", as_of="2013-02-01"))
    Instrument.objects.filter(symbol="IBM").update(source="alpha_vantage")
    assert data_changed_since(sample)
    assert issue_forecast(_ask("IBM", as_of="2013-02-01")).data.source == "alpha_vantage"


def test_the_model_of_a_symbol_must_be_trained_first() -> None:
    with pytest.raises(InvalidInput, match="train_ml_model IBM") as refusal:
        issue_forecast(_ask("IBM", model="symbol"))
    assert refusal.value.field == "model"
    trained = train_model("IBM")
    document = issue_forecast(_ask("IBM", model="symbol"))
    assert (document.model.kind, document.model.version) == (ModelKind.SYMBOL, trained.version)
    assert document.points != issue_forecast(_ask("IBM")).points


@pytest.mark.parametrize(
    ("question", "field", "reason"),
    [
        ({"symbol": "NOPE"}, "symbol", "No bars of NOPE"),
        ({"symbol": "AAPL", "as_of": "1999-01-04"}, "as_of", "2000-03-01 to 2013-03-01"),
        ({"symbol": "FB", "as_of": "2012-06-01"}, "as_of", "10 closes"),
    ],
)
def test_a_question_that_cannot_be_answered_names_the_field_and_stores_nothing(
    question: dict[str, str], field: str, reason: str
) -> None:
    with pytest.raises(InvalidInput, match=reason) as refusal:
        issue_forecast(ForecastParameters.model_validate(question))
    assert refusal.value.field == field
    assert not Forecast.objects.exists()


@pytest.mark.parametrize("horizon", [0, 61, "many"])
def test_a_horizon_outside_its_limits_is_no_question(horizon: object) -> None:
    with pytest.raises(ValidationError, match="horizon"):
        _ask("AAPL", horizon=horizon)


def test_59_closes_are_too_few_and_60_are_called_erratic() -> None:
    store_closes("TINY", random_closes(59), last=ISSUE)
    with pytest.raises(InvalidInput, match="59 closes"):
        predict_next_30_days("TINY")
    store_closes("TINY", random_closes(60), last=ISSUE)
    document = predict_next_30_days("TINY")
    assert any("Only 60 closes" in notice for notice in document.notices)
    assert document.scorecard.horizons == []
    assert "60 closes" in document.scorecard.sentence


def test_a_day_of_issue_without_a_bar_is_moved_back_and_said() -> None:
    for asked in ("2030-01-01", "2013-03-03"):
        document = issue_forecast(_ask("IBM", as_of=asked))
        assert document.issued_on == SAMPLE_ISSUE
        assert any(asked in notice for notice in document.notices)


def test_sample_data_is_called_sample_data() -> None:
    assert "Sample data" in predict_next_30_days("IBM").notices[0]


def test_stale_data_are_called_stale_unless_a_look_back_asks_for_them() -> None:
    store_closes("OLD", random_closes(300), last=ISSUE)
    assert any("before relying" in notice for notice in predict_next_30_days("OLD").notices)
    look_back = issue_forecast(_ask("OLD", as_of=ISSUE.isoformat()))
    assert not any("before relying" in notice for notice in look_back.notices)


def test_splits_last_asked_for_before_the_day_of_issue_are_pointed_out() -> None:
    store_closes("ASKS", random_closes(300), last=ISSUE)
    assert not any("asked for" in notice for notice in predict_next_30_days("ASKS").notices)
    Instrument.objects.filter(symbol="ASKS").update(actions_fetched_at=datetime(2013, 1, 4, tzinfo=UTC))
    assert any("last asked for on 2013-01-04" in each for each in predict_next_30_days("ASKS").notices)


def test_a_jump_like_a_split_that_nobody_recorded_is_pointed_out() -> None:
    closes = random_closes(300)
    closes[250:] /= 2
    store_closes("JUMP", closes, last=ISSUE)
    assert any(
        "more than 40\N{NO-BREAK SPACE}% overnight" in notice
        for notice in predict_next_30_days("JUMP").notices
    )


def test_sessions_without_trades_are_pointed_out() -> None:
    store_closes("HALT", random_closes(300), last=ISSUE)
    bars = DailyBar.objects.filter(instrument__symbol="HALT", date__lt=date(2012, 3, 1))
    bars.update(volume=0)
    assert any("nothing was traded" in notice for notice in predict_next_30_days("HALT").notices)


def test_gaps_are_counted_over_the_days_that_the_last_bars_cover() -> None:
    store_closes("GAPS", random_closes(600), last=ISSUE)
    every_second = DailyBar.objects.filter(instrument__symbol="GAPS").order_by("date")[::2]
    DailyBar.objects.filter(instrument__symbol="GAPS", date__in=[bar.date for bar in every_second]).delete()
    (said,) = [notice for notice in predict_next_30_days("GAPS").notices if "no bar" in notice]
    first = DailyBar.objects.filter(instrument__symbol="GAPS").order_by("-date")[251].date
    assert said.startswith(f"251 sessions since {first} have no bar")


def test_a_share_that_never_moved_still_gets_a_valid_document() -> None:
    store_closes("FLAT", [5.0] * 400, last=ISSUE)
    document = predict_next_30_days("FLAT")
    assert published_json(document)
    assert document.scorecard.horizons[0].crps_ratio is None


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_the_same_time_get_one_forecast_from_one_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A test with real transactions empties the database behind it, so one before may have.
    call_command("load_stock_data", "IBM", verbosity=0)
    TrainedModel.objects.all().delete()
    together = Barrier(2)
    save = registry.save_model
    write = forecast_service._store

    def save_together(*model: Any) -> Any:
        together.wait(timeout=60)
        return save(*model)

    def write_together(*forecast: Any) -> Any:
        together.wait(timeout=60)
        return write(*forecast)

    monkeypatch.setattr(training_service, "save_model", save_together)
    monkeypatch.setattr(forecast_service, "_store", write_together)
    obtained: list[StoredResult[ForecastDocument]] = []

    def asker() -> None:
        try:
            obtained.append(obtain_forecast(_ask("IBM", as_of="2005-03-01")))
        finally:
            connections.close_all()

    threads = [Thread(target=asker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.is_new for one in obtained) == [False, True]
    assert obtained[0].document == obtained[1].document
    assert Forecast.objects.count() == 1
    assert ForecastPoint.objects.count() == 30
    vintages = TrainedModel.objects.values_list("trained_through", flat=True)
    assert list(vintages) == [date(2004, 12, 31), date(1994, 12, 30)]


def test_a_stored_forecast_is_read_with_few_statements() -> None:
    document = issue_forecast(_ask("IBM"))
    with CaptureQueriesContext(
        connection,
    ) as statements:
        find_forecast(document.id)
    assert len(statements) <= 7


def test_a_model_with_forecasts_cannot_be_deleted() -> None:
    document = issue_forecast(_ask("IBM"))
    model = TrainedModel.objects.get(version=document.model.version)
    with pytest.raises(Exception, match="protected"):
        model.delete()


def test_the_site_starts_without_the_library_that_trains() -> None:
    program = (
        "import sys, django; django.setup(); import forecasting.api, forecasting.forecasts.service; "
        "sys.exit('sklearn' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_forecast_that_was_stored_before_scorecards_knew_of_drift_is_still_read() -> None:
    document = issue_forecast(_ask("IBM", horizon=5))
    stored = Forecast.objects.get(pk=document.id)
    scorecard: Any = stored.document["scorecard"]
    del scorecard["calibration"]
    for row in scorecard["horizons"]:
        del row["drift_error"], row["drift_crps_ratio"]
    stored.document["schema_version"] = 1
    stored.save()
    found = find_forecast(document.id)
    assert (found.scorecard.calibration, found.scorecard.horizons[0].drift_error) == ([], None)
    assert found.points == document.points


def _notices(symbol: str, closes: Any, **stored: Any) -> str:
    store_closes(symbol, closes, last=ISSUE, **stored)
    return " ".join(issue_forecast(_ask(symbol, as_of=ISSUE)).notices)


def test_a_constant_price_gets_a_constant_forecast_and_is_called_constant() -> None:
    store_closes("FLAT", [50.0] * 300, last=ISSUE)
    document = issue_forecast(_ask("FLAT", as_of=ISSUE))
    for point in document.points:
        prices = (point.low_95, point.low_80, point.median, point.high_80, point.high_95)
        assert set(prices) == {50.0}
        assert point.probability_above_last_close == 0
    assert "has not changed in the last 252 sessions" in " ".join(document.notices)
    assert "the same price" in document.summary


def test_a_pegged_price_is_called_held_in_place() -> None:
    closes = random_closes(400, volatility=0.0002)
    assert "held, and not how far it moves when that ends" in _notices("PEG", closes)


def test_a_break_in_volatility_is_pointed_out() -> None:
    moves = np.random.default_rng(1).normal(0, 0.01, 500)
    moves[-12:] *= 4
    assert "The typical move of the last 10 sessions" in _notices("BREAK", 100 * np.exp(np.cumsum(moves)))
    assert "The typical move" not in _notices("CALM", random_closes(500))


def test_without_volume_no_drift_of_shares_is_assumed() -> None:
    closes = random_closes(400, seed=4)
    notices = _notices("EURXXX", closes, volume=0)
    assert "average drift of shares is left out" in notices
    assert "probability of a higher close was off" in notices
    document = issue_forecast(_ask("EURXXX", as_of=ISSUE))
    assert not document.model.average_drift
    assert "no opinion on direction" in document.summary
    assert abs(document.points[-1].median / document.last_close - 1) < 0.01


def _store_market(count: int = 4) -> None:
    for number in range(count):
        store_closes(f"MEMBER{number}", random_closes(700, seed=50 + number), last=ISSUE)


def test_other_stored_shares_are_the_market_of_a_forecast() -> None:
    store_closes("OWN", random_closes(700), last=ISSUE)
    alone = issue_forecast(_ask("OWN", as_of=ISSUE))
    _store_market()
    document = issue_forecast(_ask("OWN", as_of=ISSUE))
    assert alone.id != document.id
    assert alone.points != document.points
    assert {f"MEMBER{number}" for number in range(4)} <= set(document.model.market)
    assert "OWN" not in document.model.market


def test_bars_of_the_market_after_the_day_of_issue_change_nothing() -> None:
    _store_market()
    store_closes("OWN", random_closes(700), last=ISSUE)
    early = date(2012, 11, 1)
    first = issue_forecast(_ask("OWN", as_of=early))
    DailyBar.objects.filter(instrument__symbol="MEMBER1", date__gt=early).delete()
    assert issue_forecast(_ask("OWN", as_of=early)).id == first.id


def test_a_forecast_without_reliability_or_market_is_still_read() -> None:
    document = issue_forecast(_ask("IBM"))
    stored = Forecast.objects.get(pk=document.id)
    parts: Any = stored.document
    del parts["scorecard"]["reliability"], parts["model"]["market"], parts["model"]["average_drift"]
    stored.save(update_fields=["document"])
    read = find_forecast(document.id)
    assert (read.scorecard.reliability, read.model.market, read.model.average_drift) == ([], [], True)
    assert read.points == document.points


def test_a_model_that_was_stored_without_metrics_has_every_metric_in_its_document() -> None:
    record = TrainedModel.objects.first()
    assert record is not None
    record.metrics = {}
    assert set(TrainedModelDocument.of(record).metrics.values()) == {None}
