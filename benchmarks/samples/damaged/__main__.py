"""``python -m benchmarks.samples.damaged``: the long run, its figures printed or written."""

import sys
from argparse import ArgumentParser

from benchmarks.samples.damaged.fate import FINE
from benchmarks.samples.damaged.running import run_side_by_side, table_lines, write_page


def main() -> None:
    """Run, tell, and end with 1 where anything was wrong."""
    parser = ArgumentParser(description="Damaged deliveries by seed.")
    parser.add_argument("--deliveries", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--files-only", action="store_true", help="no servers, no whole nights")
    parser.add_argument("--page", action="store_true", help="write the figures to the page")
    given = parser.parse_args()
    found = run_side_by_side(
        range(given.seed, given.seed + given.deliveries),
        processes=given.processes,
        with_servers=not given.files_only,
    )
    if given.page:
        write_page(found, seed=given.seed)
    sys.stdout.write("\n".join([*table_lines(found), f"{found.seconds:.0f} seconds", ""]))
    sys.exit(any(fate not in FINE for _, fate in found.fates))


if __name__ == "__main__":  # each process imports this module again
    main()
