"""How long the site of a night takes, how large its pages are, and how soon a browser shows them.

::

    python -m benchmarks.pages [--cases 100000] [--nights 400]
    python -m benchmarks.pages --site var/pages/2006-04-25 [--loads 41]

Cases are custody episodes; half as many are open in the backlog. The night is invented with the
builder of the tests, in which one case of four is on a list. With ``--site`` nothing is rendered:
the pages of that folder are measured. A load is that of a page from the disk in the open window of
a browser that has cached nothing, until every script has run and the load event is over. What the
page's own thread computed for it stands beside the time, which other work makes longer; a page
with one word stands beside the others, for what the browser takes for any page.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pandas as pd

from benchmarks.samples.browser import browser
from benchmarks.samples.report_nights import AS_OF, invent
from jobs.report import About, render_site

LARGEST = 3
SETTLED = 200
"""Milliseconds after which a window that was opened has nothing more to do."""
LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"
"""Milliseconds from the start of the navigation; nought before its end."""


def main() -> None:
    """Render a site unless one is given, and print what it takes."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--cases", type=int, default=100_000)
    given.add_argument("--nights", type=int, default=400)
    given.add_argument("--site", type=Path)
    given.add_argument("--loads", type=int, default=41)
    options = given.parse_args()
    if options.site is not None:
        print_site(options.site, loads=options.loads)
        return
    with tempfile.TemporaryDirectory() as folder:
        render(Path(folder), cases=options.cases, nights=options.nights)
        print_site(Path(folder), loads=options.loads)


def render(folder: Path, *, cases: int, nights: int) -> None:
    """Render the site of an invented night and print CPU and wall seconds."""
    facts = invent(episodes=cases).facts
    figures = facts["nightly.figures"]
    one = figures[figures["group_value"].eq("(all)")]
    history = pd.concat(
        [
            one.assign(as_of_date=AS_OF - timedelta(days=ago), value=one["value"] + ago % 7)
            for ago in range(1, nights + 1)
        ],
        ignore_index=True,
    )
    wall, processor = time.perf_counter(), time.process_time()
    about = About(as_of=AS_OF, publication_id="0")
    render_site(facts=facts, about=about, folder=folder, history=history)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(f"{cases:,} cases: {processor:.1f} CPU seconds, {wall:.1f} seconds")  # noqa: T201


def print_site(site: Path, *, loads: int) -> None:
    """Print the first page and the largest ones: their size, and how long they load."""
    by_size = sorted(site.rglob("*.html"), key=lambda path: path.stat().st_size, reverse=True)
    shown = dict.fromkeys([site / "index.html", *by_size[:LARGEST]])
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder) / "a page with one word.html"
        empty.write_text("<!doctype html><title>one</title><p>word")
        _print_loads(load_times([*shown, empty], loads=loads), loads=loads)


def _print_loads(times: Mapping[Path, list[tuple[float, float]]], *, loads: int) -> None:
    for path, taken in times.items():
        elapsed, computed = zip(*taken, strict=True)
        print(  # noqa: T201
            f"{path.stat().st_size / 1000:5.0f} KB, loaded in {statistics.median(elapsed):3.0f} ms "
            f"(at best {min(elapsed):3.0f}), {statistics.median(computed):3.0f} ms of CPU, "
            f"{loads} loads: {path.name}"
        )


def load_times(pages: list[Path], *, loads: int) -> dict[Path, list[tuple[float, float]]]:
    """Milliseconds that each page took and computed, load by load; the pages take turns.

    A window is shown a page before: starting the window's process is no part of a load.
    """
    taken: dict[Path, list[tuple[float, float]]] = {path: [] for path in pages}
    with browser() as opened:
        for _ in range(loads):
            for path in pages:
                context = opened.new_context(viewport={"width": 1280, "height": 900})
                page = context.new_page()
                page.goto(pages[-1].as_uri(), wait_until="load")
                page.wait_for_timeout(SETTLED)
                devtools = context.new_cdp_session(page)
                devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
                page.goto(path.as_uri(), wait_until="load")
                page.wait_for_function(f"{LOADED} > 0")
                metrics = devtools.send("Performance.getMetrics")["metrics"]
                seconds = next(each["value"] for each in metrics if each["name"] == "TaskDuration")
                taken[path].append((float(page.evaluate(LOADED)), 1000 * float(seconds)))
                context.close()
    return taken


if __name__ == "__main__":
    main()
