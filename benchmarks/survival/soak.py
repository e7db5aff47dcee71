"""Many nights of a living world with faults drawn by seed, beside the same nights without."""

import math
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Final

from benchmarks.survival.faults import COUNT, PEOPLE, differing, server
from benchmarks.survival.house import FAULT, PUBLISHED, House, make_light
from benchmarks.survival.living import LivingWorld
from jobs.runtime import fail_points

FIRST: Final = date(2006, 4, 25)


@dataclass(kw_only=True)
class Soaked:
    """Nights that were run, faults by kind, and what was otherwise than undisturbed."""

    nights: int = 0
    disturbed: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def soak(
    *,
    nights: int,
    seed: int,
    people: int = PEOPLE,
    tell: Callable[[str], None] | None = None,
    until: float = math.inf,
) -> Soaked:
    """Run so many nights in two houses, one of them disturbed; hold both against each other.

    A night is disturbed by up to two faults one after the other, of any kind, at any point and at
    any time that it is reached, and run until it ends well. Night for night what both houses have
    published, mailed, set aside, placed and noted must be the same. No night is begun after
    ``until``, by the monotonic clock.
    """
    make_light()
    chance = Random(seed)  # noqa: S311 - which faults are tried is no secret
    found = Soaked()
    with server() as (own, folder):
        world = LivingWorld(folder / "registers", seed=seed, people=people)
        quiet = House.new(own, folder / "quiet", name="quiet")
        rough = House.new(own, folder / "rough", name="rough")
        first, registers = FIRST, world.deliver(FIRST)
        # In this process, so that every night after it begins warm.
        quiet.run(first, registers)
        rough.run(first, registers)
        for number in range(1, nights):
            if time.monotonic() > until:
                break
            night = FIRST + timedelta(days=number)
            registers = world.deliver(night)
            for house in (quiet, rough):
                house.leave_old()
            passed = _undisturbed(quiet, night, registers)
            faults = _drawn(chance, passed)
            _disturbed(rough, night, registers, faults, found)
            other = differing(quiet.standing(registers), rough.standing(registers))
            if other:
                found.wrong.append(f"{night}: differs in {', '.join(other)}")
            found.nights = number + 1
            if tell is not None:
                tell(f"{night}: {', '.join(faults) or 'undisturbed'}; wrong: {len(found.wrong)}")
            if found.wrong:
                break
    return found


def _undisturbed(house: House, night: date, registers: Mapping[str, str]) -> Mapping[str, int]:
    ended = house.night(night, registers, fault=COUNT)
    if ended.how != PUBLISHED:
        raise RuntimeError(f"an undisturbed night ended: {ended.how} {ended.line}")
    return ended.passed or {}


def _drawn(chance: Random, passed: Mapping[str, int]) -> list[str]:
    """Nought to two faults, each at a moment of the night that is as likely as any other."""
    moments = [(point, n) for point in sorted(passed) for n in range(1, passed[point] + 1)]
    found = []
    for point, number in chance.sample(moments, chance.choice((0, 1, 1, 2))):
        kind = chance.choice(("kill", "full") if point in fail_points.WRITES else ("kill",))
        found.append(f"{point}:{kind}:{number}")
    return found


def _disturbed(
    house: House, night: date, registers: Mapping[str, str], faults: list[str], found: Soaked
) -> None:
    found.disturbed += bool(faults)
    for fault in faults:
        ended = house.night(night, registers, fault=fault)
        found.faults[fault.split(":")[1]] += 1
        if ended.how == FAULT:
            found.wrong.append(f"{night}: {fault}: a fault of this software: {ended.line}")
    ended = house.night(night, registers)
    if ended.how != PUBLISHED:
        found.wrong.append(f"{night}: run again, it ended: {ended.how} {ended.line}")
