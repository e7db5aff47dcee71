"""Files go with the nights that they are of; the last two nights and what is at work stay."""

import os
from datetime import date, timedelta
from pathlib import Path

from jobs.operate.run.file_retention import NIGHTS, remove_old_files
from jobs.runtime.files import in_use

LAST = date(2006, 4, 25)
OLD, EDGE = LAST - timedelta(days=101), LAST - timedelta(days=100)


def filled(data: Path) -> None:
    for name in NIGHTS:
        for night in (OLD, EDGE, LAST):
            (data / name / str(night) / "001").mkdir(parents=True)
            (data / name / str(night) / "001" / "a file").write_text("x")
    (data / "pages" / "runs.html").write_text("x")
    for name in ("models/used", "models/unused", "models/new", "crashes/a"):
        (data / name).mkdir(parents=True)
        if not name.endswith("new"):
            then = (LAST - timedelta(days=300)).toordinal() - date(1970, 1, 1).toordinal()
            os.utime(data / name, (then * 86400, then * 86400))


def removed(data: Path, **changes: object) -> set[str]:
    given: dict[str, object] = {"last": [LAST], "keep_days": 100, "models": {"used"}}
    return set(remove_old_files(data, **{**given, **changes}))  # type: ignore[arg-type]


def test_what_is_older_goes_from_every_place_and_nothing_else(tmp_path: Path) -> None:
    filled(tmp_path)
    gone = {*(f"{name}/{OLD}" for name in NIGHTS), "models/unused", "crashes/a"}
    assert removed(tmp_path) == gone
    assert not any((tmp_path / name).exists() for name in gone)
    assert all((tmp_path / name / str(night)).exists() for name in NIGHTS for night in (EDGE, LAST))
    assert (tmp_path / "models" / "new").exists()
    assert (tmp_path / "pages" / "runs.html").exists()
    assert removed(tmp_path) == set()


def test_the_last_nights_stay_however_old(tmp_path: Path) -> None:
    filled(tmp_path)
    assert f"pages/{OLD}" not in removed(tmp_path, last=[OLD, LAST])
    assert removed(tmp_path, last=[]) == set()


def test_a_run_at_work_keeps_its_night(tmp_path: Path) -> None:
    filled(tmp_path)
    with in_use(tmp_path / "runs" / str(OLD) / ".001.in_use"):
        assert f"runs/{OLD}" not in removed(tmp_path)
    assert f"runs/{OLD}" in removed(tmp_path)
