"""What goes from the data folder when it is older than ``keep_days``: files of nights, models."""

import shutil
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from jobs.runtime.fail_points import reached
from jobs.runtime.files import alone

NIGHTS: Final = (
    "landing/prison", "landing/immigration", "runs", "pages", "corrections", "notices", "mail",
    "mail-dry-run",
)  # fmt: skip
"""Folders that hold a folder for each night, named for its date."""
DATED: Final = ("models", "crashes")
"""Folders whose entries belong to no night: they are as old as the file system says."""


def remove_old_files(
    data_dir: Path, *, last: Collection[date], keep_days: int, models: Collection[str]
) -> list[str]:
    """Remove what is past retention; give each part that went, by its path under the folder.

    Args:
        data_dir: the data folder.
        last: the last published nights; they stay, and age counts from the last of them.
        keep_days: how long things stay.
        models: versions of linkage models in use; they stay.
    """
    if not last:
        return []
    first_kept = min(max(last) - timedelta(days=keep_days), *last)
    removed = []
    for path in _past(data_dir, first_kept, models):
        with alone(path.with_name(f".{path.name}.lock")) as is_idle:
            if is_idle and _is_idle(path):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
                reached("old.removed")
                removed.append(path.relative_to(data_dir).as_posix())
        path.with_name(f".{path.name}.lock").unlink(missing_ok=True)
    return removed


def _past(data_dir: Path, first_kept: date, models: Collection[str]) -> Iterator[Path]:
    for name in NIGHTS:
        for path in sorted((data_dir / name).glob("????-??-??")):
            if (night := _date(path.name)) is not None and night < first_kept:
                yield path
    for name in DATED:
        for path in sorted((data_dir / name).glob("[!.]*")):
            left = datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
            if left < first_kept and not (name == "models" and path.name in models):
                yield path


def _is_idle(folder: Path) -> bool:
    """Whether no run under a night's folder is at work."""
    for lock in folder.glob(".*.in_use"):
        with alone(lock) as is_idle:
            if not is_idle:
                return False
    return True


def _date(name: str) -> date | None:
    try:
        return date.fromisoformat(name)
    except ValueError:
        return None
