"""One night with a fault at each point, then the night again: it ends as if nothing had been."""

import math
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, Final

from benchmarks.survival.house import FAULT, PUBLISHED, House, make_light
from benchmarks.survival.living import LivingWorld
from jobs.runtime import fail_points
from jobs.warehouse import embedded

NIGHTS: Final = (date(2006, 4, 25), date(2006, 4, 26))
PEOPLE: Final = 120
COUNT: Final = "folder.begun:count"


@dataclass(kw_only=True)
class Survived:
    """Faults made, by point, and what did not survive one."""

    made: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Stage:
    """A house in which one night is published, and what it ends as after the next, undisturbed."""

    base: House
    registers: Mapping[str, str]
    folder: Path
    passed: Mapping[str, int]
    undisturbed: dict[str, Any]
    number: int = 0

    def house(self) -> House:
        """A copy of the house before the second night."""
        self.number += 1
        name = f"survival_{self.number}"
        made = self.base.copy(self.folder / name, name=name)
        made.leave_old()
        return made

    def differences(self, house: House) -> list[str]:
        """Where a house stands otherwise than the undisturbed one."""
        found = house.standing(self.registers)
        return differing(self.undisturbed, found)


def differing(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """The parts in which two houses differ."""
    return [name for name in wanted if wanted[name] != found[name]]


@contextmanager
def server() -> Iterator[tuple[embedded.EmbeddedServer, Path]]:
    """A server of one's own with a folder beside it; both gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="survival "))
    own = embedded.start(folder / "server")
    try:
        yield own, folder
    finally:
        own.stop()
        shutil.rmtree(own.socket_folder, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def stage(*, seed: int, people: int = PEOPLE) -> Iterator[Stage]:
    """A stage over a living world of a ``seed``."""
    make_light()
    with server() as (own, folder):
        world = LivingWorld(folder / "registers", seed=seed, people=people)
        base = House.new(own, folder / "base", name="base")
        base.run(NIGHTS[0], world.deliver(NIGHTS[0]))
        registers = world.deliver(NIGHTS[1])
        ready = Stage(base=base, registers=registers, folder=folder, passed={}, undisturbed={})
        house = ready.house()
        ended = house.night(NIGHTS[1], registers, fault=COUNT)
        if ended.how != PUBLISHED:
            raise RuntimeError(f"an undisturbed night ended: {ended.how} {ended.line}")
        ready.passed = ended.passed or {}
        ready.undisturbed = house.standing(registers)
        house.remove()
        yield ready


def drawn(passed: Mapping[str, int], *, kind: str, draws: int, seed: int) -> list[str]:
    """Faults of a kind at each point: at every time that it is reached, or at some, drawn by seed.

    Args:
        passed: how often a night reaches each point.
        kind: a kind of `fail_points.KINDS`.
        draws: times for each point, at most; 0 takes every time.
        seed: what is drawn from.
    """
    chance = Random(seed)  # noqa: S311 - which faults are tried is no secret
    points = [p for p in sorted(passed) if kind != "full" or p in fail_points.WRITES]
    found = []
    for point in points:
        times: Sequence[int] = range(1, passed[point] + 1)
        if draws and draws < len(times):
            times = sorted(chance.sample(times, draws))
        found += [f"{point}:{kind}:{number}" for number in times]
    chance.shuffle(found)
    return found


def survive(
    on: Stage,
    faults: Sequence[str],
    *,
    tell: Callable[[str], None] | None = None,
    until: float = math.inf,
) -> Survived:
    """Make each fault in a night of its own, run the night again and hold what stands against it.

    A disk that is full ends a night with one line, never as a fault of this software. No fault is
    begun after ``until``, by the monotonic clock.
    """
    survived = Survived()
    for fault in faults:
        if time.monotonic() > until:
            break
        house = on.house()
        ended = house.night(NIGHTS[1], on.registers, fault=fault)
        point = fault.partition(":")[0]
        survived.made[point] += 1
        survived.ended[ended.how] += 1
        if ended.how == FAULT:
            survived.wrong.append(f"{fault}: ended as a fault of this software: {ended.line}")
        again = house.night(NIGHTS[1], on.registers)
        if again.how != PUBLISHED:
            survived.wrong.append(f"{fault}: run again, it ended: {again.how} {again.line}")
        elif other := on.differences(house):
            survived.wrong.append(f"{fault}: run again, it differs in {', '.join(other)}")
        house.remove()
        if tell is not None:
            tell(f"{fault}: {ended.how}, then {again.how}")
    return survived
