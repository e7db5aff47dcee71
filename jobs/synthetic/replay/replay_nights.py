"""Running the nights of a replay as the command line does, and going on after a kill."""

import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

import pandas as pd
import sqlalchemy as sa

from jobs.contract import results
from jobs.night import Night
from jobs.night import run_night as run_one_night
from jobs.operate.databases import warehouse
from jobs.runtime.files import text_digest
from jobs.runtime.settings import ROOT, Settings
from jobs.synthetic.output.writing import write_world
from jobs.synthetic.replay.replay import RunNight, Tables
from jobs.synthetic.world import History, World
from jobs.warehouse import current_publication, read_table

_READ: Final = (
    results.ASSESSMENTS.full_name,
    results.RELEASES.full_name,
    results.FIGURES.full_name,
    results.MOVEMENT.full_name,
)


def replay_folder(settings: Settings, history: History) -> Path:
    """Where a replay keeps its warehouse: one folder for each world and version of the software.

    A replay that was killed finds its nights there; another world or other software starts anew.
    """
    code = hashlib.sha256()
    for folder in ("jobs", "expectations"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and "replay" not in path.name:
                code.update(path.read_bytes())
    parts = (str(history.seed), repr(history.size), repr(history.noise), code.hexdigest())
    return settings.data_dir / "replay" / text_digest(*parts)[:12]


def night_runner(settings: Settings) -> RunNight:
    """Run nights over registers written below the data folder; a published one is read again.

    Args:
        settings: where the data folder and the warehouse are; its registers are not read.
    """
    folder = settings.data_dir / "registers"

    def run(night: date, world: Callable[[], World]) -> Tables:
        with warehouse(settings) as engine:
            if (found := _published(engine, night)) is not None:
                return found
        registers = folder / night.isoformat()
        write_world(world(), registers)
        own = settings.model_copy(update={"prison": str(registers), "immigration": str(registers)})
        run_one_night(
            Night.open(as_of=night, label=f"replay {night}", settings=own), fetch_again=True
        )
        with warehouse(settings) as engine:
            found = _published(engine, night)
        if found is None:
            raise LookupError(f"the night of {night} was published and is not there")
        return found

    return run


def _published(engine: sa.Engine, night: date) -> dict[str, pd.DataFrame] | None:
    current = current_publication(engine, as_of=night)
    if current is None:
        return None
    names = [name for name in _READ if name in results.NIGHTLY]
    return {name: read_table(engine, current.publication_id, name) for name in names}
