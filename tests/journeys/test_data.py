"""Journeys that begin with a file or with the watch list."""

import pytest
from playwright.sync_api import expect

from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser


def test_the_watch_list(visitor: Visitor) -> None:
    page = visitor.open("/")
    star = page.get_by_role("button", name="Watch MSFT")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    visitor.is_left_well()
    page.reload()
    first = page.get_by_role("table").first.get_by_role("rowheader").first
    expect(first).to_contain_text("MSFT")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "false")
