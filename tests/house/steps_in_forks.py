"""Runs a night twice, each step in a fork of a process that has imported the night alone.

A program of its own (``python -m tests.house.steps_in_forks AS_OF FOLDER MODULE...``): writes
as JSON which of the modules the night imports, and which each step imports beside.
"""

import json
import os
import sys
from collections.abc import Collection
from datetime import date
from multiprocessing import SimpleQueue
from pathlib import Path

import jobs.night
from jobs.contract.registers import REGISTERS
from jobs.operate.run.step_records import STEPS
from jobs.runtime.settings import load_settings

FIRST, AGAIN, NIGHT = "first", "again", "the night"


def main(as_of: date, folder: Path, asked: Collection[str]) -> dict[str, list[str]]:
    """Run both; nothing has changed for the second."""
    known = set(asked) & set(sys.modules)
    found = {NIGHT: sorted(known)}
    for run in (FIRST, AGAIN):
        for step in (name for name in STEPS if name != "self_test"):
            found[f"{run}: {step}"] = _forked(run, step, as_of, folder, set(asked) - known)
    return found


def _forked(run: str, step: str, as_of: date, folder: Path, asked: set[str]) -> list[str]:
    """Do a step in a process of its own, which finds seals as Airflow hands them on."""
    handed_on = folder / f"seals of {run}.json"
    seals = json.loads(handed_on.read_text()) if handed_on.exists() else {}
    told: SimpleQueue[list[str]] = SimpleQueue()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            night = jobs.night.Night(as_of=as_of, label=run, settings=load_settings(), seals=seals)
            if step == "extract":
                for register in REGISTERS:
                    night.extract(register)
            else:
                getattr(night, step)()
            handed_on.write_text(json.dumps(night.seals))
            told.put(sorted(asked & set(sys.modules)))
            code = 0
        finally:
            os._exit(code)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
        raise AssertionError(f"step [{step}] of the {run} run failed")
    return told.get()


if __name__ == "__main__":
    told = main(date.fromisoformat(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
    sys.stdout.write(json.dumps(told))
