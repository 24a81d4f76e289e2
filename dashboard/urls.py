"""The addresses of the dashboard."""

from django.urls import URLPattern, URLResolver, path

from dashboard.views.backtests import backtest, backtest_detail, backtests
from dashboard.views.charts import chart_skeleton
from dashboard.views.jobs import cancel_job, job, jobs
from dashboard.views.overview import overview

urlpatterns: list[URLPattern | URLResolver] = [
    path("", overview, name="overview"),
    path("charts/<slug:kind>-<slug:version>.json", chart_skeleton, name="chart_skeleton"),
    path("backtests/", backtests, name="backtests"),
    path("backtests/<slug:backtest_id>/", backtest, name="backtest"),
    path("backtests/<slug:backtest_id>/detail/", backtest_detail, name="backtest_detail"),
    path("jobs/", jobs, name="jobs"),
    path("jobs/<uuid:job_id>/", job, name="job"),
    path("jobs/<uuid:job_id>/cancel/", cancel_job, name="cancel_job"),
]
