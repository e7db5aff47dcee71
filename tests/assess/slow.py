"""What the slow reference says of an invented world, kept for whoever asks again."""

from dataclasses import asdict
from datetime import date
from functools import lru_cache
from typing import Any

from benchmarks.samples.odd_worlds import EXAMPLES, NIGHTS, World
from tests.assess.reference import Reference

Answers = dict[str, dict[str, Any]]


def slow(world: World, *, night: date) -> dict[str, Answers]:
    """What the reference says: answers by table and key, and the order of the work."""
    reference = Reference(world.registers, world.links, world.identities, night)
    return {
        "assessments": {name: asdict(told) for name, told in reference.judge_all().items()},
        "releases": {name: asdict(told) for name, told in reference.release_all().items()},
        "flags": {name: asdict(told) for name, told in reference.flag_all().items()},
        "discrepancies": {
            key_of("discrepancies", told, ""): told for told in map(asdict, reference.compare_all())
        },
        "work": {"order": {"episodes": reference.order_of_work()}},
    }


judged = lru_cache(maxsize=len(NIGHTS) * EXAMPLES)(slow)
"""The same, worked out once for each world and night."""


def key_of(table: str, told: dict[str, Any], episode: str) -> str:
    """What names an answer of a table."""
    if table == "discrepancies":
        return "|".join(told[name] for name in ("rule_id", "episode_id", "cid_person_id"))
    return f"{episode}|{told['release_number']}" if table == "releases" else episode
