"""Whether nights survive; each command writes its figures into ``docs/promises.md``.

::

    python -m benchmarks.survival faults --kind kill --draws 0
    python -m benchmarks.survival faults --kind full
    python -m benchmarks.survival soak --nights 60 --seed 1
    python -m benchmarks.survival together --trials 1000 --seed 1

Without ``--page`` the figures are only printed. ``--minutes 5`` begins nothing after so many, and
the figures say how far it came.
"""

import argparse
import math
import sys
import time
from datetime import date

from benchmarks.survival import faults, soak, together
from benchmarks.survival.page import write_line


def tell(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def run_faults(given: argparse.Namespace) -> tuple[str, list[str]]:
    """A fault at each point of one night."""
    with faults.stage(seed=given.seed) as on:
        chosen = faults.drawn(on.passed, kind=given.kind, draws=given.draws, seed=given.seed)
        reached = sum(on.passed.values())
        found = faults.survive(on, chosen, tell=tell, until=given.until)
    ended = ", ".join(f"{number} {how}" for how, number in sorted(found.ended.items()))
    said = (
        f"`faults --kind {given.kind}`: {found.made.total():,} faults at {len(found.made)} points "
        f"of a night that reaches {len(on.passed)} points {reached:,} times ({ended}); run again, "
        f"{found.made.total() - len(found.wrong):,} ended as the undisturbed night"
    )
    return said, found.wrong


def run_soak(given: argparse.Namespace) -> tuple[str, list[str]]:
    """Many nights with faults beside the same nights without."""
    found = soak.soak(nights=given.nights, seed=given.seed, tell=tell, until=given.until)
    made = ", ".join(f"{number} {kind}" for kind, number in sorted(found.faults.items()))
    said = (
        f"`soak --nights {given.nights} --seed {given.seed}`: {found.nights} nights, "
        f"{found.disturbed} of them disturbed ({made}); {len(found.wrong)} nights differed"
    )
    return said, found.wrong


def run_together(given: argparse.Namespace) -> tuple[str, list[str]]:
    """Many at work at once."""
    with faults.server() as (own, _):
        found = together.together(
            own, trials=given.trials, seed=given.seed, tell=tell, until=given.until
        )
    kinds = "; ".join(f"{number} of {who}" for who, number in found.trials.items())
    said = (
        f"`together --trials {given.trials} --seed {given.seed}`: {found.trials.total():,} trials "
        f"({kinds}); {found.refused.total()} refused in one line, {len(found.wrong)} deadlocks, "
        "faults or publications that were not whole"
    )
    return said, found.wrong


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    every = argparse.ArgumentParser(add_help=False)
    every.add_argument("--seed", type=int, default=1)
    every.add_argument(
        "--minutes", type=float, default=math.inf, help="begin nothing after so many"
    )
    every.add_argument("--page", action="store_true", help="write the figures into the docs")
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("faults", parents=[every])
    one.add_argument("--kind", choices=("kill", "full", "memory"), default="kill")
    one.add_argument("--draws", type=int, default=1, help="times at each point; 0: every time")
    one.set_defaults(run=run_faults, name="faults")
    many = commands.add_parser("soak", parents=[every])
    many.add_argument("--nights", type=int, default=60)
    many.set_defaults(run=run_soak, name="soak")
    at_once = commands.add_parser("together", parents=[every])
    at_once.add_argument("--trials", type=int, default=1000)
    at_once.set_defaults(run=run_together, name="together")
    given = parser.parse_args()
    started = time.monotonic()
    given.until = started + 60 * given.minutes
    said, wrong = given.run(given)
    said += f". {date.today():%-d %B %Y}, {(time.monotonic() - started) / 60:.0f} minutes."  # noqa: DTZ011 - the day of the machine
    tell(said)
    for line in wrong:
        tell(f"wrong: {line}")
    if given.page:
        kind = f" {given.kind}" if given.name == "faults" else ""
        write_line(f"{given.name}{kind}", said)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
