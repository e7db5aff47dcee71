import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from jobs.runtime.errors import BadInput
from jobs.warehouse import embedded
from jobs.warehouse.embedded import sockets, supervisor

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]

USER = """
import sys
from pathlib import Path
from jobs.warehouse import embedded
server = embedded.start(Path(sys.argv[1]), linger=float(sys.argv[2]))
print(server.url("postgres"), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A deep folder with spaces and signs that a shell would read, on which no server is left."""
    top = Path(tempfile.mkdtemp(prefix="a $HOME 'quoted' folder "))
    folder = top / ("deep" * 20) / "with spaces"
    try:
        yield folder
    finally:
        embedded.stop(folder)
        left = sockets.socket_path(folder)
        shutil.rmtree(top, ignore_errors=True)
        if left is not None:
            shutil.rmtree(left, ignore_errors=True)


def one(url: str, query: str) -> object:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return connection.scalar(sa.text(query))


def user_of(folder: Path, linger: float = 0.0) -> subprocess.Popen[str]:
    """Another process that uses the server; it has joined when this returns."""
    process = subprocess.Popen(
        [sys.executable, "-c", USER, str(folder), str(linger)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("postgresql+psycopg://")
    return process


def is_gone(folder: Path, seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if supervisor.is_free(folder / "server.lock") and supervisor.is_free(
            folder / "supervisor.lock"
        ):
            return True
        time.sleep(0.05)
    return False


def supervisors_of(folder: Path) -> list[int]:
    """The supervisors of this folder's server, told by the part of its path that is random."""
    mark = folder.parents[1].name[-8:]
    found = subprocess.run(["pgrep", "-f", f"supervisor.py.*{mark}"], capture_output=True)
    numbers = [int(number) for number in found.stdout.split()]
    assert numbers
    return numbers


def number_of(folder: Path) -> int:
    number = supervisor.server_number(folder / "data" / "postmaster.pid")
    assert number is not None
    return number


def test_a_server_starts_in_a_deep_folder_with_spaces_and_keeps_its_data(folder: Path) -> None:
    with embedded.start(folder) as server:
        url = server.create_database("kept")
        assert server.create_database("kept") == url
        assert one(url, "SHOW server_version_num") >= "180000"  # type: ignore[operator]
        assert one(url, "SHOW fsync") == "on"
        server.stop()
        assert not server.socket_folder.exists()
    with embedded.start(folder) as again:
        assert one(again.url("kept"), "SELECT 1") == 1


def test_nothing_listens_on_the_network_and_the_socket_is_private(folder: Path) -> None:
    with embedded.start(folder) as server:
        assert one(server.url(), "SHOW listen_addresses") == ""
        assert server.socket_folder.stat().st_mode & 0o077 == 0


def test_the_callers_environment_does_not_reach_the_server(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPORT", "6000")
    monkeypatch.setenv("PGDATA", "/nowhere")
    monkeypatch.setenv("PGUSER", "nobody")
    with embedded.start(folder) as server:
        assert one(server.url(), "SELECT current_user") == "postgres"


def test_a_second_user_joins_and_the_server_outlives_the_first(folder: Path) -> None:
    first = user_of(folder)
    second = user_of(folder)
    number = number_of(folder)
    first.kill()
    first.wait()
    time.sleep(1)
    assert number_of(folder) == number
    second.kill()
    second.wait()
    assert is_gone(folder)
    left = sockets.socket_path(folder)
    assert left is not None
    assert not left.exists()


def test_many_who_come_at_once_share_one_server(folder: Path) -> None:
    command = [sys.executable, "-c", USER, str(folder), "5"]
    users = [
        subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    urls = {user.stdout.readline().strip() for user in users if user.stdout is not None}
    assert len(urls) == 1
    assert one(urls.pop(), "SELECT 1") == 1
    for user in users:
        user.communicate("")
        assert user.returncode == 0


def test_a_server_starts_again_after_everything_was_killed(folder: Path) -> None:
    user = user_of(folder)
    with psycopg.connect(
        host=str(sockets.socket_path(folder)), user="postgres", autocommit=True
    ) as connection:
        connection.execute("CREATE TABLE durable AS SELECT 1 AS answer")
    server = number_of(folder)
    for number in [user.pid, server, *supervisors_of(folder)]:
        os.kill(number, signal.SIGKILL)
    user.wait()
    assert number_of(folder) == server
    with embedded.start(folder) as again:
        assert one(again.url(), "SELECT answer FROM durable") == 1


def test_a_server_that_lost_its_supervisor_gets_a_new_one(folder: Path) -> None:
    user = user_of(folder)
    for number in supervisors_of(folder):
        os.kill(number, signal.SIGKILL)
    while not supervisor.is_free(folder / "supervisor.lock"):
        time.sleep(0.01)
    with embedded.start(folder, linger=0.0):
        assert not supervisor.is_free(folder / "supervisor.lock")
    user.communicate("")
    assert is_gone(folder)


def test_a_process_number_that_now_belongs_to_a_stranger_is_not_believed(folder: Path) -> None:
    with embedded.start(folder) as server:
        server.stop()
    (folder / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n{folder}/data\n")
    with embedded.start(folder) as again:
        assert one(again.url(), "SELECT 1") == 1
        assert number_of(folder) != os.getpid()


def test_a_folder_deleted_under_its_server_starts_afresh(folder: Path) -> None:
    with embedded.start(folder) as server:
        server.create_database("old")
        old = server.socket_folder
        shutil.rmtree(folder)
    with embedded.start(folder) as fresh:
        assert one(fresh.url(), "SELECT count(*) FROM pg_database WHERE datname = 'old'") == 0
    deadline = time.monotonic() + 15
    while old.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not old.exists(), "the server of the deleted data is gone, and so is its socket"


def test_a_half_made_data_folder_is_made_again(folder: Path) -> None:
    (folder / "data.partial").mkdir(parents=True)
    (folder / "data.partial" / "PG_VERSION").write_text("18\n")
    with embedded.start(folder) as server:
        assert one(server.url(), "SELECT 1") == 1


def test_data_of_another_version_is_refused_in_one_line(folder: Path) -> None:
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "PG_VERSION").write_text("16\n")
    with pytest.raises(BadInput, match=r"made by PostgreSQL \[16\], not 18; move it away"):
        embedded.start(folder)


def test_broken_data_is_refused_in_one_line(folder: Path) -> None:
    embedded.start(folder).stop()
    (folder / "data" / "global" / "pg_control").unlink()
    said = r"the embedded PostgreSQL stopped \(.*could not.*\); see the last lines of"
    with pytest.raises(BadInput, match=said):
        embedded.start(folder)


@pytest.mark.parametrize("kind", ["open to others", "a link", "of another user"])
def test_nobody_takes_the_place_of_the_socket(kind: str, folder: Path, tmp_path: Path) -> None:
    """Whatever stands where the socket was is left alone, and the server listens elsewhere."""
    embedded.start(folder).stop()
    before = sockets.socket_path(folder)
    assert before is not None
    assert not before.exists()
    match kind:
        case "open to others":
            before.mkdir(mode=0o700)
            before.chmod(0o777)
        case "a link":
            (tmp_path / "elsewhere").mkdir(mode=0o700)
            before.symlink_to(tmp_path / "elsewhere")
        case _:
            if os.geteuid() != 0:
                pytest.skip("only root can give a folder away")
            before.mkdir(mode=0o700)
            os.chown(before, 54321, 54321)
    try:
        with embedded.start(folder) as server:
            assert server.socket_folder != before
            assert one(server.url(), "SELECT 1") == 1
    finally:
        before.unlink() if before.is_symlink() else before.rmdir()


def test_the_name_of_the_socket_does_not_follow_from_anything(folder: Path) -> None:
    names = set()
    for _ in range(2):
        with embedded.start(folder) as server:
            names.add(server.socket_folder)
            server.stop()
    assert len(names) == 2


def test_values_and_statements_that_fail_are_not_in_the_servers_log(folder: Path) -> None:
    with embedded.start(folder) as server:
        with pytest.raises(sa.exc.DataError):
            one(server.url(), "SELECT 'Blessing Okafor'::date")
        server.stop()
    assert "Okafor" not in (folder / "server.log").read_text()


def as_nobody(arguments: list[str], home: Path) -> subprocess.CompletedProcess[str]:
    nobody = pwd.getpwnam("nobody")
    return subprocess.run(
        arguments,
        cwd=ROOT,
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
        capture_output=True,
        text=True,
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(home),
            "PYTHONPATH": str(Path(psycopg.__file__).parents[1]),
        },
    )


def python_for_everybody(home: Path) -> str | None:
    """An interpreter of this version that an ordinary user may run, too."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/local/bin/python{version}", f"/usr/bin/python{version}"):
        try:
            if as_nobody([python, "-c", "import psycopg"], home).returncode == 0:
                return python
        except OSError:
            continue
    return None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_runs_a_server_as_root_does() -> None:
    home = Path(tempfile.mkdtemp(prefix="an ordinary user "))
    program = (
        "import sys\nfrom pathlib import Path\nsys.path.insert(0, '.')\n"
        "from jobs.warehouse import embedded\n"
        f"server = embedded.start(Path({str(home)!r}) / 'server')\n"
        "print(server.create_database('own'), server.socket_folder.stat().st_uid)\n"
        "server.stop()\n"
    )
    nobody = pwd.getpwnam("nobody").pw_uid
    os.chown(home, nobody, -1)
    try:
        python = python_for_everybody(home)
        if python is None:
            pytest.skip("no interpreter that an ordinary user may run")
        ran = as_nobody([python, "-B", "-c", program], home)
        assert ran.returncode == 0, ran.stderr
        assert ran.stdout.split()[-1] == str(nobody)
    finally:
        shutil.rmtree(home)


def test_a_database_may_be_created_by_several_at_once(postgres: embedded.EmbeddedServer) -> None:
    with ThreadPoolExecutor(8) as pool:
        urls = set(pool.map(lambda _: postgres.create_database("wanted_by_many"), range(16)))
    assert urls == {postgres.url("wanted_by_many")}
    postgres.drop_database("wanted_by_many")
