"""The URLs of the dashboard."""

from django.urls import URLPattern, URLResolver, include, path

from dashboard.views.account import ChangePassword, account, create_token, delete_token
from dashboard.views.backtests import backtest, backtest_detail, backtests
from dashboard.views.charts import chart_skeleton
from dashboard.views.comparison import add_to_comparison, comparison, remove_from_comparison
from dashboard.views.custom_rules import check_rule
from dashboard.views.data import data, fetch
from dashboard.views.forecasts import forecast, forecasts, train
from dashboard.views.history import change_entry, delete, forget, history, save
from dashboard.views.imports import import_file
from dashboard.views.jobs import cancel_job, job, jobs, resume_job
from dashboard.views.methods import method
from dashboard.views.overview import overview, watch_instrument
from dashboard.views.reports import report, reports
from dashboard.views.scorecards import evaluate, scorecard, use_model
from dashboard.views.search import search, symbols
from dashboard.views.splits import record_step, remove_recorded
from dashboard.views.stretch import backtest_stretch
from dashboard.views.sweeps import sweep, sweeps
from dashboard.views.trades import backtest_trades, trades_file
from dashboard.views.universes import resume, start_universe, universe, universes

urlpatterns: list[URLPattern | URLResolver] = [
    path("", overview, name="overview"),
    path("watch/<str:symbol>/", watch_instrument, name="watch"),
    path("backtests/", backtests, name="backtests"),
    path("backtests/<slug:backtest_id>/", backtest, name="backtest"),
    path("backtests/<slug:backtest_id>/detail/", backtest_detail, name="backtest_detail"),
    path("backtests/<slug:backtest_id>/stretch/", backtest_stretch, name="backtest_stretch"),
    path("backtests/<slug:backtest_id>/trades/", backtest_trades, name="backtest_trades"),
    path("backtests/<slug:backtest_id>/trades.csv", trades_file, name="trades_file"),
    path("backtests/<slug:backtest_id>/save/", save, name="save_run"),
    path("backtests/<slug:backtest_id>/forget/", forget, name="forget_run"),
    path("rules/check/", check_rule, name="check_rule"),
    path("history/", history, name="history"),
    path("history/<int:entry_id>/", change_entry, name="change_entry"),
    path("history/<int:entry_id>/delete/", delete, name="delete_entry"),
    path("compare/", comparison, name="compare"),
    path("compare/add/", add_to_comparison, name="add_to_comparison"),
    path("compare/remove/", remove_from_comparison, name="remove_from_comparison"),
    path("sweeps/", sweeps, name="sweeps"),
    path("sweeps/<slug:sweep_id>/", sweep, name="sweep"),
    path("sweeps/<slug:sweep_id>/universe/", start_universe, name="start_universe"),
    path("universes/", universes, name="universes"),
    path("universes/<slug:universe_id>/", universe, name="universe"),
    path("universes/<slug:universe_id>/resume/", resume, name="resume_universe"),
    path("forecasts/", forecasts, name="forecasts"),
    path("forecasts/<slug:forecast_id>/", forecast, name="forecast"),
    path("scorecards/<str:symbol>/", scorecard, name="scorecard"),
    path("scorecards/<str:symbol>/evaluate/", evaluate, name="evaluate"),
    path("models/train/", train, name="train"),
    path("models/<str:version>/use/", use_model, name="use_model"),
    path("reports/", reports, name="reports"),
    path("reports/<str:symbol>/", report, name="report"),
    path("data/", data, name="data"),
    path("data/fetch/", fetch, name="fetch"),
    path("data/import/", import_file, name="import_file"),
    path("data/splits/", record_step, name="record_split"),
    path("data/splits/remove/", remove_recorded, name="remove_split"),
    path("data/search/", search, name="search"),
    path("symbols/", symbols, name="symbols"),
    path("account/", account, name="account"),
    path("account/password/", ChangePassword.as_view(), name="change_password"),
    path("account/tokens/", create_token, name="create_token"),
    path("account/tokens/<int:token_id>/revoke/", delete_token, name="revoke_token"),
    path("methods/<slug:name>/", method, name="method"),
    path("jobs/", jobs, name="jobs"),
    path("jobs/<uuid:job_id>/", job, name="job"),
    path("jobs/<uuid:job_id>/cancel/", cancel_job, name="cancel_job"),
    path("jobs/<uuid:job_id>/resume/", resume_job, name="resume_job"),
    path("charts/<slug:kind>-<slug:version>.json", chart_skeleton, name="chart_skeleton"),
    path("", include("dashboard.views.exports")),
    path("", include("dashboard.views.shortcuts")),
]
