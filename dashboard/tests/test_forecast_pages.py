"""What a person in a browser may rely on when forecasting."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from core.formatting import price
from dashboard.tests.html import HTMX, markup_of, plain, words_of
from forecasting.forecasts.service import issue_forecast
from forecasting.parameters import ForecastParameters
from forecasting.schemas import ForecastDocument
from ingestion.models import DailyBar
from jobs.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def document() -> ForecastDocument:
    return issue_forecast(ForecastParameters(symbol="IBM", as_of=date(2012, 6, 1), horizon=20))


def test_the_first_page_forecasts_the_first_symbol(reader: Client) -> None:
    response = reader.get(reverse("forecasts"))
    assert response.status_code == 200
    page = markup_of(response)
    assert page.has_id("forecast-chart")
    assert page.has_id("accuracy-chart")
    assert plain(issue_forecast(ForecastParameters(symbol="AAPL")).summary) in words_of(response)


def test_a_browser_is_sent_on_and_htmx_gets_the_result(reader: Client, document: ForecastDocument) -> None:
    query = {"symbol": "IBM", "as_of": "2012-06-01", "horizon": "20"}
    response = reader.get(reverse("forecasts"), query)
    assert (response.status_code, response["Location"]) == (302, document.links.page)
    partial = reader.get(reverse("forecasts"), query, headers=HTMX)
    assert partial["HX-Push-Url"] == document.links.page
    assert [element.tag for element in markup_of(partial).elements[:2]] == ["title", "div"]
    assert markup_of(partial).elements[1].attributes["id"] == "result"


def test_every_point_stands_on_the_page_as_in_the_document(
    reader: Client, document: ForecastDocument
) -> None:
    response = reader.get(document.links.page)
    words = words_of(response)
    for point in document.points:
        assert (
            f"{point.date} {price(point.median)} {price(point.low_80)} to {price(point.high_80)} "
            f"{price(point.low_95)} to {price(point.high_95)}"
        ) in words
        assert price(point.actual) in words
    bands = markup_of(response).columns("forecast-chart")["sources"]["bands"]
    assert bands["median"][1:] == [point.median for point in document.points]


def test_the_page_of_a_forecast_asks_for_that_forecast(reader: Client, document: ForecastDocument) -> None:
    page = markup_of(reader.get(document.links.page))
    assert page.by_id("id_horizon").attributes["value"] == "20"
    assert page.by_id("id_as_of").attributes["value"] == "2012-06-01"
    for url in (document.links.pdf, document.links.json_):
        assert page.all("a", href=url)


def test_the_page_says_what_the_forecast_is_worth(reader: Client, document: ForecastDocument) -> None:
    words = words_of(reader.get(document.links.page))
    for text in (
        document.summary,
        document.scorecard.sentence,
        document.model.description,
        document.disclosure,
        *document.notices,
    ):
        assert " ".join(text.split()) in words


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"symbol": "IBM", "horizon": "61"}, "horizon"),
        ({"symbol": "IBM", "as_of": "1990-01-01"}, "as_of"),
        ({"symbol": "NOPE"}, "symbol"),
        ({"symbol": "IBM", "model": "symbol"}, "model"),
    ],
)
def test_what_cannot_be_forecast_is_told_at_the_field(
    reader: Client, query: dict[str, str], field: str
) -> None:
    response = reader.get(reverse("forecasts"), query, headers=HTMX)
    assert response.status_code == 422
    assert response["HX-Retarget"] == "#question-form"
    assert markup_of(response).message_of(field)


def test_a_forecast_says_when_its_bars_have_changed_since(reader: Client, document: ForecastDocument) -> None:
    words = "The stored bars have changed since this was computed."
    assert words not in words_of(reader.get(document.links.page))
    symbol = document.parameters.symbol
    DailyBar.objects.filter(instrument__symbol=symbol, date=date(2010, 6, 1)).update(volume=1)
    assert words in words_of(reader.get(document.links.page))


def test_an_unknown_forecast_is_not_found(reader: Client) -> None:
    assert reader.get("/forecasts/0123456789abcdef0123/").status_code == 404


def test_staff_train_a_model_and_see_its_job(operator: Client) -> None:
    assert markup_of(operator.get(reverse("forecasts"))).all("form", action=reverse("train"))
    response = operator.post(reverse("train"), {"symbol": "ibm"}, headers=HTMX)
    job = Job.objects.get(kind="train_model")
    assert job.subject == "IBM"
    assert markup_of(response).elements[0].attributes["id"] == f"job-{job.pk}"
    again = operator.post(reverse("train"), {"symbol": "IBM"})
    assert again["Location"] == reverse("job", args=[job.pk])


def test_only_staff_train_models(reader: Client) -> None:
    assert not markup_of(reader.get(reverse("forecasts"))).all("form", action=reverse("train"))
    assert reader.post(reverse("train"), {"symbol": "IBM"}).status_code == 403
    assert not Job.objects.exists()


def test_the_page_draws_what_bands_promised_against_what_they_held(
    reader: Client, document: ForecastDocument
) -> None:
    response = reader.get(document.links.page)
    dots = markup_of(response).all("circle")
    assert len(dots) == len(document.scorecard.calibration) == 10
    assert "Do the bands keep their promise?" in words_of(response)
    assert markup_of(response).all("a", href=f"{reverse('scorecard', args=['IBM'])}?model=pooled")
