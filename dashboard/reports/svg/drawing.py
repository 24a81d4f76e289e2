"""Vector drawings as SVG, the few shapes that the printed charts need.

Written by hand because a plotting library costs ten times as much: a report has half a dozen charts,
and each must be there in milliseconds. All lengths are points of the page. Equal calls give equal bytes.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from functools import cache
from xml.sax.saxutils import escape

import numpy as np
from fontTools.ttLib import TTFont

from dashboard.reports.fonts import FAMILY, REGULAR, SEMI_BOLD
from dashboard.reports.svg.scales import Values


class Anchor(StrEnum):
    """Which part of a text stands at its position."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


class Mark(Enum):
    """The corners of a mark around its position, for a mark one point large."""

    UP = ((-0.5, 0.45), (0.5, 0.45), (0.0, -0.5))
    DOWN = ((-0.5, -0.45), (0.5, -0.45), (0.0, 0.5))
    DOT = (
        (-0.5, -0.2),
        (-0.2, -0.5),
        (0.2, -0.5),
        (0.5, -0.2),
        (0.5, 0.2),
        (0.2, 0.5),
        (-0.2, 0.5),
        (-0.5, 0.2),
    )
    DASH = ((-0.5, -0.1), (0.5, -0.1), (0.5, 0.1), (-0.5, 0.1))


@dataclass(frozen=True, kw_only=True)
class Stroke:
    """How a line is drawn; `dash` holds lengths of line and gap in turn."""

    colour: str
    width: float
    dash: tuple[float, ...] = ()

    @property
    def attributes(self) -> str:
        """The stroke as SVG attributes."""
        dash = f' stroke-dasharray="{" ".join(map(str, self.dash))}"' if self.dash else ""
        return f'stroke="{self.colour}" stroke-width="{self.width}"{dash}'


@dataclass(kw_only=True)
class Drawing:
    """A drawing that is being made."""

    width: float
    height: float
    _shapes: list[str] = field(default_factory=list)

    def segments(self, lines: Iterable[tuple[float, float, float, float]], stroke: Stroke) -> None:
        """Draw straight lines from (x1, y1) to (x2, y2)."""
        path = "".join(f"M{x1:.2f} {y1:.2f}L{x2:.2f} {y2:.2f}" for x1, y1, x2, y2 in lines)
        self._path(path, f'fill="none" {stroke.attributes}')

    def line(self, x: Values, y: Values, stroke: Stroke) -> None:
        """Join points in their order."""
        if len(x):
            self._path(f"M{_points(x, y)}", f'fill="none" stroke-linejoin="round" {stroke.attributes}')

    def area(self, x: Values, low: Values, high: Values, colour: str) -> None:
        """Fill what lies between two lines over the same `x`."""
        around = np.concatenate([x, x[::-1]]), np.concatenate([high, low[::-1]])
        self._path(f"M{_points(*around)}z", f'fill="{colour}"')

    def rectangles(self, boxes: Iterable[tuple[float, float, float, float]], colour: str) -> None:
        """Fill boxes of left, top, width, height."""
        path = "".join(
            f"M{left:.2f} {top:.2f}h{width:.2f}v{height:.2f}h{-width:.2f}z"
            for left, top, width, height in boxes
        )
        self._path(path, f'fill="{colour}"')

    def marks(
        self, x: Values, y: Values, mark: Mark, *, size: float, colour: str, edge: Stroke | None = None
    ) -> None:
        """Draw a mark at each point."""
        corners = np.array(mark.value) * size
        path = "".join(
            f"M{_points(left + corners[:, 0], top + corners[:, 1])}z" for left, top in zip(x, y, strict=True)
        )
        self._path(path, f'fill="{colour}"' + (f" {edge.attributes}" if edge else ""))

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float,
        colour: str,
        anchor: Anchor = Anchor.START,
        bold: bool = False,
    ) -> None:
        """Write `text` with its baseline at `y`."""
        # Anchored here: WeasyPrint makes a group of its own for each text with an anchor, and takes its time.
        left = (
            x
            - text_width(text, size, bold=bold) * {Anchor.START: 0, Anchor.MIDDLE: 0.5, Anchor.END: 1}[anchor]
        )
        weight = ' font-weight="600"' if bold else ""
        self._shapes.append(
            f'<text x="{left:.2f}" y="{y:.2f}" font-size="{size}" fill="{colour}"{weight}>'
            f"{escape(text)}</text>"
        )

    def data_address(self) -> str:
        """Return the drawing as a data: URL of an SVG image."""
        image = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}pt" height="{self.height}pt" '
            f'viewBox="0 0 {self.width} {self.height}" font-family="{FAMILY}">{"".join(self._shapes)}</svg>'
        )
        return "data:image/svg+xml;base64," + base64.b64encode(image.encode()).decode()

    def _path(self, path: str, attributes: str) -> None:
        if path:
            self._shapes.append(f'<path d="{path}" {attributes}/>')


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the length of `text` in the reports' font."""
    advances, missing = _advances(bold=bold)
    return size * sum(advances.get(letter, missing) for letter in text)


@cache
def _advances(*, bold: bool) -> tuple[dict[str, float], float]:
    """Return the width of every letter, and of one that the font lacks, in ems."""
    font = TTFont(SEMI_BOLD if bold else REGULAR)
    em, widths = font["head"].unitsPerEm, font["hmtx"]
    return {chr(code): widths[glyph][0] / em for code, glyph in font.getBestCmap().items()}, widths[
        ".notdef"
    ][0] / em


def _points(x: Values, y: Values) -> str:
    return "L".join(f"{left:.2f} {top:.2f}" for left, top in zip(x, y, strict=True))
