"""Visits pages as a browser and a program would, and notes what is wrong with them."""

import re
from collections import Counter, deque
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import cast
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from core.models import Bucket
from dashboard.tests.html import Element, Markup

HTMX = {"HX-Request": "true", "HX-Target": "result"}
BROWSER = {"Accept": "text/html,*/*;q=0.1"}
FETCHED_BY_SCRIPTS = ("data-skeleton",)
DRAWN_BY_A_SCRIPT = "/api/v1/docs"
"""Swagger's page, whose operations a script draws."""
ENDS_THE_VISIT = "/logout/"
EARLIER_VERSION = "stored by an earlier version"

OF_A_SHAPE = 3
"""Pages of one kind that are visited: the first, and two that may differ."""
VARIES = re.compile(r"/[0-9a-f-]{8,}|/[A-Z]{2,5}(?=[/.]|$)|/[0-9.]+(?=/|$)")


@dataclass(frozen=True)
class Step:
    """A way on from a page. form: what a form sends; None for a link."""

    url: str
    method: str = "GET"
    form: tuple[tuple[str, str], ...] = ()
    is_htmx: bool = False

    @property
    def shape(self) -> str:
        """The URL without what varies among pages of one kind: ids, numbers and values."""
        parts = urlsplit(self.url)
        path = VARIES.sub("/*", parts.path)
        names = sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)})
        return f"{self.method} {self.is_htmx} {path} {names}"


@dataclass
class Spider:
    """One visitor who follows every way on; `faults` says what they ran into."""

    client: Client
    seen: set[Step] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    shapes: Counter[str] = field(default_factory=Counter)

    def crawl(self, *starts: str) -> None:
        """Follow the links and forms from these URLs on, a few of each shape."""
        waiting = deque(Step(start) for start in starts)
        sent: list[tuple[Step, str]] = []
        while waiting:
            step = waiting.popleft()
            if step in self.seen or self.shapes[step.shape] >= OF_A_SHAPE:
                continue
            self.seen.add(step)
            self.shapes[step.shape] += 1
            for way in self._visit(step):
                if way.method == "POST":
                    sent.append((way, step.url))
                else:
                    waiting.append(way)
        for step, page in sent:
            if step not in self.seen and self.shapes[step.shape] < OF_A_SHAPE:
                self.seen.add(step)
                self.shapes[step.shape] += 1
                self._send(step, page)

    @property
    def urls(self) -> list[str]:
        """What was read, in alphabetical order."""
        return sorted({step.url for step in self.seen if step.method == "GET"})

    def read(self, url: str, **headers: str) -> HttpResponse:
        """Return the response to a GET; a budget that is used up is filled again, as time would."""
        response = self.client.get(url, headers=BROWSER | headers)
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            Bucket.objects.all().delete()
            response = self.client.get(url, headers=BROWSER | headers)
        return cast("HttpResponse", response)

    def _visit(self, step: Step) -> list[Step]:
        response = self.read(step.url, **(HTMX if step.is_htmx else {}))
        if response.status_code in {HTTPStatus.FOUND, HTTPStatus.MOVED_PERMANENTLY}:
            return [Step(urljoin(step.url, response.headers["Location"]))]
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            self._judge(step, response)
            return []
        page = Markup(response.content.decode())
        ways = ways_on(page, step.url)
        self._judge(step, response)
        if not (step.is_htmx or step.url == DRAWN_BY_A_SCRIPT or _leads_on(page)):
            self.faults.append(f"{step.url} leads nowhere on")
        return ways

    def _judge(self, step: Step, response: HttpResponse) -> None:
        status = response.status_code
        answers_a_form = step.is_htmx or "?" in step.url
        if status == HTTPStatus.UNPROCESSABLE_ENTITY and answers_a_form:
            return
        if status == HTTPStatus.NOT_FOUND and EARLIER_VERSION in response.content.decode():
            return
        if status >= HTTPStatus.BAD_REQUEST:
            self.faults.append(f"GET {step.url} answers {status}")

    def _send(self, step: Step, page: str) -> None:
        """Send a form as it stands on its page, and take back what that changed."""
        with transaction.atomic():
            response = self.client.post(step.url, dict(step.form), headers=BROWSER)
            if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
                Bucket.objects.all().delete()
                response = self.client.post(step.url, dict(step.form), headers=BROWSER)
            transaction.set_rollback(True)
        allowed = {HTTPStatus.UNPROCESSABLE_ENTITY}
        if response.status_code >= HTTPStatus.BAD_REQUEST and response.status_code not in allowed:
            self.faults.append(f"POST {step.url} on {page} answers {response.status_code}")


def ways_on(page: Markup, url: str) -> list[Step]:
    """Return every link, form and request of a page that stays on the site."""
    found = []
    for element in page.elements:
        found += _steps_of(element, page)
    return [step for raw in found if (step := _absolute(raw, url)) is not None]


def _steps_of(element: Element, page: Markup) -> list[Step]:
    attributes = element.attributes
    steps = [Step(attributes[name]) for name in FETCHED_BY_SCRIPTS if name in attributes]
    if element.tag == "a" and "href" in attributes:
        steps.append(Step(attributes["href"]))
    if element.tag == "form":
        fields = _fields(element, page)
        if attributes.get("method", "get").lower() == "post":
            steps.append(Step(attributes.get("action", ""), "POST", fields))
        elif attributes.get("method") != "dialog":
            steps.append(Step(f"{attributes.get('action', '')}?{urlencode(fields)}"))
    elif "hx-get" in attributes:
        steps.append(Step(attributes["hx-get"], is_htmx=True))
    elif "hx-post" in attributes and element.tag != "button":
        steps.append(Step(attributes["hx-post"], "POST"))
    if element.tag == "button" and "formaction" in attributes:
        steps.append(Step(attributes["formaction"], "POST"))
    return steps


def _fields(form: Element, page: Markup) -> tuple[tuple[str, str], ...]:
    """Return what the form sends as it stands."""
    inside = [element for element in page.elements if form in element.ancestors]
    fields = []
    for element in inside:
        name = element.attributes.get("name")
        if not name or element.attributes.get("type") in {"file", "submit"}:
            continue
        if element.attributes.get("type") in {"checkbox", "radio"} and "checked" not in element.attributes:
            continue
        if element.tag == "input":
            fields.append((name, element.attributes.get("value", "")))
        elif element.tag == "textarea":
            fields.append((name, element.text))
        elif element.tag == "select":
            chosen = [
                option
                for option in inside
                if option.tag == "option" and element in option.ancestors and "selected" in option.attributes
            ]
            fields += [(name, option.attributes.get("value", "")) for option in chosen]
    return tuple(fields)


def _absolute(step: Step, page: str) -> Step | None:
    """Return the step from the root of the site on; None where it leaves the site, or ends the visit."""
    parts = urlsplit(urljoin(page, step.url))
    if parts.scheme not in {"", "http"} or parts.netloc or step.url.startswith("#"):
        return None
    if parts.path.startswith(("/static/", "/admin/", ENDS_THE_VISIT)):
        return None
    query = urlencode(parse_qsl(parts.query, keep_blank_values=True))
    return Step(parts.path + (f"?{query}" if query else ""), step.method, step.form, step.is_htmx)


def _leads_on(page: Markup) -> bool:
    """Whether the page itself, without menu and foot, offers something to do next."""
    return any(
        element.tag in {"a", "form", "button"}
        and any(around.attributes.get("id") == "main" for around in element.ancestors)
        for element in page.elements
    )
