"""Train the pooled model that ships with Hindcast, where it is not stored yet."""

from datetime import UTC, date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from forecasting.evaluation.scorecard import start_of_scoring
from forecasting.training.service import EARLIEST_ISSUE, ensure_pooled_model
from ingestion.instruments import list_instruments


class Command(BaseCommand):
    """Train the vintages that forecasts from the newest bars need, so that no visitor waits for them."""

    help = (
        "Trains the pooled model for forecasts made today and from the last bar of each stored symbol. "
        "What is trained already stays as it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the issue date."""
        parser.add_argument(
            "--before",
            type=date.fromisoformat,
            help="train the model for forecasts issued on this day (YYYY-MM-DD) instead",
        )

    def handle(self, *, before: date | None, verbosity: int, **options: Any) -> None:
        """Train what is missing and say what is there."""
        models = [ensure_pooled_model(before=day) for day in ([before] if before else _days_of_issue())]
        if verbosity:
            newest = models[0]
            self.stdout.write(
                f"Pooled model {newest.version} is ready: {len(newest.training_symbols)} symbols, "
                f"{newest.trained_from} to {newest.trained_through}"
                + (f"; also {', '.join(model.version for model in models[1:])}." if models[1:] else ".")
            )


def _days_of_issue() -> list[date]:
    """Return days whose models forecasts from the newest bars need, for the forecast and its scorecard."""
    days = {datetime.now(UTC).date(), *(stored.last for stored in list_instruments() if stored.last)}
    newest_of_year = {day.year: day for day in sorted(days) if day >= EARLIEST_ISSUE}
    needed = {day for last in newest_of_year.values() for day in (last, start_of_scoring(last))}
    return sorted(needed, reverse=True)
