"""Turn bars of a file back into prices as traded once a split shows that they were adjusted for it."""

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
from django.db import connection

from ingestion.models import ActionKind, Instrument, Source
from ingestion.store.adjustment import DatedValue
from ingestion.store.split_check import SplitState, split_state


def restore_file_bars(instrument: Instrument) -> list[DatedValue]:
    """Put back the splits that stored bars of a file do not step at; return those splits, oldest first.

    A file imported before its splits were known may be adjusted for them. Without this they would be taken
    out twice. Doing it again changes nothing, since the bars step then. The caller has locked the instrument.
    """
    if not instrument.bars.filter(source=Source.FILE).exists():
        return []
    splits = [
        DatedValue(row.date, float(row.value)) for row in instrument.actions.filter(kind=ActionKind.SPLIT)
    ]
    rows = list(instrument.bars.order_by("date"))
    days = np.array([row.date for row in rows], dtype="datetime64[D]")
    open_, close = (np.array([float(getattr(row, name)) for row in rows]) for name in ("open", "close"))
    restored = [
        split
        for split in splits
        if split_state(days, open_, close, split) == SplitState.ADJUSTED
        and rows[int(np.searchsorted(days, np.datetime64(split.date))) - 1].source == Source.FILE
    ]
    _scale(instrument, restored)
    return restored


def _scale(instrument: Instrument, splits: Sequence[DatedValue]) -> None:
    with connection.cursor() as cursor:
        for split in splits:
            cursor.execute(
                """
                UPDATE ingestion_dailybar SET
                    open = trim_scale(round(open * %(ratio)s, 10)),
                    high = trim_scale(round(high * %(ratio)s, 10)),
                    low = trim_scale(round(low * %(ratio)s, 10)),
                    close = trim_scale(round(close * %(ratio)s, 10)),
                    volume = trim_scale(round(volume / %(ratio)s, 6))
                WHERE instrument_id = %(instrument)s AND date < %(day)s AND source = %(file)s
                """,
                {
                    "ratio": Decimal(repr(split.value)),
                    "instrument": instrument.pk,
                    "day": split.date,
                    "file": Source.FILE,
                },
            )
