"""How long the site of a night takes, and how large its pages are, by the number of cases.

::

    python -m benchmarks.pages [--cases 100000] [--nights 400]

Cases are custody episodes; half as many are open in the backlog. The night is invented with the
builder of the tests, in which one case of four is on a list.
"""

import argparse
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import pandas as pd

from benchmarks.samples.report_nights import AS_OF, invent
from jobs.report import About, render_site


def main() -> None:
    """Render the site once and print CPU seconds, wall seconds and the largest pages."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--cases", type=int, default=100_000)
    given.add_argument("--nights", type=int, default=400)
    options = given.parse_args()
    facts = invent(episodes=options.cases).facts
    figures = facts["nightly.figures"]
    one = figures[figures["group_value"].eq("(all)")]
    history = pd.concat(
        [
            one.assign(as_of_date=AS_OF - timedelta(days=ago), value=one["value"] + ago % 7)
            for ago in range(1, options.nights + 1)
        ],
        ignore_index=True,
    )
    with tempfile.TemporaryDirectory() as folder:
        wall, processor = time.perf_counter(), time.process_time()
        render_site(
            facts=facts,
            about=About(as_of=AS_OF, publication_id="0"),
            folder=Path(folder),
            history=history,
        )
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        sizes = sorted(
            ((path.stat().st_size, path.name) for path in Path(folder).rglob("*.html")),
            reverse=True,
        )
    print(f"{options.cases:,} cases: {processor:.1f} CPU seconds, {wall:.1f} seconds")  # noqa: T201
    for size, name in sizes[:3]:
        print(f"{size / 1e6:.2f} MB {name}")  # noqa: T201


if __name__ == "__main__":
    main()
