"""Make exchange-calendars 4.13 give all sessions under pandas 3.1.

pandas 3.1 calls `_add_datetime` where earlier versions called `_apply`, and builds ranges of business days
from a mask that knows one weekmask alone. Without this, calendars with an Orthodox Easter cannot be loaded,
and those with special Saturdays (Bombay, Moscow, Seoul before 1998) lose these sessions without a word.
"""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

UNRELIABLE = frozenset({"XTAE", "TASE"})
"""Calendars that differ from their package's own record of sessions by more than a day or two."""


@cache
def repair_calendars() -> None:
    """Teach the package's own offsets what pandas asks of them; once a process."""
    from exchange_calendars.pandas_extensions import offsets

    for offset in (offsets.OrthodoxEaster, offsets.CompositeCustomBusinessDay):
        offset._add_datetime = offset._apply  # noqa: SLF001 - pandas' own name for it
    offsets.CompositeCustomBusinessDay._get_daily_offset_mask = _session_mask  # noqa: SLF001


def _session_mask(self: Any, dates: NDArray[np.datetime64]) -> NDArray[np.bool_]:
    """Return which days are sessions: by the usual week, and by another one in special periods."""
    days = dates.astype("datetime64[D]")
    usual = self._as_custom_business_day().calendar
    sessions: NDArray[np.bool_] = np.is_busday(days, busdaycal=usual)
    for first, last, special in self.business_days:
        within = np.ones(len(days), dtype=np.bool_)
        if first is not None:
            within &= days >= np.datetime64(first, "D")
        if last is not None:
            within &= days <= np.datetime64(last, "D")
        sessions[within] = np.is_busday(days[within], busdaycal=special.calendar)
    return sessions
