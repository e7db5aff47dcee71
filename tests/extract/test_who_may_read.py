"""What the system refuses: files and folders that may not be read or written, users without a name.

As root nothing is refused, so these run as a process that gave up the rights of root.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.samples import deliveries
from benchmarks.samples.minimal_registers import AS_OF, register_tables
from jobs.runtime.settings import ROOT

SETPRIV = shutil.which("setpriv")
RIGHTS = "-dac_override,-dac_read_search,-fowner"
NAMELESS = 54321

needs_setpriv = pytest.mark.skipif(
    SETPRIV is None or os.geteuid() != 0, reason="only root with setpriv can give up its rights"
)


def without_rights() -> list[str]:
    """What makes a command one of somebody who may not do everything."""
    if os.geteuid() != 0:
        return []
    return [str(SETPRIV), "--bounding-set", RIGHTS, "--inh-caps", RIGHTS]


def nameless() -> list[str]:
    """What makes a command one of a user without an entry; it may still read this software."""
    user = ["--reuid", str(NAMELESS), "--regid", str(NAMELESS), "--clear-groups"]
    rights = "+dac_override,+dac_read_search"
    return [str(SETPRIV), *user, "--inh-caps", rights, "--ambient-caps", rights]


def run(before: list[str], code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python code, and say the refusal it ends in."""
    program = (
        "import sys\nfrom jobs.runtime.errors import BadInput\n"
        "try:\n" + "".join(f"    {line}\n" for line in code.splitlines()) +
        "except BadInput as refused:\n    print(type(refused).__name__, refused); sys.exit(2)\n"
    )  # fmt: skip
    return subprocess.run(
        [*before, sys.executable, "-B", "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment},
    )


def landing(source: str, folder: Path) -> str:
    return (
        "from datetime import date\nfrom pathlib import Path\nfrom jobs.extract import land\n"
        f"land(register='prison', source={source!r}, mapping=None, "
        f"as_of=date.fromisoformat({str(AS_OF)!r}), folder=Path({str(folder)!r}))"
    )


def lines_of(ran: subprocess.CompletedProcess[str]) -> str:
    """The one line that a command refused with."""
    assert ran.returncode == 2, ran.stderr[-2000:] + ran.stdout
    assert not ran.stderr, ran.stderr
    (line,) = ran.stdout.splitlines()
    return line


@needs_setpriv
@pytest.mark.parametrize(
    ("kind", "closed", "message"),
    [
        pytest.param("csv", "", "folder [{}]: cannot be read; give read access",
                     id="the folder of a register"),
        pytest.param("csv", "persons.csv", "file [{}]: cannot be read; give read access",
                     id="a CSV file"),
        pytest.param("csv", "manifest.csv", "file [{}]: cannot be read; give read access",
                     id="the manifest"),
        pytest.param("parquet", "persons.parquet", "file [{}]: cannot be read; give read access",
                     id="a Parquet file"),
        pytest.param("sqlite", "", "database [sqlite:///{}]: cannot be read; give read access",
                     id="a file of SQLite"),
    ],
)  # fmt: skip
def test_what_may_not_be_read_is_named_in_one_line(
    kind: str, closed: str, message: str, tmp_path: Path
) -> None:
    write: Callable[..., str] = getattr(deliveries, f"as_{kind}")
    place = tmp_path / ("register.db" if kind == "sqlite" else "register")
    source = write("prison", register_tables(), place)
    path = place / closed if closed else place
    if closed == "manifest.csv":
        path.write_text("name,rows\n", encoding="utf-8")
    path.chmod(0)
    line = lines_of(run(without_rights(), landing(source, tmp_path / "landing")))
    assert line.removeprefix("BadInput ") == message.format(path)


@needs_setpriv
@pytest.mark.parametrize("depth", [0, 1])
def test_a_folder_that_may_not_be_written_is_named_in_one_line(depth: int, tmp_path: Path) -> None:
    source = deliveries.as_csv("prison", register_tables(), tmp_path / "register")
    closed = tmp_path / "data"
    closed.mkdir()
    closed.chmod(0o500)
    target = closed / "landing" if depth else closed
    line = lines_of(run(without_rights(), landing(source, target)))
    assert "cannot be written; give write access and run again" in line
    assert str(closed) in line
    assert not list(closed.iterdir())


@needs_setpriv
def test_a_user_without_a_name_is_told_what_postgresql_needs(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    code = (
        "from pathlib import Path\nfrom jobs.warehouse import start_embedded\n"
        f"start_embedded(Path({str(tmp_path)!r}) / 'postgres')"
    )
    assert "has no name on this machine" in lines_of(run(nameless(), code))


@needs_setpriv
@pytest.mark.parametrize("url", ["postgresql://127.0.0.1:1/register", "postgresql:///register"])
def test_a_user_without_a_name_is_no_lost_connection(url: str, tmp_path: Path) -> None:
    codes = (
        landing(url, tmp_path / "landing"),
        f"from jobs.warehouse import open_warehouse, upgrade\nupgrade(open_warehouse({url!r}))",
    )
    tmp_path.chmod(0o777)
    for code in codes:
        line = lines_of(run(nameless(), code))
        assert line.startswith("BadInput ")
        assert "this system user has no name; name a user in the URL" in line


@needs_setpriv
def test_a_user_without_a_name_lands_files() -> None:
    with tempfile.TemporaryDirectory(prefix="of somebody without a name ") as name:
        folder = Path(name)
        source = deliveries.as_csv("prison", register_tables(), folder / "register")
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o777)
        ran = run(nameless(), landing(source, folder / "landing"))
        assert ran.returncode == 0, ran.stderr + ran.stdout
        assert len(list((folder / "landing").rglob("manifest.json"))) == 1


@pytest.mark.parametrize("source", ["~no such user/register", "~/register"])
def test_a_home_that_is_not_there_is_one_line(source: str, tmp_path: Path) -> None:
    before = nameless() if SETPRIV and os.geteuid() == 0 else []
    if source == "~/register" and not before:
        pytest.skip("only root with setpriv can become a user without a home")
    tmp_path.chmod(0o777)
    line = lines_of(run(before, landing(source, tmp_path / "landing")))
    assert "names a home folder that is not there" in line
