"""Airflow's FAB manager, which keeps permissions by name, lets in whom the guide says.

It is no part of the requirements; `requirements-fab.txt` brings it, as CI does for this test alone.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from jobs.runtime.settings import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.airflow,
    pytest.mark.skipif(
        find_spec("airflow.providers.fab") is None,
        reason="the FAB manager is not installed: requirements-fab.txt",
    ),
]
FAB = "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager"
STARTS = "from airflow.api_fastapi.app import create_app; create_app(apps='core')"
ROLES = {"rita": "Reviewer", "vera": "Viewer", "ada": "Admin"}
LET_IN = {"page": 200, "next": 200, "next from elsewhere": 403, "next by a program": 200}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A new Airflow whose manager is FAB."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AIRFLOW", "RECONCILIATION_"))
    }
    return kept | {
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__CORE__AUTH_MANAGER": FAB,
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "dags" / "plugins"),
        "AIRFLOW__API__SECRET_KEY": "a secret of this test",
        "AIRFLOW__API_AUTH__JWT_SECRET": "another secret of this test, and a longer one than that",
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
    }


def test_who_has_the_permission_of_the_guide_reviews_and_who_has_not_does_not(
    environment: dict[str, str],
) -> None:
    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("-m", "airflow", "db", "migrate")
    run("-c", STARTS)
    text = (ROOT / "docs" / "reviewing.md").read_text()
    guide = re.findall(r"^airflow (roles .*)$", text, re.MULTILINE)
    assert len(guide) == 2
    for command in guide:
        run("-m", "airflow", *shlex.split(command))
    for user, role in ROLES.items():
        named = ["-u", user, "-r", role, "-p", f"password-{user}", "-e", f"{user}@a.invalid"]
        run("-m", "airflow", "users", "create", *named, "-f", "x", "-l", "y")
    found = json.loads(run("-m", "tests.dags.plugins.fab_site", *ROLES).splitlines()[-1])
    assert found.pop("") == {"page": 401}
    assert found.pop("audit") == ["ada", "rita"]
    assert found == {"rita": LET_IN, "ada": LET_IN, "vera": dict.fromkeys(LET_IN, 403)}
