"""What a person in a browser may rely on when judging forecasts."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from dashboard.tests.html import HTMX, markup_of, words_of
from forecasting.evaluation.rolling import evaluate_symbol
from forecasting.forecasts.service import issue_forecast
from forecasting.models import TrainedModel
from forecasting.parameters import EvaluationParameters, ForecastParameters
from forecasting.training.service import ensure_pooled_model
from jobs.models import Job
from jobs.worker.run import run_job

pytestmark = pytest.mark.django_db

PAGE = "/scorecards/IBM/"


def test_a_scorecard_counts_the_forecasts_issued_here_and_offers_the_past(reader: Client) -> None:
    before = words_of(reader.get(PAGE))
    assert "No forecast of this symbol has been issued" in before
    issue_forecast(ForecastParameters(symbol="IBM", as_of=date(2012, 6, 1)))
    page = markup_of(reader.get(PAGE))
    assert "1 of 1 were look backs" in words_of(reader.get(PAGE))
    assert page.all("form", action=reverse("evaluate", args=["IBM"]))


def test_an_evaluation_is_a_job_whose_result_the_scorecard_shows(reader: Client) -> None:
    answer = reader.post(reverse("evaluate", args=["IBM"]), {"model": "pooled"}, headers=HTMX)
    job = Job.objects.get(kind="evaluate_forecasts")
    assert markup_of(answer).elements[0].attributes["id"] == f"job-{job.pk}"
    run_job(str(job.pk))
    done = reader.get(reverse("job", args=[job.pk]))
    assert markup_of(done).all("a", href=f"{PAGE}?model=pooled")
    shown = reader.get(PAGE)
    document = evaluate_symbol(EvaluationParameters(symbol="IBM"))
    assert " ".join(document.sentence.split()) in words_of(shown)
    assert markup_of(shown).has_id("accuracy-chart")
    assert len(markup_of(shown).all("circle")) == len(document.calibration)
    assert "Turbulent years" in words_of(shown)


def test_staff_go_back_to_an_older_version_from_the_scorecard(reader: Client, operator: Client) -> None:
    newer, older = (ensure_pooled_model(before=date(year, 3, 1)) for year in (2013, 2011))
    url = reverse("use_model", args=[older.version])
    assert not markup_of(reader.get(PAGE)).all("form", action=url)
    assert reader.post(url, {"symbol": "IBM"}).status_code == 403
    assert markup_of(operator.get(PAGE)).all("form", action=url)
    answer = operator.post(url, {"symbol": "IBM"})
    assert answer["Location"] == f"{PAGE}?model=pooled"
    assert TrainedModel.objects.get(pk=newer.pk).withdrawn_at is not None
    assert "Withdrawn" in words_of(operator.get(PAGE))


@pytest.mark.parametrize(("url", "status"), [("/scorecards/NOPE/", 422), (f"{PAGE}?model=best", 422)])
def test_a_scorecard_of_nothing_says_what_is_wrong(reader: Client, url: str, status: int) -> None:
    assert reader.get(url).status_code == status
