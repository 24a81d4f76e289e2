"""The JSON Schemas of the published documents, each under its name and under its name with its version."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel

from core.errors import NotFound
from dashboard.reports.combined import SCHEMA_VERSION as REPORT_VERSION
from dashboard.reports.combined import CombinedDocument
from forecasting.parameters import ForecastParameters
from forecasting.schemas import EVALUATION_VERSION, EvaluationDocument, ForecastDocument
from forecasting.schemas import SCHEMA_VERSION as FORECAST_VERSION
from strategies.backtests.parameters import BacktestParameters
from strategies.backtests.schemas import SCHEMA_VERSION as BACKTEST_VERSION
from strategies.backtests.schemas import BacktestDocument
from strategies.sweeps.parameters import SweepParameters
from strategies.sweeps.schemas import SCHEMA_VERSION as SWEEP_VERSION
from strategies.sweeps.schemas import SweepDocument
from strategies.universes.schemas import SCHEMA_VERSION as UNIVERSE_VERSION
from strategies.universes.schemas import UniverseDocument

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ADDRESS = "/api/v1/schemas"
SCHEMA_JSON = "application/schema+json"


@dataclass(frozen=True, kw_only=True)
class PublishedSchema:
    """A kind of document or question, and the version of its form.

    is_question: it is sent by clients, so that fields with a default may be left out.
    """

    name: str
    version: int
    model: type[BaseModel]
    is_question: bool = False

    @property
    def url(self) -> str:
        """Where the schema of this version is, relative to the site."""
        return f"{ADDRESS}/{self.name}-v{self.version}.json"

    def json_schema(self) -> dict[str, Any]:
        """Return the JSON Schema (draft 2020-12)."""
        schema = self.model.model_json_schema(
            by_alias=True, mode="validation" if self.is_question else "serialization"
        )
        return {"$schema": DIALECT, "$id": self.url, **schema}


SCHEMAS: tuple[PublishedSchema, ...] = (
    PublishedSchema(name="backtest", version=BACKTEST_VERSION, model=BacktestDocument),
    PublishedSchema(name="sweep", version=SWEEP_VERSION, model=SweepDocument),
    PublishedSchema(name="universe", version=UNIVERSE_VERSION, model=UniverseDocument),
    PublishedSchema(name="forecast", version=FORECAST_VERSION, model=ForecastDocument),
    PublishedSchema(name="evaluation", version=EVALUATION_VERSION, model=EvaluationDocument),
    PublishedSchema(name="report", version=REPORT_VERSION, model=CombinedDocument),
    PublishedSchema(
        name="backtest-parameters", version=BACKTEST_VERSION, model=BacktestParameters, is_question=True
    ),
    PublishedSchema(name="sweep-parameters", version=SWEEP_VERSION, model=SweepParameters, is_question=True),
    PublishedSchema(
        name="forecast-parameters", version=FORECAST_VERSION, model=ForecastParameters, is_question=True
    ),
)


@cache
def find_schema(name: str) -> dict[str, Any]:
    """Return the schema called `name`, such as backtest or backtest-v2; raises NotFound."""
    for schema in SCHEMAS:
        if name in {schema.name, f"{schema.name}-v{schema.version}"}:
            return schema.json_schema()
    known = ", ".join(schema.name for schema in SCHEMAS)
    raise NotFound(f"There is no schema of this name and version. There are: {known}.")
