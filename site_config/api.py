"""The API under /api/v1, put together from the apps' routers."""

from ninja import NinjaAPI

from dashboard.api import router as reports_router
from forecasting.api import forecasts_router, models_router
from ingestion.api import router as instruments_router
from jobs.api import router as jobs_router
from site_config.errors import add_problem_handlers
from strategies.api import router as backtests_router

api = NinjaAPI(
    title="Hindcast",
    version="1",
    description="Daily bars, backtests of moving-average rules and forecasts of the next sessions.",
)
add_problem_handlers(api)
api.add_router("/instruments", instruments_router)
api.add_router("/backtests", backtests_router)
api.add_router("/models", models_router)
api.add_router("/forecasts", forecasts_router)
api.add_router("/jobs", jobs_router)
api.add_router("", reports_router)
