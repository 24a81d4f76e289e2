"""A composition for the tests here. They need a Docker engine, so only `make docker-test` runs them."""

import os
from collections.abc import Iterator

import pytest

from tests.docker.deployment import Deployment, deployed

if os.environ.get("DOCKER_TESTS") != "True":
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """The composition as a newcomer starts it, with a provider of its own."""
    with deployed("shared", tmp_path_factory.mktemp("site")) as deployment:
        yield deployment
