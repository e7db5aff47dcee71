"""Many damaged deliveries by seed, their fates counted; and the table of them in the docs."""

import functools
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from benchmarks.samples.damaged import databases, files
from benchmarks.samples.damaged.fate import ACCOUNTED, FINE, REFUSED, WARNED, Door
from benchmarks.samples.damaged.made import Made, Plan, undamaged_world
from benchmarks.samples.damaged.nights import Nights

NIGHT_EVERY: Final = 1000
"""One delivery in so many is a whole register that runs through a whole night."""

PAGE: Final = Path("docs/deliveries.md")
_BEGIN: Final = "<!-- figures: python -m benchmarks.samples.damaged --page -->"
_END: Final = "<!-- end of the figures -->"


@dataclass(kw_only=True)
class Found:
    """The fates of deliveries by damage, and what went wrong."""

    fates: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0
    without: str = ""
    """What this machine lacks."""

    def join(self, other: "Found") -> None:
        """Take in what another process found."""
        self.fates += other.fates
        self.wrong += other.wrong
        self.seconds = max(self.seconds, other.seconds)
        self.without = other.without

    def add(self, seed: int, what: str, fate: str, line: str) -> None:
        """Count one."""
        self.fates[what, fate] += 1
        if fate not in FINE:
            self.wrong.append(f"seed {seed}: {what}: {fate}: {line[:200]}")


def run(seeds: range, *, with_servers: bool = True, tell: bool = False) -> Found:
    """Make the deliveries of these seeds and say what became of each.

    Args:
        seeds: one delivery each.
        with_servers: databases on servers and whole nights too.
        tell: print what is wrong as it is found.
    """
    found = Found()
    started = time.monotonic()
    with ExitStack() as opened:
        folder = Path(tempfile.mkdtemp(prefix="damaged deliveries "))
        opened.callback(shutil.rmtree, folder, ignore_errors=True)
        world = undamaged_world()
        door = Door(world)
        makers = [maker for maker, often in files.DAMAGES for _ in range(often)]
        sqlite = [databases.damaged_sqlite] * 3
        nights = None
        if with_servers:
            servers = opened.enter_context(databases.servers(world))
            makers += [maker for maker, often in servers.makers for _ in range(often)]
            nights = Nights(world, servers.server, folder)
            found.without = "" if servers.mariadb else "MariaDB is not installed: left out."
        else:
            makers += sqlite
        for seed in seeds:
            if nights and seed % NIGHT_EVERY == 0:
                found.add(seed, *nights.fate(seed))
            else:
                found.add(seed, *_through_the_door(seed, door, makers, folder))
            if tell and found.wrong:
                sys.stdout.write(found.wrong.pop() + "\n")
                sys.stdout.flush()
    found.seconds = time.monotonic() - started
    return found


def run_side_by_side(seeds: range, *, processes: int, with_servers: bool) -> Found:
    """The same in several processes, each with servers of its own and every n-th seed."""
    found = Found()
    some = functools.partial(run, with_servers=with_servers, tell=True)
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for part in pool.map(some, [seeds[first::processes] for first in range(processes)]):
            found.join(part)
    return found


def _through_the_door(
    seed: int, door: Door, makers: list[Callable[[Plan], Made]], folder: Path
) -> tuple[str, str, str]:
    plan = Plan.of(seed, door.world, folder / str(seed))
    try:
        made = plan.draw.choice(makers)(plan)
        return (made.what, *door.fate(made))
    finally:
        shutil.rmtree(plan.folder, ignore_errors=True)


def table_lines(found: Found) -> Iterator[str]:
    """The fates as a table of Markdown, by damage."""
    fates = (ACCOUNTED, WARNED, REFUSED)
    yield "| Delivery | " + " | ".join(["Number", *fates, "anything else"]) + " |"
    yield "| --- |" + " ---: |" * (len(fates) + 2)
    total: Counter[str] = Counter()
    for what in sorted({what for what, _ in found.fates}):
        own = Counter({fate: n for (damage, fate), n in found.fates.items() if damage == what})
        total += own
        yield _row(what.replace("_", " "), own, fates)
    yield _row("**all**", total, fates)


def _row(name: str, own: Counter[str], fates: tuple[str, ...]) -> str:
    other = own.total() - sum(own[fate] for fate in fates)
    cells = [own.total(), *(own[fate] for fate in fates), other]
    return f"| {name} | " + " | ".join(f"{number:,}" for number in cells) + " |"


def write_page(found: Found, *, seed: int, page: Path = PAGE) -> None:
    """Put the figures of a run into the page on deliveries, between its two marks."""
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(_BEGIN, 1)
    after = rest.split(_END, 1)[1]
    number = found.fates.total()
    said = (
        f"{number:,} deliveries, seeds {seed:,} to {seed + number - 1:,}. {found.without}".strip()
    )
    lines = [_BEGIN, "", said, "", *table_lines(found), "", _END]
    page.write_text(before + "\n".join(lines) + after, encoding="utf-8")
