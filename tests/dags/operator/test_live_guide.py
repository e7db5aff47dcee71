"""The guide of docs/deployment, followed word for word: each block is run as it is printed.

A trial is begun in an empty folder, with Python, make and nothing of this environment; the
installation for systemd in folders of a mount namespace of its own, so that nothing of this
machine is changed. A stand-in for ``systemctl`` starts what the units say, as the user they name.
"""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from jobs.runtime.settings import ROOT
from tests.dags.live import EMAILS, NIGHTLY, START_SECONDS, free_port, responds, until

pytestmark = [pytest.mark.slow, pytest.mark.airflow, pytest.mark.live]
GUIDE = ROOT / "docs" / "deployment" / "README.md"
PEOPLE = "6000"


def blocks(heading: str) -> list[str]:
    """The blocks of commands under a heading of the guide, in order."""
    section = re.search(
        rf"^## {heading}\n(.*?)(?=^## |\Z)", GUIDE.read_text(), re.MULTILINE | re.DOTALL
    )
    assert section, heading
    return re.findall(r"^```\n(.*?)^```$", section[1], re.MULTILINE | re.DOTALL)


def bare_environment(home: Path) -> dict[str, str]:
    """What a new user of this machine has: a path without this environment, and the registries."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(("PIP_", "SSL_")) or name.lower().endswith("_proxy")
    }
    outside = [
        folder
        for folder in os.environ["PATH"].split(os.pathsep)
        if not Path(folder).is_relative_to(ROOT) and ".venv" not in folder
    ]
    return kept | {"PATH": os.pathsep.join(outside), "HOME": str(home), "LANG": "C.UTF-8"}


@contextmanager
def empty_folder() -> Iterator[Path]:
    """A folder with a space in its name and a short path: sockets have short ones."""
    folder = Path(tempfile.mkdtemp(prefix="a guide ", dir="/var/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def copy_of_the_repository(folder: Path) -> Path:
    """The repository as a checkout has it, with a history of one commit."""
    copy = folder / "reconciliation"
    unwanted = shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", ".*_cache")
    shutil.copytree(ROOT, copy, ignore=unwanted)
    identity = ["-c", "user.name=guide", "-c", "user.email=guide@example.invalid"]
    for words in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-q", "-m", "Release"]):
        subprocess.run(["git", *words], cwd=copy, check=True)
    return copy


@dataclass
class Trial:
    """What somebody types in a folder."""

    folder: Path
    environment: dict[str, str]

    def type(self, line: str, **more: str) -> str:
        """Run a line, see that it ends well, and give what it said."""
        done = subprocess.run(
            ["bash", "-c", line],
            cwd=self.folder,
            env=self.environment | more,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (line, done.stdout[-2000:], done.stderr[-2000:])
        return done.stdout + done.stderr

    @contextmanager
    def standalone(self, line: str, **more: str) -> Iterator[Path]:
        """Start what goes on until Ctrl-C, wait for its page; end it; give what it writes to."""
        log = Path(tempfile.mkstemp(dir=self.folder.parent, suffix=".log")[1])
        port = more["AIRFLOW__API__PORT"]
        with log.open("wb") as written:
            process = subprocess.Popen(
                ["bash", "-c", line],
                cwd=self.folder,
                env=self.environment | more,
                stdout=written,
                stderr=written,
                start_new_session=True,
            )
        try:
            until(
                lambda: responds(f"http://localhost:{port}"),
                log.read_text(errors="replace")[-500:],
                seconds=START_SECONDS,
            )
            yield log
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT)
            process.wait(timeout=120)


def left_running(folder: Path) -> list[str]:
    """Processes that have this folder in their command line or as their working directory."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if str(folder) in " ".join([*process.cmdline(), process.cwd()]):
                found.append(process.name())
    return found


def page(port: int) -> dict[str, str]:
    return {
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": f"http://localhost:{port}",
        "AIRFLOW__API__WORKERS": "1",
    }


def test_a_trial_and_a_second_environment_beside_it_and_nothing_is_left() -> None:
    (commands,) = blocks("A trial, from an empty folder")
    lines = [line.split("  #")[0].strip() for line in commands.splitlines()]
    assert len(lines) == 4
    assert lines[-1] == "make standalone"
    with empty_folder() as folder:
        home, temporary = folder / "home", folder / "tmp"
        home.mkdir()
        temporary.mkdir()
        trial = Trial(
            copy_of_the_repository(folder),
            bare_environment(home) | {"TMPDIR": str(temporary)},
        )
        before = set(trial.folder.rglob("*"))
        said = [trial.type(line) for line in lines[:-1]]
        assert "FAIL" not in said[1]

        test = {"RECONCILIATION_DATA_DIR": str(folder / "test data")}
        with (
            trial.standalone(lines[-1], **page(free_port())) as log,
            trial.standalone(lines[-1], **page(free_port()), **test),
        ):
            passwords = re.search(r"/\S.*simple_auth_manager_passwords\S*", log.read_text())
            assert passwords
            assert "admin" in Path(passwords[0]).read_text()
            build = f"world --people {PEOPLE} --as-of 2006-04-24 --seed 7 --load"
            trial.type(f".venv/bin/python -m jobs {build}", **test)
            trial.type(".venv/bin/python -m jobs night --as-of 2006-04-24", **test)
            theirs = trial.type(".venv/bin/python -m jobs publications list", **test)
            ours = trial.type(".venv/bin/python -m jobs publications list")
        assert ("2006-04-24" in theirs, "2006-04-25" in theirs) == (True, False)
        assert ("2006-04-24" in ours, "2006-04-25" in ours) == (False, True)

        trial.type(".venv/bin/python -m jobs stop", **test)
        trial.type(lines[0])
        trial.type("make clean")
        assert left_running(folder) == []
        left = {path for path in trial.folder.rglob("*") if "__pycache__" not in path.parts}
        assert left == before
        assert list(temporary.iterdir()) == []
        # Pip asks `rustc` for its version, and where that is a shim it makes a folder.
        caches = {".cache", ".config", ".config/matplotlib", ".rustup"}
        files = {str(path.relative_to(home)) for path in home.rglob("*")}
        assert {name for name in files if not name.startswith((".cache/", ".rustup/"))} <= caches


def may_mount() -> bool:
    """Whether this user may have a mount namespace of its own."""
    tried = ["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]
    try:
        return subprocess.run(tried, check=False, capture_output=True).returncode == 0
    except OSError:
        return False


@pytest.mark.skipif(not may_mount(), reason="needs a user who may mount in a namespace of its own")
def test_an_installation_for_systemd_from_its_first_line_to_its_uninstall() -> None:
    install, load, enable = blocks("One machine, with systemd")
    (uninstall,) = blocks("Uninstall")
    with empty_folder() as folder:
        environment = bare_environment(folder)
        # Of the copy: the walk hides /tmp, where this repository may lie.
        walk = copy_of_the_repository(folder) / "tests" / "dags" / "operator" / "systemd"
        script = walk / "walk.sh"
        filled = script.read_text()
        for name, block in (
            ("INSTALL", install),
            ("LOAD", load),
            ("ENABLE", enable),
            ("UNINSTALL", uninstall),
        ):
            filled = filled.replace(f"@{name}@", block)
        script.write_text(filled)
        done = subprocess.run(
            ["unshare", "--mount", "--pid", "--fork", "--mount-proc", "bash", "-e", script],
            env=environment
            | {"HERE": str(folder), "PORT": str(free_port()), "REPOSITORY": str(walk.parents[3])}
            | {"PATH": f"{walk}:{environment['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (done.stdout[-3000:], done.stderr[-3000:])
        said = dict(
            part.split("\n", 1) for part in f"\n{done.stdout}".split("\n== ") if "\n" in part
        )
        assert "FAIL" not in said["setup-check and a night"]
        for dag_id in (NIGHTLY, EMAILS):
            assert re.search(rf"^{dag_id} .* False ", said["answers"], re.MULTILINE), said[
                "answers"
            ]
        assert said["left"].split() == [], said["left"]
