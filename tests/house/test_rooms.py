"""The plan of the house: rooms of a size to read, one name for one module, tests beside it."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from jobs.runtime.settings import ROOT

TESTS = ROOT / "tests"
OF_MORE_THAN_ONE_ROOM = {"crash", "golden", "house", "mutation", "properties"}
"""Rooms of tests about the whole: killing it, its pages, its plan, its mutants, its laws."""
OF_OTHER_TOPS = {"dags", "expectations"}
HELP_OF_TESTS = {"reference"}
"""Rooms within a room of tests that hold no test: what the code is held against."""

CODE = ("jobs", "expectations", "dags", "benchmarks", "tests")
MOST_LINES = 400
MOST_FILES = 12
APPENDED_TO = {"jobs/warehouse/ddl/migrations/versions"}
"""Rooms that only ever grow: one file for each migration."""
SHELVES = ("contract/codes", "report/figures/families")
"""Rooms whose files are named for a subject that a room elsewhere has too (decision 0017)."""


def too_long(root: Path) -> list[str]:
    """Files of more than `MOST_LINES` lines."""
    paths = [path for top in CODE for path in sorted((root / top).rglob("*.py"))]
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    return [path.relative_to(root).as_posix() for path in paths if lines[path] > MOST_LINES]


def too_full(root: Path) -> list[str]:
    """Rooms of more than `MOST_FILES` modules, rooms within them not counted."""
    paths = [path for top in CODE for path in (root / top).rglob("*.py")]
    rooms = Counter(path.parent.relative_to(root).as_posix() for path in paths if _is_named(path))
    return sorted(room for room, files in rooms.items() if files > MOST_FILES)


def _is_named(path: Path) -> bool:
    return not path.name.startswith("__")


def test_a_file_is_short_enough_to_be_read() -> None:
    assert not too_long(ROOT)


def test_a_room_holds_a_dozen_files_at_most() -> None:
    assert set(too_full(ROOT)) <= APPENDED_TO


def test_a_long_file_and_a_full_room_are_found(tmp_path: Path) -> None:
    for room, files, lines in (("jobs/a", 12, 400), ("jobs/b", 13, 401), ("tests/b", 1, 1)):
        (tmp_path / room).mkdir(parents=True)
        for number in range(files):
            (tmp_path / room / f"m{number}.py").write_text("\n" * lines)
        (tmp_path / room / "__init__.py").touch()
    assert too_full(tmp_path) == ["jobs/b"]
    assert {Path(name).parent.as_posix() for name in too_long(tmp_path)} == {"jobs/b"}


def names_of_two(jobs: Path) -> list[str]:
    """Names that more than one module bears, beside those that stand on a shelf."""
    paths = [path for path in jobs.rglob("*.py") if _is_named(path)]
    rooms = [(path.stem, path.parent.relative_to(jobs).as_posix()) for path in paths]
    elsewhere = Counter(name for name, room in rooms if room not in SHELVES)
    return sorted(name for name, times in elsewhere.items() if times > 1)


def test_a_name_is_the_name_of_one_module() -> None:
    assert not names_of_two(ROOT / "jobs")
    for shelf in SHELVES:
        assert (ROOT / "jobs" / shelf).is_dir()


@pytest.mark.parametrize(
    ("paths", "found"),
    [
        pytest.param(["check/rows.py", "report/lists/rows.py"], ["rows"], id="two rooms"),
        pytest.param(["check/rows.py", "report/figures/families/rows.py"], [], id="a shelf"),
        pytest.param(["check/__init__.py", "link/__init__.py"], [], id="the faces of rooms"),
    ],
)
def test_a_name_of_two_modules_is_found(tmp_path: Path, paths: list[str], found: list[str]) -> None:
    for path in paths:
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).touch()
    assert names_of_two(tmp_path) == found


def classes_of_two(jobs: Path) -> list[str]:
    """Public classes of one name that stand in more than one module."""
    named = Counter(
        node.name
        for path in jobs.rglob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    return sorted(name for name, times in named.items() if times > 1)


def test_a_public_class_has_a_name_of_its_own() -> None:
    assert not classes_of_two(ROOT / "jobs")


def test_two_classes_of_one_name_are_found(tmp_path: Path) -> None:
    for name, text in {"a": "class Pair: ...", "b": "class Pair: ...\nclass _Pair: ..."}.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    assert classes_of_two(tmp_path) == ["Pair"]


def rooms_without_code(tests: Path, jobs: Path) -> list[str]:
    """Folders of tests for which ``jobs`` has no folder of the same name at the same place."""
    files = sorted(tests.rglob("*.py"))
    rooms = {path.parent.relative_to(tests) for path in files} - {Path()}
    return sorted(
        room.as_posix()
        for room in rooms
        if room.parts[0] not in OF_MORE_THAN_ONE_ROOM | OF_OTHER_TOPS
        and room.parts[-1] not in HELP_OF_TESTS
        and not (jobs / room).is_dir()
    )


def test_every_room_of_tests_is_a_room_of_the_code() -> None:
    assert not rooms_without_code(TESTS, ROOT / "jobs")
    for room in OF_OTHER_TOPS:
        assert (TESTS / room).is_dir()
        assert (ROOT / room).is_dir()


def test_no_test_stands_loose_at_the_top() -> None:
    assert [path.name for path in sorted(TESTS.glob("*.py"))] == ["conftest.py"]


def test_where_code_has_rooms_tests_of_a_room_stand_in_it() -> None:
    """In the report every module is in a room, so no test of it stands outside one."""
    assert not sorted((TESTS / "report").glob("test_*.py"))


def test_a_room_of_tests_without_code_is_found(tmp_path: Path) -> None:
    for path in ("tests/link/block/test_a.py", "tests/link/gone/test_b.py", "jobs/link/block/a.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    assert rooms_without_code(tmp_path / "tests", tmp_path / "jobs") == ["link/gone"]
