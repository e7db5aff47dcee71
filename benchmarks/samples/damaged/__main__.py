"""``python -m benchmarks.samples.damaged``: the long run, its figures printed or written."""

import sys
from argparse import ArgumentParser

from benchmarks.samples.damaged.fate import FINE
from benchmarks.samples.damaged.running import run, table_lines, write_page

parser = ArgumentParser(description="Damaged deliveries by seed.")
parser.add_argument("--deliveries", type=int, default=10_000)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--files-only", action="store_true", help="no servers and no whole nights")
parser.add_argument("--page", action="store_true", help="write the figures to docs/deliveries.md")
given = parser.parse_args()
seeds = range(given.seed, given.seed + given.deliveries)
found = run(seeds, with_servers=not given.files_only, tell=True)
if given.page:
    write_page(found, seed=given.seed)
sys.stdout.write("\n".join([*table_lines(found), f"{found.seconds:.0f} seconds", ""]))
sys.exit(any(fate not in FINE for _, fate in found.fates))
