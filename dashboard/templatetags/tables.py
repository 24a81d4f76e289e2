"""What tables have around them, wherever they stand."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_block_tag
def scrolling(content: SafeString, label: str, *, tall: bool = False) -> SafeString:
    """Let a table that is too wide for its place scroll in it, by keyboard too.

    label: what a screen reader calls the place.
    tall: whether a long table scrolls under its head as well.
    """
    return format_html(
        '<div class="table-scroll{}" role="group" aria-label="{}" tabindex="0">{}</div>',
        " table-tall" if tall else "",
        label,
        content,
    )


@register.simple_block_tag
def view_as_table(content: SafeString, words: str) -> SafeString:
    """Caption a figure: its summary in words and, folded away, the table with its values."""
    return format_html(
        '<figcaption class="card-body-padded"><p class="small muted">{}</p>'
        "<details><summary>View as table</summary>{}</details></figcaption>",
        words,
        content,
    )
