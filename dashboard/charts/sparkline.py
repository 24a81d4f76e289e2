"""A tiny line without axes, as the path of an SVG."""

from collections.abc import Sequence

WIDTH = 120
HEIGHT = 28


def sparkline_path(values: Sequence[float]) -> str:
    """Return the `d` of an SVG path through `values`, oldest first, in a box of WIDTH by HEIGHT.

    The highest value touches the top and the lowest the bottom; equal values lie in the middle.
    Fewer than two values make no line: an empty string.
    """
    if len(values) < 2:  # noqa: PLR2004
        return ""
    low, high = min(values), max(values)
    step = WIDTH / (len(values) - 1)
    scale = HEIGHT / (high - low) if high > low else 0
    middle = 0 if high > low else HEIGHT / 2
    points = (
        f"{index * step:.1f},{middle or HEIGHT - (value - low) * scale:.1f}"
        for index, value in enumerate(values)
    )
    return "M" + "L".join(points)
