"""What a process imports: nothing heavy before it is asked for."""

import subprocess
import sys

import pytest

HEAVY = ("great_expectations", "scipy.stats", "matplotlib", "altair")


@pytest.mark.parametrize("module", ["jobs.night", "expectations", "jobs.__main__"])
def test_a_step_that_checks_nothing_and_draws_nothing_imports_none_of_what_does(
    module: str,
) -> None:
    asked = f"import sys, {module}; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
