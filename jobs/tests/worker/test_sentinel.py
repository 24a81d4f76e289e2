"""The task workers go on after any of them was killed."""

import multiprocessing
import time
from collections.abc import Iterator
from multiprocessing.context import ForkContext
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue

import pytest
from django.core.management import call_command
from django_q import cluster

from jobs.management.commands import qcluster
from jobs.worker.sentinel import STOP, Sentinel, free_of_its_only_reader, free_where_nobody_reads


@pytest.fixture
def context() -> ForkContext:
    return multiprocessing.get_context("fork")


@pytest.fixture
def started(context: ForkContext) -> Iterator[list[BaseProcess]]:
    processes: list[BaseProcess] = []
    yield processes
    for process in processes:
        process.kill()
        process.join()


def _read(queue: "Queue[str]") -> None:
    while queue.get() != STOP:
        pass


def _waiting_reader(context: ForkContext, queue: "Queue[str]", started: list[BaseProcess]) -> BaseProcess:
    process = context.Process(target=_read, args=(queue,))
    process.start()
    started.append(process)
    time.sleep(0.3)  # until it waits in get()
    return process


def _kill(process: BaseProcess) -> None:
    process.kill()
    process.join()


@pytest.mark.filterwarnings("ignore:This process")  # forking beside other tests' threads
def test_a_worker_killed_while_it_waits_does_not_block_the_others(
    context: ForkContext, started: list[BaseProcess]
) -> None:
    queue: Queue[str] = context.Queue()
    _kill(_waiting_reader(context, queue, started))
    successor = _waiting_reader(context, queue, started)
    free_where_nobody_reads(queue)
    successor.join(10)
    assert successor.exitcode == 0  # it took the message, and ended in good order


@pytest.mark.filterwarnings("ignore:This process")
def test_a_queue_that_is_read_stays_as_it_is(context: ForkContext, started: list[BaseProcess]) -> None:
    queue: Queue[str] = context.Queue()
    first, second = (_waiting_reader(context, queue, started) for _ in range(2))
    free_where_nobody_reads(queue)
    free_where_nobody_reads(queue)
    for reader in (first, second):
        reader.join(10)
        assert reader.exitcode == 0


@pytest.mark.filterwarnings("ignore:This process")
def test_a_monitor_killed_while_it_waits_does_not_block_its_successor(
    context: ForkContext, started: list[BaseProcess]
) -> None:
    queue: Queue[str] = context.Queue()
    _kill(_waiting_reader(context, queue, started))
    free_of_its_only_reader(queue)
    successor = _waiting_reader(context, queue, started)
    queue.put(STOP)
    successor.join(10)
    assert successor.exitcode == 0


def test_the_command_that_starts_the_workers_uses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    used = []
    monkeypatch.setattr(cluster, "Sentinel", cluster.Sentinel)  # put back afterwards
    monkeypatch.setattr(qcluster.HandingBackCluster, "start", lambda _: used.append(cluster.Sentinel))
    call_command("qcluster")
    assert used == [Sentinel]
