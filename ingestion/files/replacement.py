"""Ask before bars of the historical sample make way for those of a file."""

from collections.abc import Sequence

from core.errors import InvalidInput
from ingestion.files.requests import ImportRequest
from ingestion.models import Instrument, Source


def require_replacement_allowed(symbols: Sequence[str], request: ImportRequest) -> None:
    """Raise InvalidInput where bars of the sample would be deleted and nobody said that they may be."""
    if request.replace:
        return
    sampled = Instrument.objects.filter(symbol__in=symbols, source=Source.SAMPLE)
    for instrument in sampled.order_by("symbol"):
        raise InvalidInput(
            f"{instrument.symbol} has {instrument.bars.count():,} bars of the historical sample, which the "
            "file would replace. Nothing was stored. To replace them, tick “Replace the sample” on the page, "
            "or give replace=true or --replace.",
            field="replace",
        )
