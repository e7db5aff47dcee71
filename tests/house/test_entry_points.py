"""Whatever begins a process closes what it writes to everybody else, before it writes anything."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jobs.runtime.settings import ROOT

CLOSES = "keep_private()"
MODULES = sorted(
    path
    for top in ("dags", "benchmarks")
    for path in (ROOT / top).rglob("*.py")
    if path.stem[0] != "_"
)
"""Airflow may begin with any of its modules; a person with any of the benchmarks."""


def closes(path: Path, seen: frozenset[Path] = frozenset()) -> bool:
    """Whether importing a module calls `keep_private`, by itself or by what it imports first."""
    if path in seen or not path.is_file():
        return False
    text = path.read_text(encoding="utf-8")
    if CLOSES in text:
        return True
    packages = [parent / "__init__.py" for parent in path.parents if ROOT in parent.parents]
    named = [
        ROOT / f"{node.module.replace('.', '/')}.py"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("dags.")
    ]
    return any(closes(other, seen | {path}) for other in (*packages, *named))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_module_that_a_process_may_begin_with_closes_what_it_writes(path: Path) -> None:
    assert closes(path)


def test_the_supervisor_of_the_database_closes_what_it_writes() -> None:
    text = (ROOT / "jobs/warehouse/embedded/supervisor.py").read_text(encoding="utf-8")
    assert "os.umask(0o077)" in text


def test_a_command_closes_what_it_writes_under_an_open_umask(tmp_path: Path) -> None:
    code = (
        "import os, sys\n"
        "os.umask(0)\n"
        "from jobs.__main__ import main\n"
        "sys.argv = ['jobs', '--help']\n"
        "try:\n"
        "    main()\n"
        "except SystemExit:\n"
        "    open(os.environ['MADE'], 'w').close()\n"
    )
    made = tmp_path / "a file"
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT,
        env={**os.environ, "MADE": str(made)},
        capture_output=True,
        check=True,
    )
    assert made.stat().st_mode & 0o777 == 0o600
