from datetime import date
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from core.errors import NotFound
from forecasting.errors import ArtefactRefused
from forecasting.forecasts.service import issue_forecast
from forecasting.models import TrainedModel
from forecasting.parameters import ForecastParameters, ModelKind
from forecasting.tests.factories import SAMPLE_ISSUE, random_closes, store_closes
from forecasting.training.service import ensure_pooled_model, symbol_model, train_model
from forecasting.training.versions import use_version
from ingestion.exchange_calendar import next_sessions
from jobs.models import Job
from jobs.worker.run import run_job

pytestmark = pytest.mark.django_db

ISSUE = date(2013, 2, 1)


@pytest.fixture
def two_versions() -> tuple[TrainedModel, TrainedModel]:
    """Return an older and a newer model of the share NEWS."""
    closes = random_closes(601)
    store_closes("NEWS", closes[:600], last=ISSUE)
    older = train_model("NEWS")
    store_closes("NEWS", closes, last=next_sessions("XNYS", ISSUE, 1)[0])
    return older, train_model("NEWS")


def _version_in_use(symbol: str) -> str:
    return symbol_model(symbol, issued_on=SAMPLE_ISSUE).record.version


def test_one_goes_back_to_an_older_model_and_returns_to_the_newer_one(
    two_versions: tuple[TrainedModel, TrainedModel],
) -> None:
    older, newer = two_versions
    assert _version_in_use("NEWS") == newer.version
    assert use_version(older.version).withdrawn_at is None
    assert _version_in_use("NEWS") == older.version
    assert TrainedModel.objects.get(pk=newer.pk).withdrawn_at is not None
    use_version(newer.version)
    assert _version_in_use("NEWS") == newer.version
    assert not TrainedModel.objects.filter(withdrawn_at__isnull=False).exists()


def test_training_a_withdrawn_version_uses_it_again(two_versions: tuple[TrainedModel, TrainedModel]) -> None:
    older, newer = two_versions
    use_version(older.version)
    assert train_model("NEWS") == newer
    assert _version_in_use("NEWS") == newer.version


def test_an_older_vintage_of_the_pooled_model_takes_the_place_of_a_newer_one() -> None:
    newer, older = (ensure_pooled_model(before=date(year, 2, 1)) for year in (2013, 2011))
    question = ForecastParameters(symbol="IBM", as_of=ISSUE)
    before = issue_forecast(question)
    use_version(older.version)
    assert ensure_pooled_model(before=ISSUE) == older
    after = issue_forecast(question)
    assert (before.model.version, after.model.version) == (newer.version, older.version)
    use_version(newer.version)
    assert issue_forecast(question) == before


def test_an_unknown_version_and_one_that_must_not_be_loaded_are_not_used(
    two_versions: tuple[TrainedModel, TrainedModel],
) -> None:
    older, newer = two_versions
    with pytest.raises(NotFound, match="no model nonsense"):
        use_version("nonsense")
    TrainedModel.objects.filter(pk=older.pk).update(signature="0" * 64)
    with pytest.raises(ArtefactRefused, match="signature"):
        use_version(older.version)
    assert _version_in_use("NEWS") == newer.version


def test_the_command_lists_versions_and_chooses_one(two_versions: tuple[TrainedModel, TrainedModel]) -> None:
    older, newer = two_versions
    output = StringIO()
    call_command("use_model", older.version, stdout=output)
    call_command("use_model", stdout=output)
    assert f"New forecasts of NEWS are made by {older.version}." in output.getvalue()
    assert f"{newer.version}  withdrawn\n" in output.getvalue()
    with pytest.raises(CommandError, match="no model nonsense"):
        call_command("use_model", "nonsense")


def test_only_staff_choose_a_version_over_the_api(
    reader: Client, operator: Client, two_versions: tuple[TrainedModel, TrainedModel]
) -> None:
    older, newer = two_versions
    url = f"/api/v1/models/{older.version}/use"
    assert reader.post(url).status_code == 403
    assert _version_in_use("NEWS") == newer.version
    assert operator.post(url).json()["version"] == older.version
    assert _version_in_use("NEWS") == older.version
    assert operator.post("/api/v1/models/nonsense/use").status_code == 404


def test_the_administration_chooses_a_version_and_deletes_none(
    client: Client, two_versions: tuple[TrainedModel, TrainedModel]
) -> None:
    older, newer = two_versions
    client.force_login(User.objects.create_superuser("admin"))
    for chosen in ([older.pk, newer.pk], [older.pk]):
        client.post(
            "/admin/forecasting/trainedmodel/", {"action": "use_this_version", "_selected_action": chosen}
        )
        assert _version_in_use("NEWS") == (newer if len(chosen) > 1 else older).version
    assert client.post(f"/admin/forecasting/trainedmodel/{newer.pk}/delete/").status_code == 403


@pytest.mark.parametrize("kind", list(ModelKind))
def test_a_refused_model_makes_no_forecast_and_a_job_trains_it_again(kind: ModelKind) -> None:
    record = train_model("IBM") if kind == ModelKind.SYMBOL else ensure_pooled_model(before=SAMPLE_ISSUE)
    TrainedModel.objects.filter(pk=record.pk).update(artefact=b"altered")
    question = ForecastParameters(symbol="IBM", model=kind)
    with pytest.raises(ArtefactRefused, match=r"altered after training.*A job is doing so") as refusal:
        issue_forecast(question)
    assert (refusal.value.version, refusal.value.retry_after) == (record.version, 10)
    job = Job.objects.get(kind="train_again")
    run_job(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.result) == ("succeeded", {"version": record.version})
    assert issue_forecast(question).model.version == record.version
