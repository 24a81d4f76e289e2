"""Where the browser finds the skeleton of a chart."""

from django import template
from django.urls import reverse
from django.utils.html import json_script
from django.utils.safestring import SafeString

from dashboard.charts.columns import ChartColumns
from dashboard.charts.registry import SKELETONS

register = template.Library()


@register.simple_tag
def skeleton_address(kind: str) -> str:
    """Return the address of a chart's skeleton in its present version."""
    return reverse("chart_skeleton", args=[kind, SKELETONS[kind]().version])


@register.filter
def as_json(columns: ChartColumns, element_id: str) -> SafeString:
    """Return the columns as a JSON script for the chart with the data-columns of that id."""
    return json_script(vars(columns), element_id)
