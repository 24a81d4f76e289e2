"""A strip that shows which part of the expected time has bars, where gaps are, and when a share was split."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ingestion.schemas import ActionDocument, CoverageDocument, GapDocument

NARROWEST = 0.6
"""Percent of the strip: a gap of one session must still be seen."""


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A run of missing sessions; place and width in percent of the strip."""

    gap: GapDocument
    left: float
    width: float


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A split; its place in percent of the strip."""

    split: ActionDocument
    left: float


@dataclass(frozen=True, kw_only=True)
class CoverageStrip:
    """What is drawn: everything is held but the gaps."""

    first: date
    last: date
    gaps: list[Gap]
    splits: list[Mark]


def coverage_strip(coverage: CoverageDocument, splits: Sequence[ActionDocument]) -> CoverageStrip | None:
    """Return the strip; None where it is not known which sessions are expected."""
    first, last = coverage.expected_from, coverage.expected_to
    if first is None or last is None:
        return None
    days = (last - first).days + 1

    def place(day: date) -> float:
        return round(100 * (day - first).days / days, 2)

    def width(gap: GapDocument) -> float:
        return max(NARROWEST, round(100 * ((gap.last - gap.first).days + 1) / days, 2))

    return CoverageStrip(
        first=first,
        last=last,
        gaps=[Gap(gap=gap, left=place(gap.first), width=width(gap)) for gap in coverage.gaps],
        splits=[Mark(split=split, left=place(split.date)) for split in splits if first <= split.date <= last],
    )
