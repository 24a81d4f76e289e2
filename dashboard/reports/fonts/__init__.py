"""The reports' font: Inter, shipped with us, so that a report looks alike on a machine without any font."""

from pathlib import Path

FAMILY = "Inter"

REGULAR = Path(__file__).parent / "Inter-Regular.ttf"
SEMI_BOLD = Path(__file__).parent / "Inter-SemiBold.ttf"
