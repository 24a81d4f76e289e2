from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.test import override_settings

from core.errors import InvalidInput
from forecasting.model import MODEL_VERSION
from forecasting.models import TrainedModel
from forecasting.parameters import ModelKind
from forecasting.tests.factories import SAMPLE_ISSUE, random_closes, store_closes
from forecasting.training import registry, service
from forecasting.training.registry import load_model
from forecasting.training.service import ensure_pooled_model, symbol_model, train_model

pytestmark = pytest.mark.django_db


def test_the_pooled_model_of_a_year_knows_nothing_of_it() -> None:
    for day in (date(2013, 1, 1), date(2013, 12, 31)):
        assert ensure_pooled_model(before=day).trained_through == date(2012, 12, 31)


def test_after_the_end_of_the_pool_its_last_day_bounds_the_training() -> None:
    model = ensure_pooled_model(before=date(2026, 11, 20))
    assert model.trained_through == date(2022, 12, 28)
    assert model == ensure_pooled_model(before=date(2024, 1, 2))


def test_the_pooled_model_says_what_it_learned_from_and_how_it_did_on_unseen_data() -> None:
    model = ensure_pooled_model(before=SAMPLE_ISSUE)
    assert (model.trained_from, len(model.training_symbols)) == (date(1990, 1, 2), 14)
    assert 0.7 < model.metrics["coverage_80"] < 0.9
    assert 0.8 < model.metrics["crps_ratio"] < 1.05


def test_no_model_can_be_trained_for_days_before_1995() -> None:
    assert ensure_pooled_model(before=date(1995, 1, 1)).trained_through == date(1994, 12, 30)
    with pytest.raises(InvalidInput, match="1995-01-01") as refusal:
        ensure_pooled_model(before=date(1994, 12, 31))
    assert refusal.value.field == "as_of"


def test_training_a_symbol_stores_a_model_of_all_its_bars() -> None:
    model = train_model("AAPL")
    assert (model.kind, model.symbol) == (ModelKind.SYMBOL, "AAPL")
    assert model.trained_through == SAMPLE_ISSUE
    assert "AAPL" in model.training_symbols
    assert model.metrics["held_out_forecasts"] > 50


def test_training_on_the_same_bars_again_gives_the_same_model() -> None:
    first, second = train_model("IBM"), train_model("ibm")
    assert first == second
    assert TrainedModel.objects.filter(symbol="IBM").count() == 1


def test_new_bars_give_a_new_version() -> None:
    closes = random_closes(601)
    store_closes("NEWS", closes[:600], last=date(2013, 2, 1))
    first = train_model("NEWS")
    store_closes("NEWS", closes[:601], last=date(2013, 2, 4))
    second = train_model("NEWS")
    assert first.version != second.version
    assert (first.trained_through, second.trained_through) == (date(2013, 2, 1), date(2013, 2, 4))


def test_a_look_back_gets_a_model_that_knew_nothing_later() -> None:
    train_model("IBM")
    model = symbol_model("IBM", issued_on=date(2013, 1, 15)).record
    assert model.trained_through == date(2012, 12, 31)
    assert symbol_model("IBM", issued_on=SAMPLE_ISSUE).record.trained_through == SAMPLE_ISSUE


def test_which_model_answers_does_not_depend_on_what_was_asked_before() -> None:
    train_model("IBM")
    asked_first = symbol_model("IBM", issued_on=date(2012, 3, 1)).record
    assert asked_first.trained_through == date(2011, 12, 30)
    assert symbol_model("IBM", issued_on=date(2013, 1, 15)).record.trained_through == date(2012, 12, 31)
    assert symbol_model("IBM", issued_on=date(2012, 6, 1)).record == asked_first


def test_a_symbols_model_of_an_older_model_version_is_trained_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as older:
        for module in (service, registry):
            older.setattr(module, "MODEL_VERSION", "0.9")
        old = train_model("IBM")
    new = symbol_model("IBM", issued_on=SAMPLE_ISSUE).record
    assert (old.model_version, new.model_version) == ("0.9", MODEL_VERSION)
    assert new.trained_through == old.trained_through
    assert symbol_model("IBM", issued_on=SAMPLE_ISSUE).record == new


def test_a_look_back_before_two_years_of_bars_is_refused_at_its_day() -> None:
    train_model("IBM")
    for day in (date(2000, 9, 1), date(2001, 9, 3)):
        with pytest.raises(InvalidInput, match="too little history") as refusal:
            symbol_model("IBM", issued_on=day)
        assert refusal.value.field == "as_of"


def test_under_a_new_key_a_symbol_is_trained_anew_with_all_that_its_training_needs() -> None:
    before = train_model("IBM")
    with override_settings(SECRET_KEY="another installation's key, as long as Django wants it"):  # noqa: S106
        after = train_model("IBM")
        assert load_model(after).record == before
    assert after.metrics == before.metrics


def test_less_than_two_years_of_bars_train_no_model_and_store_nothing() -> None:
    with pytest.raises(InvalidInput, match=r"504 closes.*here are 196.*FB") as refusal:
        train_model("FB")
    assert refusal.value.field == "symbol"
    assert not TrainedModel.objects.filter(symbol="FB").exists()


def test_the_database_keeps_a_pooled_model_from_naming_a_symbol() -> None:
    model = ensure_pooled_model(before=SAMPLE_ISSUE)
    with pytest.raises(IntegrityError, match="only_a_model_of_a_symbol_names_one"):
        TrainedModel.objects.filter(pk=model.pk).update(symbol="AAPL")


def test_the_command_tells_what_it_trained_and_names_what_it_could_not() -> None:
    output = StringIO()
    with pytest.raises(CommandError, match="NOPE: No bars of NOPE are stored"):
        call_command("train_ml_model", "NOPE", "IBM", stdout=output)
    printed = output.getvalue()
    assert "IBM: trained model 3.0-IBM-2013-03-01-" in printed
    assert "1990-01-02 to 2013-03-01" in printed
    assert "80 % band" in printed


def test_the_pooled_command_trains_what_forecasts_need_and_then_nothing() -> None:
    outputs = []
    for _ in range(2):
        output = StringIO()
        call_command("train_pooled_model", stdout=output)
        outputs.append((output.getvalue(), TrainedModel.objects.count()))
    assert outputs[0] == outputs[1]
    assert outputs[0][0].startswith("Pooled model 3.0-pooled-2022-12-28-")
    assert outputs[0][0].count("\n") == 1
