"""Folders of runs: old ones go, and never one of a run that is still at work."""

import os
import time
from pathlib import Path

import pytest

from benchmarks.samples.nights import AS_OF
from jobs.operate.run.run_folder import KEEP_SECONDS, RunFolder, frame_digest
from jobs.runtime.files import in_use
from jobs.runtime.settings import load_settings


def run_of(tmp_path: Path, label: str, *, days_old: float) -> RunFolder:
    run = RunFolder(as_of=AS_OF, label=label, settings=load_settings(data_dir=tmp_path))
    (run.folder / "check").mkdir(parents=True)
    then = time.time() - days_old * KEEP_SECONDS
    for path in (run.folder / "check", run.folder):
        os.utime(path, (then, then))
    return run


def test_runs_a_day_older_than_this_one_are_forgotten(tmp_path: Path) -> None:
    now = run_of(tmp_path, "now", days_old=0)
    old = run_of(tmp_path, "old", days_old=1.5)
    recent = run_of(tmp_path, "recent", days_old=0.5)
    now.forget_old_runs()
    assert [r.folder.exists() for r in (now, old, recent)] == [True, False, True]


@pytest.mark.parametrize("is_at_work", [True, False])
def test_a_run_at_work_keeps_its_folder_however_old_it_is(is_at_work: bool, tmp_path: Path) -> None:
    now = run_of(tmp_path, "now", days_old=0)
    old = run_of(tmp_path, "old", days_old=3)
    if is_at_work:
        with in_use(old.folder.with_name(f".{old.folder.name}.in_use")):
            now.forget_old_runs()
    else:
        now.forget_old_runs()
    assert old.folder.exists() == is_at_work


def test_the_digest_of_a_frame_does_not_depend_on_the_order_of_its_rows() -> None:
    import pandas as pd

    frame = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    assert frame_digest(frame) == frame_digest(frame.iloc[::-1])
    assert frame_digest(frame) != frame_digest(frame.assign(b=["y", "x"]))
