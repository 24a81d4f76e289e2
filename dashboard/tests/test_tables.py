"""What tables have around them: a named place to scroll in, and a caption that says the same in words."""

from xml.etree import ElementTree as ET

from django.template import Context, Template


def rendered(source: str) -> ET.Element:
    text = Template("{% load tables %}" + source).render(Context({"words": "Up <b> & down"}))
    return ET.fromstring(text)  # noqa: S314 - our own


def test_a_wide_table_scrolls_in_a_place_that_the_keyboard_reaches() -> None:
    place = rendered("{% scrolling words tall=True %}<table id='t'></table>{% endscrolling %}")
    assert place.attrib == {
        "class": "table-scroll table-tall",
        "role": "group",
        "aria-label": "Up <b> & down",
        "tabindex": "0",
    }
    assert [child.get("id") for child in place] == ["t"]
    assert rendered("{% scrolling 'A' %}{% endscrolling %}").get("class") == "table-scroll"


def test_a_figure_says_in_words_and_in_a_table_what_it_shows() -> None:
    caption = rendered("{% view_as_table words %}<table></table>{% endview_as_table %}")
    assert caption.findtext("p") == "Up <b> & down"
    assert caption.findtext("details/summary") == "View as table"
    assert caption.find("details/table") is not None
