"""`manage.py results`: list stored backtests, sweeps and forecasts, newest first."""

from operator import attrgetter
from typing import Any

from django.core.management.base import CommandParser
from django.db.models import QuerySet

from core.command_line.command import ResultCommand
from core.command_line.output import CommandResult, TextTable
from core.formatting import moment
from core.pagination import USUAL_PAGE, page_of
from core.results import ResultKind
from forecasting.models import Forecast
from ingestion.symbols import parse_symbol
from strategies.models import Backtest, ParameterSweep

ROWS: dict[ResultKind, QuerySet[Any]] = {
    ResultKind.BACKTEST: Backtest.objects.only("id", "symbol", "created_at"),
    ResultKind.SWEEP: ParameterSweep.objects.only("id", "symbol", "created_at"),
    ResultKind.FORECAST: Forecast.objects.only("id", "symbol", "created_at"),
}


class Command(ResultCommand):
    """Lists stored results of every user, newest first."""

    help = "List stored backtests, sweeps and forecasts, newest first."

    def add_request(self, parser: CommandParser) -> None:
        """Take which results to list."""
        parser.add_argument("--kind", choices=[str(kind) for kind in ROWS], help="Only of this kind.")
        parser.add_argument("--symbol", help="Only of this symbol.")
        parser.add_argument("--limit", type=int, default=USUAL_PAGE, help="How many to list.")

    def result(self, options: dict[str, Any]) -> CommandResult:
        """Return the newest results."""
        symbol = parse_symbol(options["symbol"]) if options["symbol"] else None
        limit = max(options["limit"], 1)
        wanted = [ResultKind(options["kind"])] if options["kind"] else list(ROWS)
        found = [
            (kind, row)
            for kind in wanted
            for row in page_of(ROWS[kind].all(), cursor=None, limit=limit, symbol=symbol).rows
        ]
        found.sort(key=lambda each: attrgetter("created_at")(each[1]), reverse=True)
        return _shown(found[:limit])


def _shown(found: list[tuple[ResultKind, Any]]) -> CommandResult:
    return CommandResult(
        document=[
            {"kind": kind, "id": row.pk, "symbol": row.symbol, "created_at": row.created_at}
            for kind, row in found
        ],
        tables=[
            TextTable(
                headings=["kind", "id", "symbol", "created"],
                rows=[[kind, row.pk, row.symbol, moment(row.created_at)] for kind, row in found],
                left_columns=4,
            )
        ],
    )
