import ast
import functools
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.runtime import fail_points
from jobs.runtime.errors import BadInput
from jobs.runtime.files import whole_file, whole_folder, write_whole
from jobs.runtime.settings import ROOT, load_settings

NAMING = {"rename", "replace"}
"""Methods of a path that give a file or folder its name."""
ELSEWHERE = {
    "jobs/warehouse/embedded/data_folder.py": "before there is a warehouse: a server's first start",
    "jobs/warehouse/embedded/server.py": "the server's own log",
    "jobs/warehouse/embedded/sockets.py": "before there is a warehouse: a server's first start",
    "jobs/link/files/link_writing.py": "the command link, which is no part of a night",
}


@pytest.fixture(autouse=True)
def disarmed() -> Iterator[None]:
    yield
    fail_points.arm("")


@functools.cache
def sources() -> dict[str, ast.Module]:
    paths = [p for p in (ROOT / "jobs").rglob("*.py") if "synthetic" not in p.parts]
    return {p.relative_to(ROOT).as_posix(): ast.parse(p.read_text(encoding="utf-8")) for p in paths}


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def name_of(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def test_every_point_that_is_declared_stands_in_the_code_and_no_other() -> None:
    named = [
        call.args[0].value
        for tree in sources().values()
        for call in calls(tree)
        if name_of(call) == "reached" and isinstance(call.args[0], ast.Constant)
    ]
    assert set(named) == set(fail_points.POINTS)
    assert set(fail_points.POINTS) >= fail_points.WRITES


def names_a_path(call: ast.Call) -> bool:
    """``path.rename(other)`` and ``path.replace(other)``; a text's or a moment's have more, or
    keywords."""
    return (
        isinstance(call.func, ast.Attribute)
        and call.func.attr in NAMING
        and len(call.args) == 1
        and not call.keywords
        and not isinstance(call.args[0], ast.Constant | ast.Dict)
    )


def test_whatever_gets_its_name_does_so_beside_a_point() -> None:
    """A module that renames a file by itself has a fail point, or says why it needs none."""
    renaming = {
        name for name, tree in sources().items() if any(names_a_path(c) for c in calls(tree))
    }
    pointed = {
        name
        for name, tree in sources().items()
        if any(name_of(call) == "reached" for call in calls(tree))
    }
    assert "jobs/runtime/files.py" in renaming & pointed
    assert renaming - pointed == set(ELSEWHERE)


def test_whatever_commits_does_so_beside_a_point() -> None:
    """Transactions are `transaction`'s, but where a reason stands beside the module's name here."""
    own = {"jobs/warehouse/store/connections.py", "jobs/notify/outbox.py"}
    no_rows = {"jobs/warehouse/store/actors.py"}
    found = {
        name
        for name, tree in sources().items()
        if any(name_of(call) == "commit" or begins(call) for call in calls(tree))
    }
    assert found == own | no_rows


def begins(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and ast.unparse(call.func).endswith("engine.begin")


def test_nothing_happens_unless_it_is_asked_for(tmp_path: Path) -> None:
    assert not fail_points.is_armed()
    write_whole(tmp_path / "a", "1")
    with whole_folder(tmp_path / "b"):
        pass
    for point in fail_points.POINTS:
        fail_points.reached(point)
    assert fail_points.passed() == {}


def test_a_fault_happens_at_the_time_that_was_asked_for(tmp_path: Path) -> None:
    fail_points.arm("file.written:full:2")
    write_whole(tmp_path / "a", "1")
    with pytest.raises(BadInput, match="the disk is full"):
        write_whole(tmp_path / "a", "2")
    write_whole(tmp_path / "b", "3")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "b"]
    assert (tmp_path / "a").read_text() == "1"
    assert fail_points.passed() == {"file.written": 3, "file.placed": 2}


@pytest.mark.parametrize("point", ["folder.written", "folder.cleared", "folder.placed"])
def test_a_folder_that_stood_is_whole_after_a_fault(tmp_path: Path, point: str) -> None:
    """Killed while it is replaced, a folder is the one before or the new one once it is used."""
    target = tmp_path / "part"
    with whole_folder(target) as made:
        (made / "a").write_text("1")
    code = (
        "import sys\nfrom pathlib import Path\nfrom jobs.runtime import fail_points\n"
        "from jobs.runtime.files import whole_folder\nfail_points.arm(sys.argv[1])\n"
        "with whole_folder(Path(sys.argv[2])) as made: (made / 'a').write_text('2')"
    )
    killed = [sys.executable, "-c", code, f"{point}:kill", str(target)]
    done = subprocess.run(killed, cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    with pytest.raises(KeyError), whole_folder(target):
        raise KeyError
    assert (target / "a").read_text() == ("2" if point == "folder.placed" else "1")
    assert list(tmp_path.iterdir()) == [target]


def test_want_of_memory_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    write_whole(tmp_path / "a", "1")
    fail_points.arm("file.written:memory")
    with pytest.raises(MemoryError), whole_file(tmp_path / "a") as made:
        made.write_text("2")
    assert [p.read_text() for p in tmp_path.iterdir()] == ["1"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        pytest.param("nowhere:kill", "no such point", id="no such point"),
        pytest.param("file.written:melt", "no such fault", id="no such fault"),
        pytest.param("file.written", "no such fault", id="no fault"),
        pytest.param("file.written:kill:0", "the time is no number from 1", id="a time of nought"),
        pytest.param("file.written:kill:x", "the time is no number from 1", id="no number"),
    ],
)
def test_what_cannot_be_asked_for_is_told_in_one_line(
    text: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(fail_points.VARIABLE, text)
    with pytest.raises(BadInput, match=what):
        load_settings()
    assert not fail_points.is_armed()


def test_the_environment_arms_a_process_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(fail_points.VARIABLE, "file.placed:count")
    load_settings()
    fail_points.reached("file.placed")
    load_settings()
    assert fail_points.passed() == {"file.placed": 1}
    monkeypatch.delenv(fail_points.VARIABLE)
    load_settings()
    assert not fail_points.is_armed()


def test_a_stalled_process_goes_on_when_it_is_told_to() -> None:
    process = os.fork()
    if process == 0:
        fail_points.arm("file.placed:stall")
        fail_points.reached("file.placed")
        os._exit(7)
    _, status = os.waitpid(process, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    os.kill(process, signal.SIGCONT)
    _, status = os.waitpid(process, 0)
    assert os.waitstatus_to_exitcode(status) == 7
