"""What a source delivers about a symbol, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from ingestion.models import ActionKind, Source
from ingestion.store.bar_table import BarTable
from ingestion.store.validation import Bar, Quarantined, table_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A split or dividend; `value` as in CorporateAction."""

    date: date
    kind: ActionKind
    value: Decimal


@dataclass(frozen=True, kw_only=True)
class StoreReport:
    """What storing did. Rows are bars; revisions are values of finished sessions that had changed.

    removed: bars of another source that were replaced.
    kept: bars of the delivery that differ from the provider's, which stand.
    restored_splits: days of splits that bars of a file were adjusted for and are no longer.
    kept_newer: nothing was stored, because the sample does not replace a provider's bars unasked.
    """

    inserted: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    kept: int = 0
    revisions: int = 0
    actions_changed: int = 0
    kept_newer: bool = False
    restored_splits: Sequence[date] = ()

    @property
    def wrote(self) -> bool:
        """Whether anything differed from what was stored."""
        return bool(self.inserted or self.changed or self.removed or self.actions_changed)


@dataclass(frozen=True, eq=False, kw_only=True)
class BarBatch:
    """Everything one source delivered about one symbol at one time.

    bars: validated, without duplicates; as columns oldest first.
    quarantined: bars that are kept out of the prices.
    named_actions: splits and dividends that are added to those that are known.
    actions_checked: whether these are all since the last time that the source was asked.
    actions: all splits and dividends that the source knows, or None when it was not asked.
    is_full: whether these are all bars that the source has.
    provisional_from: bars from this day on belong to sessions that had not closed; None: all had.
    name, exchange, currency: None where the source does not say.
    """

    symbol: str
    source: Source
    bars: Sequence[Bar] | BarTable
    actions: Sequence[Action] | None
    fetched_at: datetime
    quarantined: Sequence[Quarantined] = ()
    is_full: bool = False
    provisional_from: date | None = None
    name: str | None = None
    exchange: str | None = None
    currency: str | None = None
    named_actions: Sequence[Action] = ()
    actions_checked: bool = False

    @cached_property
    def table(self) -> BarTable:
        """The bars as columns, oldest first."""
        return self.bars if isinstance(self.bars, BarTable) else table_of(self.bars)
