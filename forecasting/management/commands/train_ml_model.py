"""Train the forecasting model of symbols."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import HindcastError
from core.formatting import percent
from forecasting.models import TrainedModel
from forecasting.training.service import train_model


class Command(BaseCommand):
    """Calibrate the pooled model to each symbol and say what came of it."""

    help = "Trains the forecasting model of each SYMBOL from its stored bars."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the symbols."""
        parser.add_argument("symbols", nargs="+", metavar="SYMBOL", help="ticker symbol, such as AAPL")

    def handle(self, *, symbols: list[str], **options: Any) -> None:
        """Train each symbol; what fails is named at the end, after the rest was trained."""
        failures = []
        for symbol in symbols:
            try:
                self.stdout.write(_description(train_model(symbol)))
            except HindcastError as error:
                failures.append(f"{symbol}: {error.message}")
        if failures:
            raise CommandError("\n".join(failures))


def _description(model: TrainedModel) -> str:
    lines = [
        f"{model.symbol}: trained model {model.version}",
        f"  learned from  {', '.join(model.training_symbols)}",
        f"  range         {model.trained_from} to {model.trained_through}",
        *_metric_lines(model.metrics),
    ]
    return "\n".join(lines)


def _metric_lines(metrics: dict[str, float]) -> list[str]:
    if not metrics:
        return ["  unseen data   too few closes to hold two years back"]
    return [
        f"  unseen data   {metrics['held_out_forecasts']:.0f} issue dates in the last two years",
        f"  80 % band     held {percent(metrics['coverage_80'], 1)} of the closes 1 to 60 sessions ahead",
        f"  95 % band     held {percent(metrics['coverage_95'], 1)}",
        f"  median        missed by {percent(metrics['mean_absolute_error'])} of the price on average",
        f"  random walk   missed by {percent(metrics['random_walk_error'])}",
        f"  CRPS          {metrics['crps_ratio']:.3f} of a random walk's; below 1 is better",
    ]
