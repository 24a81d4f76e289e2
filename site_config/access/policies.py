"""Define who may use which URL: one policy and one budget for each route.

A route that is missing here is for logged-in browsers only; the tests refuse to leave it so.
"""

from dataclasses import dataclass, replace

from django.conf import settings
from django.http import HttpRequest
from django.urls import ResolverMatch

from core.permissions import Scope
from core.rate_limits import Budget

API = "api/v1"


def _each_minute(name: str, action: str) -> Budget:
    allowed: int = settings.BUDGETS_PER_MINUTE[name]
    return Budget(name=name, action=action, burst=allowed, per_minute=allowed)


RUNS = _each_minute("runs", "backtests and forecasts")
SWEEPS = _each_minute("sweeps", "sweeps")
REPORTS = _each_minute("reports", "reports")
IMPORTS = _each_minute("imports", "imports, fetches and trainings")
PASSWORDS = Budget(name="passwords", action="attempts to change the password", burst=10, per_minute=2)
API_REQUESTS = _each_minute("api", "requests to the API")


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Who may use a URL.

    public: everybody, without a login.
    staff: staff alone.
    scope: what an API token must reach; None: no token opens this, only a logged-in browser.
    budget: what each request takes a unit of.
    file: whether the body may be a file, larger than any form.
    """

    public: bool = False
    staff: bool = False
    scope: Scope | None = None
    budget: Budget | None = None
    file: bool = False


PUBLIC = Policy(public=True)
BROWSER = Policy()
STAFF_BROWSER = Policy(staff=True)
READ = Policy(scope=Scope.READ)
PRINT = Policy(scope=Scope.READ, budget=REPORTS)
RUN = Policy(scope=Scope.RUN, budget=RUNS)
SWEEP = Policy(scope=Scope.RUN, budget=SWEEPS)
REPORT = Policy(scope=Scope.RUN, budget=REPORTS)
CHANGE = Policy(scope=Scope.RUN)
MANAGE = Policy(scope=Scope.MANAGE, staff=True)
IMPORT = Policy(scope=Scope.MANAGE, staff=True, budget=IMPORTS)
TUNE = Policy(budget=RUNS)
TUNE_SWEEP = Policy(budget=SWEEPS)
IMPORT_FILE = replace(IMPORT, file=True)
STAFF_IMPORT = Policy(staff=True, budget=IMPORTS)
STAFF_IMPORT_FILE = replace(STAFF_IMPORT, file=True)

PAGES = {
    "livez": PUBLIC,
    "readyz": PUBLIC,
    "metrics": PUBLIC,  # with a token of its own
    "login/": PUBLIC,
    f"{settings.ADMIN_PATH}/login/": PUBLIC,
    "logout/": BROWSER,
    "": BROWSER,
    "watch/<str:symbol>/": BROWSER,
    "account/": BROWSER,
    "account/password/": Policy(budget=PASSWORDS),
    "account/tokens/": BROWSER,
    "account/tokens/<int:token_id>/revoke/": BROWSER,
    "backtests/": TUNE,
    "backtests/<slug:backtest_id>/": BROWSER,
    "backtests/<slug:backtest_id>/detail/": READ,
    "backtests/<slug:backtest_id>/stretch/": BROWSER,
    "backtests/<slug:backtest_id>/trades/": BROWSER,
    "backtests/<slug:backtest_id>/trades.csv": READ,
    "backtests/<slug:backtest_id>/save/": BROWSER,
    "backtests/<slug:backtest_id>/forget/": BROWSER,
    "methods/<slug:name>/": BROWSER,
    "history/": BROWSER,
    "history/<int:entry_id>/": BROWSER,
    "history/<int:entry_id>/delete/": BROWSER,
    "compare/": BROWSER,
    "compare/add/": TUNE,
    "compare/remove/": BROWSER,
    "backtests/<document_id:backtest_id>.json": READ,
    "backtests/<document_id:backtest_id>.csv": READ,
    "backtests/<document_id:backtest_id>.xlsx": PRINT,
    "backtests/<document_id:backtest_id>.pdf": PRINT,
    "forecasts/": TUNE,
    "forecasts/<slug:forecast_id>/": BROWSER,
    "forecasts/<document_id:forecast_id>.json": READ,
    "forecasts/<document_id:forecast_id>.csv": READ,
    "forecasts/<document_id:forecast_id>.xlsx": PRINT,
    "forecasts/<document_id:forecast_id>.pdf": PRINT,
    "sweeps/": TUNE_SWEEP,
    "sweeps/<slug:sweep_id>/": BROWSER,
    "sweeps/<slug:sweep_id>/universe/": TUNE_SWEEP,
    "symbols/": BROWSER,
    "universes/": BROWSER,
    "universes/<slug:universe_id>/": BROWSER,
    "universes/<slug:universe_id>/resume/": TUNE_SWEEP,
    "sweeps/<document_id:sweep_id>.json": READ,
    "sweeps/<document_id:sweep_id>.csv": READ,
    "scorecards/<str:symbol>/": BROWSER,
    "scorecards/<str:symbol>/evaluate/": TUNE,
    "sweeps/<document_id:sweep_id>.xlsx": PRINT,
    "sweeps/<document_id:sweep_id>.pdf": PRINT,
    "models/train/": STAFF_IMPORT,
    "models/<str:version>/use/": STAFF_BROWSER,
    "reports/": BROWSER,
    "reports/<str:symbol>/": TUNE,
    "data/": BROWSER,
    "data/fetch/": STAFF_IMPORT,
    "data/import/": STAFF_IMPORT_FILE,
    "data/splits/": STAFF_BROWSER,
    "data/splits/remove/": STAFF_BROWSER,
    "data/search/": BROWSER,
    "rules/check/": BROWSER,
    "jobs/": BROWSER,
    "jobs/<uuid:job_id>/": BROWSER,
    "jobs/<uuid:job_id>/cancel/": BROWSER,  # one's own; the view asks
    "jobs/<uuid:job_id>/resume/": STAFF_BROWSER,
    "charts/<slug:kind>-<slug:version>.json": READ,
    "backtest/<str:symbol>/<str:initial_investment>/": RUN,
    "predict/<str:symbol>/": RUN,
    "report/<str:symbol>/": REPORT,
    "report/json/<str:symbol>/": REPORT,
    f"{API}/docs": BROWSER,
    f"{API}/openapi.json": READ,
    f"{API}/": BROWSER,
}
"""The policy of each page and file, by its route."""

OPERATIONS = {
    "GET /instruments": READ,
    "GET /instruments/<symbol>": READ,
    "GET /instruments/<symbol>/bars": READ,
    "GET /instruments/<symbol>/bars.csv": READ,
    "GET /instruments/<symbol>/coverage": READ,
    "POST /instruments/<symbol>/import": IMPORT_FILE,
    "POST /instruments/<symbol>/splits": MANAGE,
    "DELETE /instruments/<symbol>/splits/<day>": MANAGE,
    "GET /quota": READ,
    "PUT /instruments/<symbol>/watch": CHANGE,
    "DELETE /instruments/<symbol>/watch": CHANGE,
    "POST /instruments/<symbol>/fetch": IMPORT,
    "GET /jobs": READ,
    "GET /jobs/<job_id>": READ,
    "POST /jobs/<job_id>/cancel": CHANGE,  # one's own; the operation asks
    "POST /jobs/<job_id>/resume": MANAGE,
    "GET /backtests": READ,
    "POST /backtests": RUN,
    "GET /backtests/<backtest_id>": READ,
    "GET /backtests/<backtest_id>/report.pdf": PRINT,
    "GET /schemas": READ,
    "GET /schemas/<name>.json": READ,
    "DELETE /backtests/<backtest_id>": CHANGE,
    "GET /sweeps": READ,
    "DELETE /sweeps/<sweep_id>": CHANGE,
    "POST /sweeps": SWEEP,
    "GET /sweeps/<sweep_id>": READ,
    "GET /sweeps/<sweep_id>/report.pdf": PRINT,
    "POST /universes": SWEEP,
    "GET /universes": READ,
    "GET /universes/<universe_id>": READ,
    "DELETE /universes/<universe_id>": CHANGE,
    "GET /records": READ,
    "POST /records": RUN,
    "GET /records/<record_id>": READ,
    "POST /records/<record_id>/pause": CHANGE,
    "POST /records/<record_id>/resume": CHANGE,
    "POST /records/<record_id>/end": CHANGE,
    "DELETE /records/<record_id>": CHANGE,
    "GET /models": READ,
    "POST /models/<symbol>/train": IMPORT,
    "POST /models/<version>/use": MANAGE,
    "GET /forecasts": READ,
    "POST /forecasts": RUN,
    "GET /forecasts/<forecast_id>": READ,
    "DELETE /forecasts/<forecast_id>": CHANGE,
    "GET /forecasts/<forecast_id>/report.pdf": PRINT,
    "POST /evaluations": RUN,
    "GET /evaluations/<evaluation_id>": READ,
    "GET /scorecards/<symbol>": READ,
    "GET /reports/<symbol>.json": REPORT,
    "GET /reports/<symbol>.pdf": REPORT,
}
"""The policy of each operation of the API, by its method and route."""


def policy_of(request: HttpRequest) -> Policy:
    """Return the policy of the route that the request was resolved to."""
    match = request.resolver_match
    return BROWSER if match is None else policy_for(request.method, match)


def policy_for(method: str | None, match: ResolverMatch) -> Policy:
    """Return the policy of a route, by the method where it is one of the API."""
    if "admin" in match.namespaces:
        return STAFF_BROWSER
    return PAGES.get(match.route) or OPERATIONS.get(operation_key(method, match), BROWSER)


def operation_key(method: str | None, match: ResolverMatch) -> str:
    """Return how an operation of the API is named here; a slash at its end makes no difference."""
    reading = method in {"HEAD", "OPTIONS"}
    return f"{'GET' if reading else method} {match.route.removeprefix(API).rstrip('/')}"
