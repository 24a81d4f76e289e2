"""`manage.py scorecard AAPL`: how the forecasts of a symbol have done."""

from typing import Any

from django.core.management.base import CommandParser

from core.command_line.command import ResultCommand
from core.command_line.fields import add_fields, given_fields
from core.command_line.figures import table_of_models
from core.command_line.output import CommandResult, progress_bar
from forecasting.evaluation.rolling import evaluate_symbol
from forecasting.evaluation.track_record import scorecard_of
from forecasting.parameters import EvaluationParameters

COLUMNS = ("horizon", "forecasts", "coverage_80", "coverage_95", "mean_absolute_error", "crps_ratio")


class Command(ResultCommand):
    """Prints what became of issued forecasts, and the newest evaluation of the model."""

    help = "Print how the forecasts of a symbol have done; --evaluate forecasts from many past days first."

    def add_request(self, parser: CommandParser) -> None:
        """Take the symbol, the model, and how far to evaluate it."""
        parser.add_argument("symbol", help="Ticker symbol of a stored instrument, such as AAPL.")
        parser.add_argument(
            "--evaluate", action="store_true", help="Evaluate the model on past days first; takes a while."
        )
        add_fields(parser, EvaluationParameters, skip={"symbol"})

    def result(self, options: dict[str, Any]) -> CommandResult:
        """Return the scorecard; with --evaluate after evaluating the model anew."""
        parameters = EvaluationParameters.model_validate(given_fields(options, EvaluationParameters))
        if options["evaluate"]:
            with progress_bar() as progress:
                progress(0.1, f"Forecasting {parameters.symbol} from past days")
                evaluate_symbol(parameters, renew=True)
        document = scorecard_of(parameters.symbol, parameters.model)
        evaluation = document.evaluation
        tables = [table_of_models("Issued forecasts", document.issued.horizons, COLUMNS)]
        sentences = [document.issued.sentence]
        if evaluation is not None:
            tables.append(table_of_models("Evaluation on past days", evaluation.horizons, COLUMNS))
            sentences.append(evaluation.sentence)
        return CommandResult(document=document, sentences=sentences, tables=tables)
