"""A site that has been used has no error and no dead end, for anybody."""

import json
import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from jobs.models import Job, JobState
from site_config.api import api
from tests.crawler.spider import Spider
from tests.crawler.used_site import use

pytestmark = pytest.mark.django_db

API = "/api/v1"
STARTED_BY_THE_API = (
    "sweep", "universe_part", "train_model", "evaluate_forecasts", "fetch_bars", "import_bars",
)  # fmt: skip


def _said(faults: list[str]) -> str:
    return f"{len(faults)} faults:\n" + "\n".join(sorted(faults))


def test_everything_can_be_visited(operator: Client, staff: User, reader: Client, visitor: Client) -> None:
    use(staff)
    operator.raise_request_exception = reader.raise_request_exception = False
    faults: list[str] = []
    first = Spider(operator)
    first.crawl("/", f"{API}/docs")
    faults += [f"staff: {fault}" for fault in first.faults]
    second = Spider(reader)
    second.crawl("/")
    faults += [f"reader: {fault}" for fault in second.faults]
    faults += [f"stranger: {fault}" for fault in _without_a_login(visitor, first.urls)]
    faults += [f"program: {fault}" for fault in _operations(first)]
    faults += [f"program: {fault}" for fault in _results_of_jobs(first)]
    assert len(first.urls) > 100, first.urls
    assert not faults, _said(faults)


def _without_a_login(client: Client, urls: list[str]) -> list[str]:
    """Return which urls do not send a stranger to the login."""
    faults = []
    for url in urls:
        response = client.get(url, headers={"Accept": "text/html"})
        if response.status_code not in {200, 302, 401}:
            faults.append(f"{url} answers {response.status_code}")
    return faults


def _operations(spider: Spider) -> list[str]:
    """Return which reading operations of the API fail, for every id that its lists name."""
    paths = api.get_openapi_schema(path_prefix="")["paths"]
    known: dict[str, list[str]] = {}
    faults = []
    for path, methods in sorted(paths.items(), key=lambda item: item[0].count("{")):
        if "get" not in methods:
            continue
        for url in _filled(path, known):
            response = spider.read(f"{API}{url}", Accept="application/json")
            if response.status_code >= 400 and not _is_explained(response.status_code, response.content):
                faults.append(f"GET {url} answers {response.status_code}: {response.content[:200]!r}")
            elif "{" not in path and response.headers["Content-Type"].startswith("application/json"):
                known[path] = _ids(json.loads(response.content))
    return faults


def _results_of_jobs(spider: Spider) -> list[str]:
    """Return which jobs of the API do not name a URL where what they made can be read."""
    done = Job.objects.filter(state=JobState.SUCCEEDED, kind__in=STARTED_BY_THE_API)
    assert {job.kind for job in done} >= {"sweep", "universe_part", "train_model", "evaluate_forecasts"}
    urls = {str((job.result or {}).get("url")) for job in done}
    return [
        f"the result {url} of a job cannot be read" for url in urls if spider.read(url).status_code != 200
    ]


def _is_explained(status: int, content: bytes) -> bool:
    return status in {404, 422} and b"detail" in content


def _ids(listing: object) -> list[str]:
    """Return what names the items of a list, whether it is paged or not."""
    items = listing.get("items", []) if isinstance(listing, dict) else listing
    rows = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return [str(row.get("id") or row.get("symbol") or row.get("name")) for row in rows]


def _filled(path: str, known: dict[str, list[str]]) -> list[str]:
    """Return the path with every id that is known of its collection."""
    variables = re.findall(r"{(\w+)}", path)
    if not variables:
        return [path]
    collection = path.partition("/{")[0]
    if collection not in known:
        collection = "/instruments"
    return [path.replace(f"{{{variables[0]}}}", value) for value in known.get(collection, [])]
