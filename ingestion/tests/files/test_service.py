"""Importing files: what is stored, what is refused, and by which door."""

import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from core.errors import InvalidInput
from ingestion.bars import Adjustment, load_bars
from ingestion.files.csv_export import csv_of
from ingestion.files.requests import FilePrices, ImportRequest
from ingestion.files.service import import_bars
from ingestion.files.upload_storage import drop_forgotten_uploads
from ingestion.models import ActionKind, BarRevision, Instrument, Upload, UploadChunk
from ingestion.store.batch import Action
from ingestion.tests.factories import sessions, stored
from jobs.models import Job, JobState
from jobs.queue import cancel, resume
from jobs.worker.run import run_job

pytestmark = pytest.mark.django_db

HEADER = "date,open,high,low,close,volume"
DAYS = [date(2024, 1, 2), date(2024, 1, 3), date(2024, 1, 4)]


def lines_of(days: list[date], close: str = "10.5") -> str:
    return "\n".join([HEADER, *(f"{day},10,12,9,{close},1000" for day in days)])


def importing(content: str, symbol: str | None = "TEST", **request: Any) -> dict[str, Any]:
    file = io.BytesIO(content.encode())
    result = import_bars(file, ImportRequest(symbol=symbol, **request))
    return {name: value for name, value in result.as_json().items() if value}


def test_an_import_stores_the_rows_and_counts_them() -> None:
    assert importing(lines_of(DAYS))["inserted"] == 3
    bars = load_bars("TEST")
    assert (bars.source, bars.close.tolist(), bars.exchange) == ("file", [10.5] * 3, "XNYS")
    again = importing(lines_of(DAYS))
    assert (again.get("inserted"), again["unchanged"]) == (None, 3)
    changed = importing(lines_of(DAYS, close="11"))
    assert (changed["changed"], changed["revisions"], BarRevision.objects.count()) == (3, 3, 3)


def test_rows_may_run_either_way() -> None:
    importing(lines_of(DAYS[::-1]))
    assert load_bars("TEST").dates.tolist() == DAYS


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2024-01-05,10,12,9,13,1", "the close 13 lies outside the range"),
        ("2024-01-06,10,12,9,10,1", "2024-01-06 is no session of XNYS"),
        ("2024-01-01,10,12,9,10,1", "2024-01-01 is no session of XNYS"),
        ("2098-01-05,10,12,9,10,1", "2098-01-05 lies in the future"),
        ("2024-02-30,10,12,9,10,1", "“2024-02-30” is not a date"),
    ],
)
def test_one_wrong_row_is_named_and_costs_itself_alone(row: str, reason: str) -> None:
    result = importing(
        f"{lines_of(DAYS)}\n{row.replace(',12,9,10,1', ',10,10,10,0') if 'session' in reason else row}\n"
    )
    assert result["inserted"] == 3
    (aside,) = result["set_aside"]
    assert (aside["line"], reason in aside["reason"]) == (5, True)


def test_a_file_without_any_bar_is_refused_with_its_first_lines() -> None:
    weekend = [date(2024, 1, 6) + timedelta(days=7 * week) for week in range(150)]
    with pytest.raises(InvalidInput, match="weekly bars"):
        importing(lines_of(weekend))
    with pytest.raises(InvalidInput, match="Line 2: 2024-01-06 is no session of XNYS"):
        importing(lines_of(weekend[:2]))
    assert not Instrument.objects.filter(symbol="TEST").exists()


def test_a_file_with_a_column_of_symbols_is_imported_for_all_of_them() -> None:
    content = "ticker," + lines_of(DAYS[:1]).replace("\n", "\nAAA,") + "\nBBB,2024-01-02,1,1,1,1,5\n"
    assert importing(content, symbol=None)["symbols"] == ["AAA", "BBB"]
    assert load_bars("BBB").volume.tolist() == [5]
    again = importing(content, symbol="AAA")
    assert (again["symbols"], again["unchanged"]) == (["AAA"], 1)
    assert "BBB" in again["notices"][0]


def test_a_file_that_names_no_symbol_needs_one() -> None:
    with pytest.raises(InvalidInput, match="Name the symbol") as refusal:
        importing(lines_of(DAYS), symbol=None)
    assert refusal.value.field == "symbol"


def test_bars_of_the_provider_stand_and_a_file_fills_the_days_before() -> None:
    stored("TEST", [DAYS[2]])
    result = importing(lines_of(DAYS, close="102.9").replace(",12,", ",200,"))
    assert (result["inserted"], result["kept"]) == (2, 1)
    assert load_bars("TEST").close.tolist() == [102.9, 102.9, 102.75]
    assert Instrument.objects.get(symbol="TEST").source == "alpha_vantage"
    stored("TEST", DAYS[1:])  # the provider's bars take the place of the file's
    assert load_bars("TEST").close.tolist() == [102.9, 102.75, 102.75]


def test_prices_that_are_evidently_adjusted_are_turned_back_unless_called_as_traded() -> None:
    split = Action(date=DAYS[2], kind=ActionKind.SPLIT, value=Decimal(10))
    stored("TEST", DAYS[1:], actions=[split])
    adjusted = "\n".join(
        [HEADER, f"{DAYS[0]},10,20,0.1,10.275,5000", f"{DAYS[1]},10.1,20,0.1,10.275,63180790"]
    )
    with pytest.raises(
        InvalidInput, match=r"On 2024-01-03 the file has a close of 10\.275 where TEST traded at"
    ):
        importing(adjusted, prices=FilePrices.AS_TRADED)
    result = importing(adjusted)
    assert result["inserted"] == 1
    assert "adjusted for the split of 2024-01-04" in result["notices"][0]
    raw = load_bars("TEST", adjustment=Adjustment.NONE)
    assert (raw.close.tolist(), raw.volume[0]) == ([102.75] * 3, 500)
    assert importing(adjusted, prices=FilePrices.SPLIT_ADJUSTED)["unchanged"] == 2


def test_adjusted_prices_cannot_be_turned_back_without_knowing_the_splits() -> None:
    with pytest.raises(InvalidInput, match="The splits of TEST are not known") as refusal:
        importing(lines_of(DAYS), prices=FilePrices.SPLIT_ADJUSTED)
    assert refusal.value.field == "prices"


def test_a_file_takes_the_place_of_the_sample_when_told_to() -> None:
    with pytest.raises(InvalidInput, match="3,270 bars of the historical sample"):
        importing(lines_of(DAYS), symbol="AAPL")
    result = importing(lines_of(DAYS), symbol="AAPL", replace=True)
    assert result["removed"] == 3270
    assert "replace 3,270 bars of the historical sample" in str(result["sentence"])
    assert load_bars("AAPL").source == "file"


def test_an_exchange_of_ones_own_decides_on_the_sessions() -> None:
    new_year_in_tokyo = [date(2024, 1, 2)]
    with pytest.raises(InvalidInput, match="no session of XTKS"):
        importing(lines_of(new_year_in_tokyo), exchange="XTKS")
    importing(lines_of([date(2024, 1, 4)]), exchange="XTKS")
    assert load_bars("TEST").exchange == "XTKS"


def test_todays_row_of_an_open_session_is_provisional(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2024, 1, 4, 15, tzinfo=UTC))
    importing(lines_of(DAYS))
    assert load_bars("TEST").provisional


def test_what_is_exported_is_imported_again_as_it_was() -> None:
    before = load_bars("AAPL", adjustment=Adjustment.NONE)
    importing(csv_of(before), symbol="COPY")
    after = load_bars("COPY", adjustment=Adjustment.NONE)
    for name in ("dates", "open", "high", "low", "close", "volume"):
        assert getattr(after, name).tolist() == getattr(before, name).tolist()


# --- the API


def post(
    client: Client, content: str, symbol: str = "TEST", query: str = ""
) -> tuple[int, dict[str, object]]:
    answer = client.post(f"/api/v1/instruments/{symbol}/import{query}", content, content_type="text/csv")
    return answer.status_code, answer.json()


def test_the_api_answers_201_with_counts(operator: Client) -> None:
    status, body = post(operator, lines_of(DAYS), symbol="test")
    assert status == 201
    assert (body["symbols"], body["rows"], body["inserted"]) == (["TEST"], 3, 3)
    assert operator.get("/api/v1/instruments/TEST").json()["source"] == "file"


def test_the_api_takes_a_form_with_a_file_too(operator: Client) -> None:
    file = SimpleUploadedFile("test.csv", lines_of(DAYS).encode())
    answer = operator.post("/api/v1/instruments/TEST/import", {"file": file})
    assert (answer.status_code, answer.json()["inserted"]) == (201, 3)


@pytest.mark.parametrize(
    ("content", "query", "words"),
    [
        ("", "", "The file is empty"),
        (lines_of([date(2024, 1, 6)]), "", "Line 2: 2024-01-06 is no session"),
        (lines_of(DAYS), "?prices=odd", ""),
        (lines_of(DAYS), "?currency=dollars", "no currency"),
        (lines_of(DAYS), "?dates=odd", "no choice for dates"),
        (lines_of(DAYS), "?columns=odd", "does not say which column is which"),
        (lines_of(DAYS), "?columns=odd:x", "no kind of column"),
        (lines_of(DAYS), "?exchange=XXXX", "no calendar for “XXXX”"),
    ],
)
def test_the_api_says_what_is_wrong(operator: Client, content: str, query: str, words: str) -> None:
    status, body = post(operator, content, query=query)
    assert status == 422
    assert words in str(body["detail"])
    assert not Instrument.objects.filter(symbol="TEST").exists()


def test_only_staff_import(reader: Client, visitor: Client) -> None:
    assert post(reader, lines_of(DAYS))[0] == 403
    assert post(visitor, lines_of(DAYS))[0] == 401
    assert not Instrument.objects.filter(symbol="TEST").exists()


def many_rows() -> str:
    """Return more than is imported at once: forty years of a share's sessions."""
    return lines_of(sessions(date(1990, 1, 2), date(2023, 12, 29)), close="10.500000000000000")


def large_import(client: Client) -> Job:
    status, body = post(client, many_rows())
    assert (status, body["state"]) == (202, "queued")
    return Job.objects.get(pk=str(body["id"]))


def run(job: Job) -> Job:
    run_job(str(job.pk))
    job.refresh_from_db()
    return job


def test_a_large_file_becomes_a_job_and_is_gone_afterwards(operator: Client) -> None:
    job = large_import(operator)
    assert Upload.objects.get().size == len(many_rows())
    done = run(job)
    assert (done.state, done.error) == (JobState.SUCCEEDED, "")
    assert done.result is not None
    assert done.result["inserted"] == many_rows().count("\n")
    assert not UploadChunk.objects.exists()


def test_a_large_file_says_what_was_set_aside_and_a_bad_one_fails(operator: Client) -> None:
    status, body = post(operator, many_rows() + "\n2023-12-30,1,1,1,1,0\n")
    assert status == 202
    job = run(Job.objects.get(pk=str(body["id"])))
    assert job.state == JobState.SUCCEEDED
    assert job.result is not None
    assert job.result["set_aside"][0]["line"] == many_rows().count(chr(10)) + 2
    bad = HEADER + "\n" + "2024-01-02,10,9,12,10,1\n" * 20_000
    job = run(Job.objects.get(pk=str(post(operator, bad, symbol="BAD")[1]["id"])))
    assert job.state == JobState.FAILED
    assert "Line 2: the low 12 lies above the high 9" in job.error
    assert not Instrument.objects.filter(symbol="BAD").exists()
    assert not Upload.objects.exists()
    assert "no longer there" in run(resume(job.pk)).error


def test_a_second_file_of_a_symbol_is_not_lost_in_silence(operator: Client) -> None:
    large_import(operator)
    status, body = post(operator, many_rows())
    assert status == 422
    assert "Another import of TEST is not finished" in str(body["detail"])
    assert Upload.objects.count() == 1


def test_the_file_of_a_cancelled_job_is_dropped_after_a_while(operator: Client) -> None:
    waiting = large_import(operator)
    Upload.objects.update(created_at=timezone.now() - timedelta(hours=2))
    drop_forgotten_uploads()
    assert Upload.objects.count() == 1
    cancel(waiting.pk)
    drop_forgotten_uploads()
    assert not Upload.objects.exists()


def test_a_file_beyond_the_limit_is_refused_and_leaves_nothing(operator: Client, settings: Settings) -> None:
    settings.IMPORT_MEGABYTES = 1
    status, body = post(operator, HEADER + "\n" * 2_000_000)
    assert status == 413
    assert "1 MB" in str(body["detail"])
    assert not Upload.objects.exists()


def test_progress_moves_as_rows_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingestion.files.table_reader.ROWS_AT_ONCE", 1000)
    steps: list[tuple[float, str]] = []
    file = io.BytesIO(many_rows().encode())
    import_bars(file, ImportRequest(symbol="TEST"), progress=lambda done, step: steps.append((done, step)))
    fractions = [done for done, _ in steps]
    assert len(fractions) > 8
    assert fractions == sorted(fractions)
    assert steps[1][1] == "Reading the rows"
    assert steps[-1][1] == "Storing TEST, 1 of 1"


def test_an_archive_is_imported_file_by_file() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("aaa.us.txt", lines_of(DAYS))
        archive.writestr("bbb.csv", lines_of(DAYS))
        archive.writestr("page.csv", "<html><body>Too many requests</body></html>")
    result = import_bars(content, ImportRequest(), name="many.zip")
    assert (result.symbols, result.inserted) == (["AAA", "BBB"], 6)
    assert "page.csv: The file is a web page" in result.notices[0]


# --- the command and the export


def test_the_command_imports_and_says_what_it_brought(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "test.csv"
    path.write_text(lines_of(DAYS))
    call_command("import_bars", str(path), symbol="test")
    assert capsys.readouterr().out == "3 rows of TEST: 3 new, 0 changed, 0 as before.\n"


def test_the_command_names_the_line_or_the_missing_file(tmp_path: Path) -> None:
    path = tmp_path / "test.csv"
    path.write_text(lines_of([date(2024, 1, 6)]))
    with pytest.raises(CommandError, match="Line 2: 2024-01-06"):
        call_command("import_bars", str(path), symbol="TEST")
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("import_bars", str(tmp_path / "none.csv"), symbol="TEST")


def test_bars_leave_as_csv_as_they_were_traded(reader: Client) -> None:
    answer = reader.get("/api/v1/instruments/aapl/bars.csv", {"start": "2005-02-25", "end": "2005-02-28"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "AAPL-2005-02-25-2005-02-28.csv" in answer["Content-Disposition"]
    assert answer.content.decode() == (
        f"{HEADER}\n2005-02-25,89.62,89.91,88.19,88.99,16348400\n2005-02-28,44.68,45.14,43.96,44.86,11635900\n"
    )


def test_the_quota_is_read_by_the_api(reader: Client, settings: Settings) -> None:
    settings.ALPHA_VANTAGE_API_KEY = None
    without = reader.get("/api/v1/quota").json()
    assert (without["has_key"], without["requests_left"]) == (False, 0)
    settings.ALPHA_VANTAGE_API_KEY = "a key"
    assert reader.get("/api/v1/quota").json()["requests_left"] == 25
