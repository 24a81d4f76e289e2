"""No page needs an exception from the Content-Security-Policy."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from dashboard.charts.registry import SKELETONS
from dashboard.tests.html import Markup, markup_of
from jobs.models import Job, JobState

pytestmark = pytest.mark.django_db

PAGES = (
    "/",
    "/backtests/",
    "/backtests/?symbol=AAPL&fast=60",
    "/forecasts/",
    "/forecasts/?symbol=AAPL&horizon=99",
    "/reports/",
    "/reports/AAPL/",
    "/data/",
    "/jobs/",
    "/login/",
    "/nowhere/",
)


def _violations(page: Markup) -> list[str]:
    """Return what the policy would block or what it allows for BokehJS alone."""
    found = [
        f"inline script: {item.text[:40]}"
        for item in page.all("script")
        if "src" not in item.attributes and item.attributes.get("type") != "application/json"
    ]
    found += [f"style element: {item.text[:40]}" for item in page.all("style")]
    for element in page.elements:
        for name, value in element.attributes.items():
            if name == "style" or name.startswith(("on", "hx-on", "hx-vars")):
                found.append(f"{element.tag} {name}={value[:40]}")
            if name in {"src", "href"} and re.match(r"(?i)(https?:|//|javascript:)", value):
                found.append(f"{element.tag} from elsewhere: {value[:40]}")
    return found


@pytest.mark.parametrize("url", PAGES)
def test_a_page_has_nothing_inline_and_nothing_from_elsewhere(operator: Client, url: str) -> None:
    Job.objects.create(kind="fetch_bars", subject="IBM", state=JobState.RUNNING)
    response = operator.get(url, follow=True, headers={"Accept": "text/html"})
    assert _violations(markup_of(response)) == []
    policy = response["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-eval" not in policy


@pytest.mark.parametrize(
    "path", sorted((settings.BASE_DIR / "static/js").rglob("*.js")), ids=lambda path: path.name
)
def test_our_scripts_evaluate_no_text(path: object) -> None:
    script = path.read_text()  # type: ignore[attr-defined]
    assert not re.search(r"\beval\(|new Function|innerHTML|document\.write|setAttribute\(\"style\"", script)


@pytest.mark.parametrize("kind", SKELETONS)
def test_a_skeleton_is_kept_by_the_browser_under_its_version(reader: Client, kind: str) -> None:
    skeleton = SKELETONS[kind]()
    response = reader.get(reverse("chart_skeleton", args=[kind, skeleton.version]))
    assert response["Content-Type"] == "application/json"
    assert "immutable" in response["Cache-Control"]
    assert response.content.decode() == skeleton.json
    old = reader.get(reverse("chart_skeleton", args=[kind, "0123456789ab"]))
    assert old["Cache-Control"] == "no-store"
    assert old.content == response.content


def test_an_unknown_skeleton_is_not_found(reader: Client) -> None:
    assert reader.get(reverse("chart_skeleton", args=["pie", "1"])).status_code == 404
