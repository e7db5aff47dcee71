"""What Airflow adds to a night, as a section of ``docs/performance.md``, from what is kept."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from benchmarks.night.under_airflow import RESULT

TASKS: Final[Mapping[str, tuple[str, ...]]] = {
    "await_turn": (),
    "await_registers": (),
    "extract_prison": ("extract prison",),
    "extract_immigration": ("extract immigration",),
    "check": ("check",),
    "link": ("link",),
    "assess": ("assess",),
    "report": ("report",),
    "audit_and_publish": ("publish", "self_test"),
    "place": ("place",),
}
"""The tasks of a night and the steps that each does."""
EXTRACTS: Final = ("extract prison", "extract immigration")
"""Steps that run side by side: the night waits for the longer one."""
NIGHTS: Final = {"airflow": "first run", "again": "the same again"}
HOW: Final = (
    "The night of {night} at {people:,} persons in each register, a night after another: once by "
    "`python -m jobs night`, once triggered under `python -m jobs airflow standalone` with the "
    "LocalExecutor and the settings that are shipped, and there once more with nothing changed. "
    "*Beyond the steps* is the time from the trigger to the end of the run, without the time that "
    "the steps say they took, of the two extracts the longer one. Load of the machine meanwhile: "
    "{load}."
)
TASK_HOW: Final = (
    "Seconds of each task of the first run: *waited* since what it comes after had ended, *took* "
    "from Airflow's start of it to its end, *step* what the step in it says, *beyond* the rest."
)


def section(keep: Path) -> str:
    """The section, in Markdown; empty where nothing was measured."""
    path = keep / RESULT
    if not path.exists():
        return ""
    facts = json.loads(path.read_text())
    return "\n\n".join(
        (
            "## What Airflow adds",
            HOW.format(**facts),
            _table(["", "wall s", "steps s", "beyond the steps s"], _nights(facts)),
            _table(["CPU s", *NIGHTS.values()], _cpu(facts)),
            TASK_HOW,
            _table(["task", "waited", "took", "step", "beyond"], _tasks(facts["airflow"])),
            _others(facts),
        )
    )


def beyond(night: Mapping[str, Any]) -> float:
    """Seconds of a night that no step took."""
    return float(night["wall"]) - in_steps(night)


def in_steps(night: Mapping[str, Any]) -> float:
    """Seconds that a night's steps say they took, one after the other but for the extracts."""
    steps = night["steps"]
    apart = sum(seconds for name, seconds in steps.items() if name not in EXTRACTS)
    return float(apart + max((steps[name] for name in EXTRACTS), default=0.0))


def _nights(facts: Mapping[str, Any]) -> list[list[str]]:
    named = {"alone": "without Airflow", **{k: f"under Airflow, {v}" for k, v in NIGHTS.items()}}
    return [
        [words, *(f"{s:.1f}" for s in (facts[n]["wall"], in_steps(facts[n]), beyond(facts[n])))]
        for n, words in named.items()
    ]


def _cpu(facts: Mapping[str, Any]) -> list[list[str]]:
    parts = list(facts["airflow"]["cpu"])
    rows = [[part, *(f"{facts[night]['cpu'][part]:.1f}" for night in NIGHTS)] for part in parts]
    return [*rows, ["PostgreSQL", *(f"{facts[night]['server_cpu']:.1f}" for night in NIGHTS)]]


def _tasks(night: Mapping[str, Any]) -> list[list[str]]:
    rows = []
    for task, steps in TASKS.items():
        times = night["tasks"][task]
        ends = [other["end"] for other in night["tasks"].values()]
        took = times["end"] - times["start"]
        said = sum(night["steps"].get(step, 0.0) for step in steps)
        waited = times["start"] - max((end for end in ends if end <= times["start"]), default=0.0)
        rows.append([task, *(f"{s:.1f}" for s in (waited, took, said, took - said))])
    return rows


def _others(facts: Mapping[str, Any]) -> str:
    parsed = ", ".join(f"{dag} {seconds:.1f}" for dag, seconds in sorted(facts["parse"].items()))
    imported = ", ".join(f"`{name}` {seconds:.1f}" for name, seconds in facts["imports"].items())
    return (
        f"Airflow's DAG processor last took, in seconds by the clock: {parsed}. A process that "
        f"finds nothing imported takes, in CPU seconds: {imported}; a task that the scheduler "
        "forks finds all but its DAG (`dags/plugins/shared_imports.py`, held by "
        "`tests/dags/plugins/test_shared_imports.py` and `tests/house/test_imports_of_steps.py`)."
    )


def _table(columns: list[str], rows: list[list[str]]) -> str:
    lines = [columns, ["---", *["---:"] * (len(columns) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
