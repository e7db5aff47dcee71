"""What each step's process imports: which libraries that take long, not how long they take."""

import json
import os
import subprocess
import sys

import pytest

from benchmarks.samples.minimal_registers import AS_OF
from jobs.operate.run.step_records import STEPS
from jobs.runtime.settings import ROOT, Settings
from jobs.warehouse import embedded, open_warehouse
from tests.house.steps_in_forks import AGAIN, FIRST, NIGHT
from tests.operate.minimal_site import House

pytestmark = pytest.mark.slow

GREAT_EXPECTATIONS = {"altair", "great_expectations", "marshmallow", "scipy"}
"""The library, and what it imports itself."""
HEAVY = GREAT_EXPECTATIONS | {
    "alembic", "apprise", "matplotlib", "openpyxl", "pyspark", "s3fs", "splink",
}  # fmt: skip
ALLOWED = {
    # Whoever opens an empty warehouse first makes its tables; one that has them needs no Alembic.
    f"{FIRST}: check": GREAT_EXPECTATIONS | {"alembic"},
    f"{FIRST}: report": GREAT_EXPECTATIONS | {"matplotlib"},
}
"""What may be imported where; nothing anywhere else, and nothing on a night that is unchanged."""


@pytest.fixture(scope="module")
def imported(
    postgres: embedded.EmbeddedServer, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, set[str]]:
    """By step, for a first night and the same again."""
    folder = tmp_path_factory.mktemp("imports of steps")
    name = "imports of steps"
    url = postgres.create_database(name)
    settings = Settings(data_dir=folder / "data", warehouse=url)
    delivered = House(folder, settings, open_warehouse(url)).deliver(AS_OF).settings
    environment = {
        "RECONCILIATION_DATA_DIR": str(settings.data_dir),
        "RECONCILIATION_WAREHOUSE": url,
        "RECONCILIATION_PRISON": delivered.prison,
        "RECONCILIATION_IMMIGRATION": delivered.immigration,
    }
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("RECONCILIATION_", "SMTP_"))}
    program = "tests.house.steps_in_forks"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", program, str(AS_OF), str(folder), *sorted(HEAVY)],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    postgres.drop_database(name)
    assert done.returncode == 0, done.stderr
    return {step: set(names) for step, names in json.loads(done.stdout).items()}


def test_the_night_alone_imports_nothing_that_takes_long(imported: dict[str, set[str]]) -> None:
    assert imported[NIGHT] == set()


@pytest.mark.parametrize("step", [step for step in STEPS if step != "self_test"])
@pytest.mark.parametrize("run", [FIRST, AGAIN])
def test_a_step_imports_what_it_needs_and_no_more(
    imported: dict[str, set[str]], run: str, step: str
) -> None:
    assert imported[f"{run}: {step}"] <= ALLOWED.get(f"{run}: {step}", set())


def test_the_suite_is_asked_where_something_has_changed(imported: dict[str, set[str]]) -> None:
    for step in ("check", "report"):
        assert "great_expectations" in imported[f"{FIRST}: {step}"]
