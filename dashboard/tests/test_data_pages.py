"""What a person in a browser may rely on about stored data and background work."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from core.formatting import price
from dashboard.models import PRINT_REPORT
from dashboard.presenters.jobs import SHOWN
from dashboard.reports.combined import combined_report
from dashboard.tests.html import HTMX, Markup, markup_of, words_of
from forecasting.forecasts.service import issue_forecast
from forecasting.parameters import ForecastParameters
from ingestion.instruments import list_instruments
from ingestion.models import Instrument
from ingestion.tests.factories import stored_closes
from jobs.models import Job, JobState
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.service import run_backtest

pytestmark = pytest.mark.django_db


@pytest.fixture
def running() -> Job:
    return Job.objects.create(
        kind="fetch_bars",
        subject="IBM",
        state=JobState.RUNNING,
        heartbeat=timezone.now(),
        progress=0.425,
        step="Storing bars",
    )


def _finish(job: Job, state: JobState, error: str = "") -> None:
    job.state, job.error, job.finished_at = state, error, timezone.now()
    job.save()


def test_the_overview_shows_each_instrument_and_says_that_it_is_sample_data(reader: Client) -> None:
    response = reader.get(reverse("overview"))
    words = words_of(response)
    for instrument in list_instruments():
        assert f"{instrument.symbol} {instrument.name} {price(instrument.last_close)}" in words
    assert "not current prices" in words
    assert len(markup_of(response).all("svg", class_="sparkline")) == len(list_instruments())


def test_the_overview_leads_to_the_latest_runs(reader: Client) -> None:
    run = run_backtest(BacktestParameters(symbol="MSFT"))
    forecast = issue_forecast(ForecastParameters(symbol="MSFT"))
    page = markup_of(reader.get(reverse("overview")))
    assert page.all("a", href=run.links.page)
    assert page.all("a", href=forecast.links.page)


def test_a_watched_instrument_moves_to_the_top_of_its_users_overview(
    reader: Client, operator: Client
) -> None:
    response = reader.post(reverse("watch", args=["MSFT"]), headers=HTMX)
    assert markup_of(response).by_id("watch-MSFT").attributes["aria-pressed"] == "true"
    assert _order(reader)[0] == "MSFT"
    assert _order(operator) == sorted(_order(operator))
    reader.post(reverse("watch", args=["MSFT"]), {"off": "1"})
    assert _order(reader) == sorted(_order(reader))


def _order(client: Client) -> list[str]:
    """Return the symbols as the overview lists them."""
    names = [
        button.attributes.get("id", "") for button in markup_of(client.get(reverse("overview"))).all("button")
    ]
    return [name.removeprefix("watch-") for name in names if name.startswith("watch-")]


def test_watching_what_is_not_stored_says_what_to_do(reader: Client) -> None:
    response = reader.post(reverse("watch", args=["ZZZZ"]), headers=HTMX)
    assert response.status_code == 404
    assert "Fetch or import it" in words_of(response)


def test_the_overview_shows_what_is_left_of_the_quota(reader: Client, settings: Settings) -> None:
    assert "No key is set" in words_of(reader.get(reverse("overview")))
    settings.ALPHA_VANTAGE_API_KEY = "a-key-for-this-test"
    settings.ALPHA_VANTAGE_REQUESTS_PER_DAY = 25
    response = reader.get(reverse("overview"))
    assert "25 of 25 requests left" in words_of(response)
    assert markup_of(response).one("div", role="meter").attributes["aria-valuenow"] == "25"


@pytest.mark.parametrize(("state", "shown"), [("", 3), ("active", 1), ("done", 1), ("failed", 1), ("odd", 3)])
def test_the_list_of_jobs_shows_those_in_a_state(
    reader: Client, running: Job, state: str, shown: int
) -> None:
    now = timezone.now()
    for kind, end in (("train_model", JobState.SUCCEEDED), ("fetch_bars", JobState.FAILED)):
        Job.objects.create(kind=kind, subject="MSFT", state=end, started_at=now, finished_at=now)
    response = reader.get(reverse("jobs"), {"state": state})
    assert len(markup_of(response).all("th", scope="row")) == shown


def test_printing_stands_in_a_list_of_its_own_and_every_list_tells_its_length(
    reader: Client, running: Job
) -> None:
    for end in (JobState.QUEUED, JobState.SUCCEEDED, JobState.FAILED):
        Job.objects.create(kind=PRINT_REPORT, subject=f"a report {end}", state=end)
    lists = {
        state: reader.get(reverse("jobs"), {"state": state})
        for state in ("", "active", "done", "failed", "printed")
    }
    told = "All 1 Running and waiting 1 Done 0 Failed and cancelled 0 Printed reports 3"
    for state, response in lists.items():
        assert told in words_of(response)
        assert ("Print a report" in words_of(response)) == (state == "printed")
    assert len(markup_of(lists["printed"]).all("th", scope="row")) == 3
    assert "Print a report" not in words_of(reader.get(reverse("overview")))


def test_the_list_of_jobs_names_symbols_where_a_subject_is_only_an_id(reader: Client) -> None:
    for kind, arguments in (
        ("sweep", {"parameters": {"symbol": "IBM"}}),
        ("universe_part", {"universe_id": "0123", "symbols": ["AAPL", "FB"]}),
    ):
        Job.objects.create(
            kind=kind, subject="0123456789abcdef", state=JobState.SUCCEEDED, arguments=arguments
        )
    words = words_of(reader.get(reverse("jobs")))
    assert "Sweep parameters: IBM" in words
    assert "Sweep symbols: AAPL, FB" in words
    assert "0123456789abcdef" not in words


def test_a_long_list_of_jobs_tells_what_it_leaves_out(reader: Client) -> None:
    Job.objects.bulk_create(
        Job(kind="fetch_bars", subject=f"S{number}", state=JobState.SUCCEEDED) for number in range(SHOWN + 3)
    )
    response = reader.get(reverse("jobs"), {"state": "done"})
    assert len(markup_of(response).all("th", scope="row")) == SHOWN
    assert "The newest 50 of 53." in words_of(response)


def test_the_list_of_jobs_asks_again_only_while_something_runs(reader: Client, running: Job) -> None:
    polled = markup_of(reader.get(reverse("jobs"), headers=HTMX)).by_id("jobs")
    assert polled.attributes["hx-trigger"] == "every 2s"
    _finish(running, JobState.SUCCEEDED)
    assert "hx-trigger" not in markup_of(reader.get(reverse("jobs"), headers=HTMX)).by_id("jobs").attributes


def test_the_overview_shows_what_runs_now(reader: Client, running: Job) -> None:
    assert markup_of(reader.get(reverse("overview"))).has_id(f"job-{running.pk}")


def test_the_overview_of_an_empty_site_says_what_to_do(reader: Client) -> None:
    Instrument.objects.all().delete()
    words = words_of(reader.get(reverse("overview")))
    assert "Nothing is stored yet" in words
    assert "manage.py load_stock_data" in words


def test_the_data_page_tells_what_is_stored_and_which_key_is_missing(reader: Client) -> None:
    words = words_of(reader.get(reverse("data")))
    assert "No Alpha Vantage key is set" in words
    assert "ALPHA_VANTAGE_API_KEY" in words
    assert "2005-02-28, 2 for 1" in words
    assert "3,270" in words


def test_staff_fetch_a_symbol_and_see_its_job(operator: Client) -> None:
    response = operator.post(reverse("fetch"), {"symbol": "ibm"}, headers=HTMX)
    job = Job.objects.get()
    assert (response.status_code, job.kind, job.subject) == (200, "fetch_bars", "IBM")
    page = markup_of(response)
    assert page.elements[0].attributes["id"] == "fetching"
    assert page.has_id(f"job-{job.pk}")
    assert operator.post(reverse("fetch"), {"symbol": "IBM"})["Location"] == reverse("job", args=[job.pk])


@pytest.mark.parametrize(
    ("symbol", "message"),
    [("???", "is not a ticker symbol"), ("NVDA", "ALPHA_VANTAGE_API_KEY"), ("", "Give a symbol")],
)
def test_what_cannot_be_fetched_is_told_at_the_field(operator: Client, symbol: str, message: str) -> None:
    response = operator.post(reverse("fetch"), {"symbol": symbol}, headers=HTMX)
    assert response.status_code == 422
    page = markup_of(response)
    assert message in page.message_of("symbol")
    assert page.by_id("id_symbol").attributes.get("value", "") == symbol
    assert not Job.objects.exists()


def test_only_staff_fetch(reader: Client) -> None:
    assert not markup_of(reader.get(reverse("data"))).all("form", action=reverse("fetch"))
    assert reader.post(reverse("fetch"), {"symbol": "IBM"}).status_code == 403
    assert not Job.objects.exists()


def test_a_running_job_is_polled_and_shows_how_far_it_is(reader: Client, running: Job) -> None:
    response = reader.get(reverse("job", args=[running.pk]), headers=HTMX)
    assert response.status_code == 200
    card = markup_of(response)
    assert card.elements[0].attributes["hx-trigger"] == "every 1s"
    bar = card.one("div", role="progressbar")
    assert bar.attributes["aria-valuenow"] == "42"
    assert "Storing bars" in words_of(response)


@pytest.mark.parametrize(
    ("state", "error", "words"),
    [
        (JobState.SUCCEEDED, "", "Done"),
        (JobState.FAILED, "The provider does not answer.", "The provider does not answer."),
        (JobState.CANCELLED, "", "Cancelled"),
    ],
)
def test_the_end_of_a_job_ends_the_polling(
    reader: Client, running: Job, state: JobState, error: str, words: str
) -> None:
    _finish(running, state, error)
    response = reader.get(reverse("job", args=[running.pk]), headers=HTMX)
    assert response.status_code == 286
    assert "job-ended" in response["HX-Trigger-After-Settle"]
    assert "hx-trigger" not in markup_of(response).elements[0].attributes
    assert words in words_of(response)


def test_a_finished_job_opened_as_a_page_is_a_page(reader: Client, running: Job) -> None:
    _finish(running, JobState.SUCCEEDED)
    response = reader.get(reverse("job", args=[running.pk]))
    assert response.status_code == 200
    assert markup_of(response).all("html")


def test_staff_cancel_a_job(operator: Client, running: Job) -> None:
    url = reverse("cancel_job", args=[running.pk])
    card = markup_of(operator.get(reverse("job", args=[running.pk]), headers=HTMX))
    assert card.one("form").attributes["hx-post"] == url
    response = operator.post(url, headers=HTMX)
    assert response.status_code == 200
    assert "Stopping" in words_of(response)
    running.refresh_from_db()
    assert running.cancel_requested


def test_only_staff_cancel_a_job(reader: Client, running: Job) -> None:
    card = markup_of(reader.get(reverse("job", args=[running.pk]), headers=HTMX))
    assert not card.all("form")
    assert reader.post(reverse("cancel_job", args=[running.pk])).status_code == 403
    running.refresh_from_db()
    assert not running.cancel_requested


def test_the_list_of_jobs_says_what_happened(reader: Client, running: Job) -> None:
    _finish(running, JobState.FAILED, "The provider does not answer.")
    words = words_of(reader.get(reverse("jobs")))
    assert "Fetch bars: IBM Failed The provider does not answer." in words


def test_the_report_on_a_page_says_what_the_combined_document_says(reader: Client) -> None:
    document = combined_report("IBM")
    response = reader.get(reverse("report", args=["ibm"]))
    words = words_of(response)
    assert document.look_back
    assert document.look_back_result
    for text in (
        document.backtest.summary,
        document.forecast.summary,
        document.look_back_result.sentence,
        document.disclosure,
    ):
        assert " ".join(text.split()) in words
    page = markup_of(response)
    for url in (document.links.pdf, document.links.json_, document.links.backtest):
        assert page.all("a", href=url)
    actual = page.columns("look-back-chart")["sources"]["actual"]["close"][1:]
    assert actual == [point.actual for point in document.look_back.points]


def test_the_list_of_reports_leads_to_page_pdf_and_json(reader: Client) -> None:
    page = markup_of(reader.get(reverse("reports")))
    for name in ("report", "report_pdf", "report_json"):
        assert page.all("a", href=reverse(name, args=["AAPL"]))


def test_a_report_on_an_unknown_symbol_is_not_found(reader: Client) -> None:
    response = reader.get(reverse("report", args=["NOPE"]), headers={"Accept": "text/html"})
    assert response.status_code == 404
    assert isinstance(markup_of(response), Markup)


@pytest.mark.parametrize("name", ["overview", "backtests", "forecasts", "reports", "data", "jobs"])
def test_the_menu_marks_the_page_that_one_is_on(reader: Client, name: str) -> None:
    page = markup_of(reader.get(reverse(name)))
    (marked,) = [item for item in page.all("a") if item.attributes.get("aria-current") == "page"]
    assert marked.attributes["href"] == reverse(name)


@pytest.mark.parametrize("name", ["overview", "backtests", "forecasts", "reports", "data", "jobs"])
def test_pages_are_for_people_with_a_login(visitor: Client, name: str) -> None:
    response = visitor.get(reverse(name))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("login"))


def test_an_error_is_a_sentence_to_htmx_and_a_page_to_a_browser(reader: Client) -> None:
    url = reverse("job", args=["00000000-0000-0000-0000-000000000000"])
    partial = reader.get(url, headers=HTMX)
    assert partial.status_code == 404
    assert markup_of(partial).elements[0].attributes == {"data-error-message": ""}
    page = reader.get(url, headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert "There is no job with this id." in words_of(page)


def test_the_number_of_statements_does_not_grow_with_the_instruments(reader: Client) -> None:
    counts = []
    for kept in (["AAPL"], ["AAPL", "IBM", "MSFT"]):
        with transaction.atomic():
            Instrument.objects.exclude(symbol__in=kept).delete()
            with CaptureQueriesContext(connection) as overview:
                reader.get(reverse("overview"))
            with CaptureQueriesContext(connection) as data:
                reader.get(reverse("data"))
            counts.append((len(overview), len(data)))
            transaction.set_rollback(True)
    assert counts[0] == counts[1]


@pytest.fixture
def api_key(settings: Settings) -> None:
    settings.ALPHA_VANTAGE_API_KEY = "NOTAREALKEY"
    settings.ALPHA_VANTAGE_REQUESTS_PER_DAY = 25


def test_with_a_key_the_page_says_how_many_requests_are_left(operator: Client, api_key: None) -> None:
    words = words_of(operator.get(reverse("data")))
    assert "25 of 25 Alpha Vantage requests are left today" in words
    assert "NOTAREALKEY" not in words


def test_replacing_the_sample_is_asked_about_first_and_only_with_a_key(
    operator: Client, settings: Settings, api_key: None
) -> None:
    assert _forms_that_ask_first(operator) == len(list_instruments())
    settings.ALPHA_VANTAGE_API_KEY = None
    assert _forms_that_ask_first(operator) == 0


def _forms_that_ask_first(client: Client) -> int:
    forms = markup_of(client.get(reverse("data"))).all("form")
    return sum("hx-confirm" in form.attributes for form in forms)


def test_the_data_page_draws_splits_and_gaps_and_lists_what_is_missing(reader: Client) -> None:
    Instrument.objects.get(symbol="AAPL").bars.filter(date__range=("2008-07-01", "2008-12-31")).delete()
    page = markup_of(reader.get(reverse("data")))
    strips = page.all("svg", class_="coverage-strip")
    assert len(strips) == len(list_instruments())
    words = words_of(reader.get(reverse("data")))
    assert "No bars: 2008-07-01 to 2008-12-31, 128 sessions" in words
    assert "Split: 2 for 1 on 2005-02-28" in words
    assert "3,142 of 3,270 sessions of the historical sample" in words


def test_an_exchange_without_a_calendar_leaves_the_data_page_readable(reader: Client) -> None:
    Instrument.objects.filter(symbol="IBM").update(exchange="XXXX")
    words = words_of(reader.get(reverse("data")))
    assert "There is no calendar for the exchange XXXX" in words
    assert "3,270 of 3,270 sessions" in words


def _file(*rows: str) -> SimpleUploadedFile:
    content = "\n".join(["date,open,high,low,close,volume", *rows])
    return SimpleUploadedFile("bars.csv", content.encode())


def test_staff_import_a_file_and_read_what_it_brought(operator: Client) -> None:
    form = {"file": _file("2024-01-02,10,12,9,11,5"), "import_symbol": "test", "prices": "as_traded"}
    response = operator.post(reverse("import_file"), form, headers=HTMX)
    assert response.status_code == 200
    assert "1 rows of TEST: 1 new" in words_of(response)
    assert "job-ended" in response["HX-Trigger-After-Settle"]
    assert Instrument.objects.get(symbol="TEST").source == "file"
    assert "bars.csv" in operator.get(reverse("data")).content.decode()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"file": _file("2024-01-06,10,12,9,11,5")}, "Line 2: 2024-01-06 is no session of XNYS"),
        ({"file": ""}, "Choose a file"),
        ({"import_symbol": ""}, "Name the symbol"),
        ({"import_symbol": "N V"}, "is not a ticker symbol"),
        ({"exchange": "XXXX"}, "There is no calendar for “XXXX”"),
        ({"prices": "split_adjusted"}, "The splits of TEST are not known"),
    ],
)
def test_what_is_wrong_with_a_file_stands_in_its_form(
    operator: Client, changed: dict[str, object], words: str
) -> None:
    form = {"file": _file("2024-01-02,10,12,9,11,5"), "import_symbol": "TEST", "prices": "as_traded"}
    response = operator.post(reverse("import_file"), form | changed, headers=HTMX)
    assert response.status_code == 422
    assert words in words_of(response)
    assert not Instrument.objects.filter(symbol="TEST").exists()


def test_a_large_file_shows_its_job(operator: Client) -> None:
    row = "2024-01-02,10,12,9,11," + "0" * 30 + "5"
    form = {"file": _file(*[row] * 6000), "import_symbol": "TEST", "prices": "as_traded"}
    response = operator.post(reverse("import_file"), form, headers=HTMX)
    job = Job.objects.get(kind="import_bars")
    assert markup_of(response).has_id(f"job-{job.pk}")


def test_only_staff_see_and_use_the_import(reader: Client) -> None:
    assert not markup_of(reader.get(reverse("data"))).has_id("importing")
    assert reader.post(reverse("import_file"), {"file": _file()}).status_code == 403


def test_typing_finds_what_is_stored_by_symbol_or_name_and_costs_no_request(
    operator: Client, settings: Settings
) -> None:
    settings.ALPHA_VANTAGE_API_KEY = "a key that is never used"
    for typed in ("aa", "apple"):
        words = words_of(operator.get(reverse("search"), {"symbol": typed}, headers=HTMX))
        assert "AAPL Apple Inc." in words
        assert f"Search Alpha Vantage for “{typed}” (one request)" in words
    assert "Nothing that is stored" in words_of(operator.get(reverse("search"), {"symbol": "zzz"}))


def test_only_staff_search_at_the_provider(reader: Client, operator: Client, settings: Settings) -> None:
    settings.ALPHA_VANTAGE_API_KEY = None
    assert reader.post(reverse("search"), {"symbol": "tesco"}).status_code == 403
    answer = operator.post(reverse("search"), {"symbol": "tesco"}, headers=HTMX)
    assert "needs an API key of Alpha Vantage" in words_of(answer)


def test_a_parked_job_says_when_it_goes_on_and_can_be_sent_on_its_way(operator: Client) -> None:
    job = Job.objects.create(
        kind="fetch_bars",
        subject="NVDA",
        step="The requests of the day are used up.",
        next_attempt_at=timezone.now() + timedelta(hours=2),
    )
    words = words_of(operator.get(reverse("job", args=[job.pk])))
    assert "Parked" in words
    assert "The requests of the day are used up. Next attempt" in words
    operator.post(reverse("resume_job", args=[job.pk]), headers=HTMX)
    job.refresh_from_db()
    assert not job.is_parked


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["without scripts", "with htmx"])
def test_a_step_is_recorded_as_a_split_with_one_click_and_undone(
    operator: Client, headers: dict[str, str]
) -> None:
    days = {date(2024, 1, 2): 1000.0, date(2024, 1, 3): 1010.0, date(2024, 1, 4): 101.0}
    stored_closes("QSTEP", days)
    for action, words in (("record_split", "Recorded by hand"), ("remove_split", "fell to a tenth")):
        page = markup_of(operator.get(reverse("data")))
        assert page.all("form", action=reverse(action))
        fields = {"symbol": "QSTEP", "date": "2024-01-04", "ratio": "10"}
        shown = {
            field.attributes.get("name", ""): field.attributes.get("value") for field in page.all("input")
        }
        assert fields.items() - {("ratio", "10")} <= shown.items()
        response = operator.post(reverse(action), fields, headers=headers, follow=not headers)
        assert words in words_of(response)


def test_others_see_steps_without_buttons(reader: Client) -> None:
    stored_closes("QSTEP", {date(2024, 1, 2): 1000.0, date(2024, 1, 3): 100.0})
    page = reader.get(reverse("data"))
    assert "Steps without a split" in words_of(page)
    assert not markup_of(page).all("form", action=reverse("record_split"))
    assert reader.post(reverse("record_split"), {"symbol": "QSTEP"}).status_code == 403
