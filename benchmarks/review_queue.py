"""How long a reviewer waits for the next pair, with ten thousand pairs in the queue and with few.

::

    python -m benchmarks.review_queue [--pairs 10000]

Prints the seconds of laying out the queue, once for each night, and the milliseconds of each thing
that the page does: the median and the slowest of fifty.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Final

import typer

from benchmarks.samples.review.waiting_pairs import review_night
from jobs.review.desk import Desk
from jobs.warehouse import REVIEWER, Reviewer, create_roles, embedded, open_warehouse, upgrade

FEW: Final = 100
TIMES: Final = 50
RITA: Final = Reviewer(name="rita", channel="page")


def main() -> None:
    """Measure both queues and print what was measured."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--pairs", type=int, default=10_000)
    many: int = given.parse_args().pairs
    with (
        tempfile.TemporaryDirectory() as folder,
        embedded.start(Path(folder) / "postgres") as server,
    ):
        try:
            measured = {pairs: measure(server, Path(folder), pairs) for pairs in (FEW, many)}
        finally:
            server.stop()
    typer.echo(f"{'':24}{FEW:>10,} pairs{many:>12,} pairs     ratio")
    for what in measured[FEW]:
        few, lots = measured[FEW][what], measured[many][what]
        typer.echo(f"{what:24}{few[0]:8.1f} / {few[1]:5.1f}{lots[0]:10.1f} / {lots[1]:5.1f}"
              f"{lots[0] / few[0]:10.1f}")  # fmt: skip
    typer.echo("milliseconds: median / slowest")


def measure(
    server: embedded.EmbeddedServer, folder: Path, pairs: int
) -> dict[str, tuple[float, float]]:
    """Median and slowest milliseconds of each thing that a reviewer does with so many pairs."""
    data_dir = folder / str(pairs)
    url = server.create_database(f"{pairs} pairs")
    owner = open_warehouse(url)
    upgrade(owner)
    review_night(owner, data_dir=data_dir, pairs=pairs)
    create_roles(owner)
    owner.dispose()
    desk = Desk(engine=open_warehouse(url, role=REVIEWER), landings=data_dir / "landing")

    def decide() -> None:
        pair = desk.next_pair(RITA)
        if pair is None:
            raise AssertionError("the queue is empty")
        desk.decide(pair.pair, judgement="must_not_link", reason="measured", by=RITA)

    found = {"lay the queue, first": _times(lambda: desk.next_pair(RITA), 1)}
    found["decide and next"] = _times(decide, TIMES)
    found["progress"] = _times(lambda: desk.progress(RITA), TIMES)
    last = pairs // 50
    found["first page of queue"] = _times(lambda: desk.waiting(page=1), TIMES)
    found["last page of queue"] = _times(lambda: desk.waiting(page=last), TIMES)
    desk.engine.dispose()
    return found


def _times(what: Callable[[], object], times: int) -> tuple[float, float]:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        what()
        taken.append(1000 * (time.perf_counter() - start))
    return median(taken), max(taken)


if __name__ == "__main__":
    main()
