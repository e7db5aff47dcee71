"""A million people of one name on each side: refused by rule, in bounded memory."""

import resource
import subprocess
import sys

import pytest

PEOPLE = 1_000_000
MOST_KILOBYTES = 4 * 2**20


@pytest.mark.long
def test_a_million_identical_names_are_refused_within_four_gigabytes(tmp_path):
    files = [tmp_path / "left.csv", tmp_path / "right.csv"]
    rows = "".join(f"{number},Maria,Garcia\n" for number in range(PEOPLE))
    for file in files:
        file.write_text(f"id,first_name,last_name\n{rows}")
    script = (
        "import logging, sys\n"
        "from pathlib import Path\n"
        "from jobs.link.files.person_files import link_files\n"
        "logging.basicConfig(level=logging.INFO)\n"
        "left, right, output = map(Path, sys.argv[1:])\n"
        "print(len(link_files(left=left, right=right, output=output)))\n"
    )
    made = subprocess.run(
        [sys.executable, "-c", script, *map(str, files), str(tmp_path / "links.csv")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert made.stdout.split() == ["0"]
    assert "blocking rule [both names] left out 1000000000000 pairs" in made.stderr
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= MOST_KILOBYTES
