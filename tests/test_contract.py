"""What programs of other people rely on: addresses, shapes and names that do not change."""

import json
from typing import Any

import pytest
from django.test import Client

from ingestion.models import Instrument

METRICS = {
    "final_equity",
    "total_return",
    "cagr",
    "annual_volatility",
    "sharpe",
    "sortino",
    "calmar",
    "max_drawdown",
    "max_drawdown_days",
    "ulcer_index",
    "value_at_risk_95",
    "expected_shortfall_95",
    "trades",
    "open_trades",
    "win_rate",
    "profit_factor",
    "expectancy",
    "sqn",
    "exposure",
    "turnover",
    "total_costs",
    "alpha",
    "beta",
    "probabilistic_sharpe",
}
TRADE = {
    "entry_date",
    "exit_date",
    "direction",
    "shares",
    "entry_price",
    "exit_price",
    "costs",
    "pnl",
    "return",
    "bars",
    "max_adverse_excursion",
    "max_favourable_excursion",
    "exit_reason",
    "open",
}
POINT = {
    "date",
    "median",
    "low_80",
    "high_80",
    "low_95",
    "high_95",
    "probability_above_last_close",
}

pytestmark = pytest.mark.django_db


def posted(client: Client, path: str, body: dict[str, Any], *, status: tuple[int, ...]) -> dict[str, Any]:
    answer = client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json")
    assert answer.status_code in status, answer.content
    document: dict[str, Any] = answer.json()
    return document


def got(client: Client, path: str) -> dict[str, Any]:
    answer = client.get(f"/api/v1{path}")
    assert answer.status_code == 200, answer.content
    document: dict[str, Any] = answer.json()
    return document


def test_bars_are_columns(reader: Client) -> None:
    bars = got(reader, "/instruments/AAPL/bars?start=2012-01-03&end=2012-01-31&adjustment=splits")
    assert bars["symbol"] == "AAPL"
    assert bars["adjustment"] == "splits"
    assert len({len(bars[column]) for column in ("dates", "open", "high", "low", "close", "volume")}) == 1
    assert bars["dates"][0] == "2012-01-03"


@pytest.mark.parametrize(
    "question",
    [
        {"rule": "ma_crossover", "average": "simple", "fast": 20, "slow": 50},
        {"rule": "ma_crossover", "average": "weighted", "direction": "long_short", "entry": "on_state"},
        {"rule": "price_crossover", "average": "exponential", "slow": 100, "direction": "short_only"},
        {"rule": "triple_ma", "average": "hull", "stop_loss": 0.08, "take_profit": 0.2},
        {"rule": "macd", "trailing_stop": 0.1, "fractional_shares": False, "commission_fixed": 1},
        {"rule": "ma_envelope", "fill": "same_close", "slippage_bps": 5, "position_size": 0.5},
    ],
)
def test_a_backtest_of_every_rule_is_its_document(reader: Client, question: dict[str, Any]) -> None:
    document = posted(reader, "/backtests", {"symbol": "AAPL", **question}, status=(200, 201))
    assert {"id", "parameters", "metrics", "benchmark", "series", "trades"} <= document.keys()
    assert document["metrics"].keys() & document["benchmark"].keys() >= METRICS
    assert all(trade.keys() >= TRADE for trade in document["trades"])
    series = document["series"]
    assert len({len(series[c]) for c in ("dates", "equity", "benchmark_equity", "drawdown", "position")}) == 1
    assert document["parameters"].items() >= question.items()
    assert got(reader, f"/backtests/{document['id']}") == document
    assert posted(reader, "/backtests", {"symbol": "AAPL", **question}, status=(200,)) == document
    explained = 10_000 + sum(trade["pnl"] for trade in document["trades"])
    assert explained == pytest.approx(document["metrics"]["final_equity"], abs=0.01)


def test_a_sweep_has_cells_as_columns_a_best_one_and_a_verdict(reader: Client) -> None:
    question = {
        "symbol": "AAPL",
        "fast": {"start": 5, "stop": 25, "step": 5},
        "slow": {"start": 30, "stop": 90, "step": 20},
    }
    document = posted(reader, "/sweeps", question, status=(200, 201))
    cells = document["cells"]
    columns = ("fast", "slow", "total_return", "sharpe", "trades")
    assert {len(cells[column]) for column in columns} == {20}
    assert document["best"]["fast"] in cells["fast"]
    verdict = document["verdict"]
    assert {"trials", "deflated_sharpe", "probability_of_overfitting", "spa_p_value", "sentence"} <= (
        verdict.keys()
    )
    assert verdict["trials"] >= 20
    assert got(reader, f"/sweeps/{document['id']}")["cells"] == cells


def test_a_forecast_has_thirty_points_with_bands(reader: Client) -> None:
    document = posted(reader, "/forecasts", {"symbol": "AAPL"}, status=(200, 201))
    assert {"issued_on", "last_close", "model", "points", "scorecard"} <= document.keys()
    assert len(document["points"]) == 30
    for point in document["points"]:
        assert point.keys() >= POINT
        assert point["low_95"] <= point["low_80"] <= point["median"] <= point["high_80"] <= point["high_95"]
        assert 0 <= point["probability_above_last_close"] <= 1
    assert got(reader, f"/forecasts/{document['id']}") == document


@pytest.mark.parametrize("path", ["/backtests", "/forecasts"])
def test_a_run_has_its_report_as_pdf(reader: Client, path: str) -> None:
    run = posted(reader, path, {"symbol": "IBM"}, status=(200, 201))["id"]
    answer = reader.get(f"/api/v1{path}/{run}/report.pdf")
    assert answer.status_code == 200
    assert answer.getvalue().startswith(b"%PDF-")


def test_a_run_has_one_address_in_every_form(reader: Client) -> None:
    run = posted(reader, "/backtests", {"symbol": "IBM"}, status=(200, 201))["id"]
    for ending in ("/", ".json", ".pdf", ".csv"):
        assert reader.get(f"/backtests/{run}{ending}").status_code == 200, ending


def test_an_import_answers_with_counts(operator: Client) -> None:
    body = "Date,Open,High,Low,Close,Volume\n2024-01-02,10,11,9,10.5,1000\n2024-01-03,10.5,12,10,11,2000\n"
    answer = operator.post("/api/v1/instruments/ACME/import", body, content_type="text/csv")
    assert answer.status_code == 201, answer.content
    assert Instrument.objects.get(symbol="ACME").bars.count() == 2
    assert got(operator, "/instruments/ACME/bars")["close"] == [10.5, 11]


def test_a_fetch_is_a_job_with_progress(operator: Client) -> None:
    job = posted(operator, "/instruments/AAPL/fetch", {}, status=(202,))
    assert {"id", "kind", "state", "progress", "step", "error", "result"} <= job.keys()
    assert job["state"] == "queued"
    assert got(operator, f"/jobs/{job['id']}")["id"] == job["id"]
    assert posted(operator, f"/jobs/{job['id']}/cancel", {}, status=(200, 202))["state"] == "cancelled"


def test_training_is_a_job(operator: Client) -> None:
    assert posted(operator, "/models/AAPL/train", {}, status=(202,))["kind"]


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/api/v1/reports/AAPL.json", "application/json"),
        ("/api/v1/reports/AAPL.pdf", "application/pdf"),
        ("/backtest/AAPL/10000/", "text/html"),
        ("/predict/AAPL/", "text/html"),
        ("/report/AAPL/", "application/pdf"),
        ("/report/json/AAPL/", "application/json"),
    ],
)
def test_the_short_addresses_answer(reader: Client, address: str, kind: str) -> None:
    answer = reader.get(address, follow=True, headers={"Accept": "text/html" if "html" in kind else "*/*"})
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith(kind)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/backtests", {"symbol": "NOSUCH"}, "symbol"),
        ("/backtests", {"symbol": "AAPL", "fast": 50, "slow": 20}, "slow"),
        ("/backtests", {"symbol": "AAPL", "initial_investment": -1}, "initial_investment"),
        ("/backtests", {"symbol": "AAPL", "surprise": 1}, "surprise"),
        ("/sweeps", {"symbol": "NOSUCH"}, "symbol"),
        ("/forecasts", {"symbol": "AAPL", "horizon": 61}, "horizon"),
    ],
)
def test_a_bad_question_is_a_problem_document_that_names_the_field(
    reader: Client, path: str, body: dict[str, Any], field: str
) -> None:
    answer = reader.post(f"/api/v1{path}", json.dumps(body), content_type="application/json")
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert field in json.dumps(answer.json()["errors"])
