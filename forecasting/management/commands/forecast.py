"""`manage.py forecast AAPL --horizon 30`: the next sessions, with bands."""

from typing import Any

from django.core.management.base import CommandParser

from core.command_line.command import ResultCommand
from core.command_line.fields import add_fields, given_fields
from core.command_line.figures import table_of_models
from core.command_line.output import CommandResult
from forecasting.forecasts.service import issue_forecast
from forecasting.parameters import ForecastParameters

COLUMNS = ("date", "low_95", "low_80", "median", "high_80", "high_95", "actual")


class Command(ResultCommand):
    """Issues, stores and prints one forecast."""

    help = "Forecast the next sessions, store the forecast, and print it."

    def add_request(self, parser: CommandParser) -> None:
        """Take every parameter of a forecast."""
        parser.add_argument("symbol", help="Ticker symbol of a stored instrument, such as AAPL.")
        add_fields(parser, ForecastParameters, skip={"symbol"})

    def result(self, options: dict[str, Any]) -> CommandResult:
        """Issue it, or find it where the same was asked before."""
        parameters = ForecastParameters.model_validate(given_fields(options, ForecastParameters))
        document = issue_forecast(parameters)
        return CommandResult(
            document=document,
            sentences=[
                document.summary,
                document.scorecard.sentence,
                *document.notices,
                document.links.page,
            ],
            tables=[table_of_models("Closes", document.points, COLUMNS)],
        )
