"""A fault at each point of a night, then the night again: it ends as if nothing had been."""

import os
import random
import resource
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from benchmarks.survival.faults import NIGHTS, Stage, drawn, stage, survive
from benchmarks.survival.house import (
    FAULT,
    KILLED,
    NOT_PLACED,
    PUBLISHED,
    REFUSED,
    STALLED,
    House,
    go_on,
)
from benchmarks.survival.soak import soak
from jobs.runtime import fail_points
from jobs.warehouse import embedded
from jobs.warehouse.embedded import supervisor

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def on() -> Iterator[Stage]:
    with stage(seed=2006) as ready:
        yield ready


@pytest.fixture
def house(on: Stage) -> Iterator[House]:
    made = on.house()
    yield made
    made.remove()


def assert_ends_as_undisturbed(on: Stage, house: House) -> None:
    again = house.night(NIGHTS[1], on.registers)
    assert again.how == PUBLISHED, again.line
    assert on.differences(house) == []


def test_a_night_reaches_every_point(on: Stage) -> None:
    assert set(on.passed) == set(fail_points.POINTS)


def test_what_stands_is_worth_comparing(on: Stage) -> None:
    found = on.undisturbed
    assert len(found["published"]) == len(found["moves"]) == 2
    assert {row[4] for row in found["outbox"]} == {"sent"}
    assert found["quarantine"]
    assert found["pages"]
    assert found["corrections"]
    assert found["altered"] == found["left over"] == []


def test_a_night_killed_at_any_point_ends_as_an_undisturbed_one(on: Stage) -> None:
    faults = drawn(on.passed, kind="kill", draws=1, seed=random.randrange(10**6))
    survived = survive(on, faults)
    assert survived.wrong == []
    assert survived.ended == {KILLED: len(fail_points.POINTS)}


def test_a_full_disk_ends_a_night_in_one_line_wherever_it_comes(on: Stage) -> None:
    faults = drawn(on.passed, kind="full", draws=2, seed=random.randrange(10**6))
    survived = survive(on, faults)
    assert survived.wrong == []
    assert set(survived.ended) <= {REFUSED, NOT_PLACED, PUBLISHED}


def test_a_server_killed_in_mid_transaction_leaves_nothing_of_it(on: Stage) -> None:
    house = on.house()
    ended = house.night(NIGHTS[1], on.registers, fault="publication.written:stall")
    assert ended.how == STALLED
    server = supervisor.server_number(house.server.folder / "data" / "postmaster.pid")
    assert server is not None
    os.kill(server, signal.SIGKILL)
    go_on(int(ended.line))
    # It comes back under another socket.
    there = embedded.start(house.server.folder)
    on.base = replace(on.base, server=there)
    house = replace(house, server=there)
    assert_ends_as_undisturbed(on, house)
    house.remove()


def test_a_night_that_stalls_holds_up_no_reader_and_goes_on(on: Stage, house: House) -> None:
    ended = house.night(NIGHTS[1], on.registers, fault="publication.written:stall")
    assert ended.how == STALLED
    assert len(house.standing(on.registers)["published"]) == 1
    assert os.waitstatus_to_exitcode(go_on(int(ended.line))) == 0
    assert on.differences(house) == []


@pytest.mark.parametrize("more_mb", [20, 60, 200, 500])
def test_a_night_without_memory_leaves_nothing_half(on: Stage, house: House, more_mb: int) -> None:
    def limit() -> None:
        with open("/proc/self/statm") as file:  # noqa: PTH123 - a file of the kernel
            now = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        resource.setrlimit(resource.RLIMIT_AS, (now + more_mb * 10**6, resource.RLIM_INFINITY))

    house.night(NIGHTS[1], on.registers, limits=limit)
    assert_ends_as_undisturbed(on, house)


@pytest.mark.parametrize("most_bytes", [1, 4_000, 30_000])
def test_a_file_that_may_not_grow_ends_a_night_in_one_line(
    on: Stage, house: House, most_bytes: int
) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, resource.RLIM_INFINITY))

    ended = house.night(NIGHTS[1], on.registers, limits=limit)
    assert ended.how in {REFUSED, NOT_PLACED}, ended.line
    assert len(ended.line.splitlines()) == 1
    assert_ends_as_undisturbed(on, house)


class _TakesAnyTime(type):
    """A time that the real clock made is one too."""

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, datetime)


class _Jumping(datetime, metaclass=_TakesAnyTime):
    """A clock that is a day off, one way or the other, each time somebody looks."""

    @classmethod
    def now(cls, tz: Any = None) -> "_Jumping":
        return super().now(tz) + timedelta(hours=random.choice((-25, -1, 1, 25)))


def _let_the_clock_jump() -> None:
    for name, module in list(sys.modules.items()):
        if name.startswith("jobs.") and getattr(module, "datetime", None) is datetime:
            module.datetime = _Jumping  # type: ignore[attr-defined]
    real = time.time
    time.time = lambda: real() + random.choice((-90_000, 90_000))


def test_a_clock_that_jumps_changes_nothing(on: Stage, house: House) -> None:
    ended = house.night(NIGHTS[1], on.registers, limits=_let_the_clock_jump)
    assert ended.how == PUBLISHED, ended.line
    assert on.differences(house) == []


def test_a_fault_of_the_software_is_told_from_a_full_disk(on: Stage, house: House) -> None:
    """The other side: what nobody foresaw is no refusal, and leaves nothing half either."""
    ended = house.night(NIGHTS[1], on.registers, fault="folder.written:memory:4")
    assert ended.how == FAULT
    assert_ends_as_undisturbed(on, house)


def test_nights_with_faults_equal_those_without() -> None:
    found = soak(nights=4, seed=7)
    assert found.wrong == []
    assert found.nights == 4
