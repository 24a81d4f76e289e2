"""A person at a browser: what they do in several journeys, and what they must never be left with."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import BACKTEST_CHART, browser_complaints
from tests.site import RunningSite
from tests.wait import wait_until

HEATMAP = "#sweep-heatmap:not([aria-busy]) canvas"
"""The heatmap of a sweep, drawn."""

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}

LEFT_BEHIND = """() => {
    const found = [];
    const root = document.documentElement;
    if (root.classList.contains("is-busy")) found.push("the progress bar");
    if (document.querySelector("#busy-note.is-shown")) found.push("the note of work under way");
    for (const element of document.querySelectorAll("[data-chart][aria-busy], [data-heatmap][aria-busy]")) {
        found.push(`an undrawn chart ${element.id}`);
    }
    return found;
}"""
"""What is left on the page of a request that has ended."""

DEAD_CONTROLS = """() => {
    const dead = [];
    const name = (element) => element.outerHTML.slice(0, 120);
    for (const link of document.querySelectorAll("a")) {
        const href = link.getAttribute("href");
        if (!href || href === "#") dead.push(name(link));
        else if (href.startsWith("#") && !document.querySelector(href)) dead.push(name(link));
    }
    for (const element of document.querySelectorAll("[hx-get], [hx-post], [hx-delete]")) {
        const target = element.closest("[hx-target]")?.getAttribute("hx-target");
        if (target?.startsWith("#") && !document.querySelector(target)) dead.push(name(element));
    }
    return dead;
}"""
"""Links and forms that lead nowhere, or whose answer has no place on the page any more."""

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Visitor:
    """A person with one browser window; `complaints` is what the browser reported of its pages.

    expected: texts that complaints may contain, because the journey is about such a fault.
    """

    context: BrowserContext
    page: Page
    complaints: list[str]
    expected: list[str] = field(default_factory=list)

    def open(self, address: str) -> Page:
        """Go to a page by its address."""
        self.page.goto(address)
        return self.page

    def run_backtest(self, query: str) -> str:
        """Open the backtest that a query asks for; return its id when its chart is drawn."""
        self.page.goto(f"/backtests/?{query}")
        self.page.locator(BACKTEST_CHART).first.wait_for()
        return id_in(self.page.url)

    def another_tab(self) -> "Visitor":
        """Open a second tab of the same browser."""
        page = self.context.new_page()
        return Visitor(self.context, page, browser_complaints(page), self.expected)

    def is_left_well(self) -> None:
        """Assert that the page has come to rest: nothing left over, nothing dead, nothing cut off."""
        wait_until(lambda: self.page.evaluate(LEFT_BEHIND) == [], "the page to come to rest", within=20)
        assert self.page.evaluate(DEAD_CONTROLS) == [], self.page.url
        assert self.page.evaluate(OVERFLOW) <= 0, self.page.url
        unexpected = [text for text in self.complaints if not any(part in text for part in self.expected)]
        assert unexpected == [], self.page.url


@contextmanager
def visiting(browser: Browser, site: RunningSite, *, phone: bool = False) -> Iterator[Visitor]:
    """Let a person visit the site; after the block, see that the last page is left well."""
    context = browser.new_context(
        base_url=site.address,
        viewport=PHONE if phone else DESKTOP,  # type: ignore[arg-type]  # a plain mapping of sizes
        has_touch=phone,
        is_mobile=phone,
        reduced_motion="reduce",
        extra_http_headers={"Accept": "text/html,application/json;q=0.5,*/*;q=0.1"},
    )
    page = context.new_page()
    visitor = Visitor(context, page, browser_complaints(page))
    yield visitor
    visitor.is_left_well()
    context.close()


def id_in(address: str) -> str:
    """Return the identifier at the end of a page's address."""
    found = re.search(r"/([0-9a-f]{8,64})/", address)
    assert found, address
    return found[1]


def change(page: Page, label: str, value: str) -> None:
    """Fill a field and leave it, as a person does who goes on to the next."""
    page.get_by_label(label).fill(value)
    page.get_by_label(label).blur()


def shows_backtest(page: Page, of: str) -> None:
    """Wait until the result is of this symbol and rule, such as "AAPL Simple 20 / 50"."""
    expect(page.get_by_role("heading", name=of, exact=False).first).to_be_visible()
    page.locator(BACKTEST_CHART).first.wait_for()
