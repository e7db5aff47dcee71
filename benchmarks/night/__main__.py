"""A whole night, step by step, beside stock Splink; writes ``docs/performance.md``.

::

    python -m benchmarks.night --people 1000000
    python -m benchmarks.night --sizes 10000,100000,1000000
    python -m benchmarks.night --airflow

Invents both registers of each size once and keeps them in ``--keep``, with half of the people of
the prison register in the other one (``--shared``); loads them into the embedded PostgreSQL, and
runs three nights over them: the first, the same again, and the next. Every step is a process of its
own, measured alone; stock Splink runs between them on the persons that the first night accepted.
What stands in the folder is not measured again, unless ``--again``. ``--airflow`` measures what
Airflow adds to a small night (`under_airflow`), for the page to show.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from benchmarks.night import airflow_page, page, under_airflow
from benchmarks.night.measuring import Server, watched
from benchmarks.night.parts import MeasuredNight, parts
from jobs.operate.databases import databases

KEEP: Final = Path("var/benchmarks")


def measured(timed: MeasuredNight, *, only: str = "") -> dict[str, dict[str, Any]]:
    """Every part of one size whose name so begins; what stands in the folder is not done again."""
    found: dict[str, dict[str, Any]] = {}
    with databases(timed.settings, embedded=True):
        server = Server(data=timed.settings.data_dir / "postgres" / "data")
        for part in parts():
            if not part.startswith(only):
                continue
            path = timed.result(part)
            if not path.exists():
                _measure(timed, part, server)
            found[part] = json.loads(path.read_text())
            print(f"{timed.people:>9,} {part}: {found[part]}", flush=True)  # noqa: T201 - a command
    return found


def _measure(timed: MeasuredNight, part: str, server: Server) -> None:
    """Run a part as a process of its own and keep what it took, with the server beside it."""
    command = [
        *(sys.executable, "-m", "benchmarks.night", "--part", part),
        *(
            "--people",
            str(timed.people),
            "--shared",
            str(timed.shared),
            "--keep",
            str(timed.keep),
        ),
    ]
    with watched(server) as together:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - ourselves
    path = timed.result(part)
    facts = json.loads(path.read_text())
    facts |= {"server_cpu": together.server_cpu, "peak_with_server": together.peak_gb}
    path.write_text(json.dumps(facts))


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int)
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--shared", type=float, default=0.5)
    parser.add_argument("--keep", type=Path, default=KEEP)
    parser.add_argument("--again", action="store_true", help="measure anew; registers stay")
    parser.add_argument("--only", default="", help="parts that begin so, and no page")
    parser.add_argument("--airflow", action="store_true", help="only a night under Airflow")
    parser.add_argument("--part", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.airflow:
        under_airflow.measure(people=given.people or under_airflow.PEOPLE, keep=given.keep)
        print(airflow_page.section(given.keep))  # noqa: T201 - a command
        return
    sizes = [given.people] if given.people else [int(size) for size in given.sizes.split(",")]
    nights = [MeasuredNight(people=size, shared=given.shared, keep=given.keep) for size in sizes]
    if given.part:
        path = nights[0].result(given.part)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(parts()[given.part](nights[0])))
        return
    if given.again:
        for timed in nights:
            timed.forget()
    facts = {timed.people: measured(timed, only=given.only) for timed in nights}
    if given.only:
        return
    print(page.table_of(facts).to_string())  # noqa: T201 - a command
    page.write(facts, keep=given.keep)


if __name__ == "__main__":
    main()
