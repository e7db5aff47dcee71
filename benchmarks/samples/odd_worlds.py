"""Small registers that Hypothesis invents: few people, many ways to be odd."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from benchmarks.samples import odd_rows as odd
from benchmarks.samples.busy_people import NUMBER, PERSON, busy_person
from benchmarks.samples.odd_rows import NIGHT, NIGHTS
from jobs.contract.registers import TABLES
from jobs.synthetic import World as Registers
from jobs.synthetic import build_world

__all__ = ["EXAMPLES", "NIGHT", "NIGHTS", "World", "cohort", "invent", "side_by_side"]

EXAMPLES = 250
"""Worlds that the suite looks at."""


@dataclass(frozen=True, eq=False)
class World:
    """Registers as rows, links and identities; shown without what is empty."""

    registers: dict[str, list[dict[str, Any]]]
    links: list[dict[str, Any]]
    identities: list[dict[str, Any]]

    def __repr__(self) -> str:
        told = {
            name: [{key: value for key, value in row.items() if value is not None} for row in rows]
            for name, rows in self.registers.items()
            if rows
        }
        return f"World({told}, {self.links}, {self.identities})"


@st.composite
def worlds(draw: Any) -> World:
    """A world.

    Immigration persons are linked one to one or not at all, as the linking step promises.
    """
    registers: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    registers["prison.persons"] = [
        {**draw(odd.persons), "prisoner_number": number} for number in odd.PEOPLE
    ]
    registers["immigration.persons"] = [
        {**draw(odd.there), "cid_person_id": person} for person in odd.THERE
    ]
    for index in range(draw(st.integers(1, 4))):
        episode = f"E{index}"
        registers["prison.episodes"].append({**draw(odd.episodes), "episode_id": episode})
        _children(registers, "prison.sentences", episode, "sentence_sequence",
                  _some(draw, odd.sentences, most=3))  # fmt: skip
        _children(registers, "prison.movements", episode, "movement_sequence",
                  _some(draw, odd.movements, most=3))  # fmt: skip
    registers["prison.alerts"] = [
        {**alert, "alert_sequence": n}
        for n, alert in enumerate(_some(draw, odd.alerts, most=2), start=1)
    ]
    registers["immigration.cases"] = [
        {**case, "case_id": f"C{n}"} for n, case in enumerate(_some(draw, odd.cases, most=3))
    ]
    owned = {case["case_id"] for case in registers["immigration.cases"]}
    registers["immigration.events"] = [
        {**event, "event_id": f"V{n}"}
        for n, event in enumerate(_some(draw, odd.events, most=6))
        if event["case_id"] in owned
    ]
    registers["immigration.removals"] = [
        {**removal, "removal_id": f"R{n}"}
        for n, removal in enumerate(_some(draw, odd.removals, most=2))
    ]
    registers["prison.prisons"] = [
        {**dict.fromkeys(TABLES["prison.prisons"].columns), "prison_id": prison}
        for prison in odd.PRISONS
    ]
    for name, key, drawn in (
        ("detentions", "detention_id", odd.detentions),
        ("bails", "bail_id", odd.bails),
    ):
        registers[f"immigration.{name}"] = [
            {**row, key: f"{n}"} for n, row in enumerate(_some(draw, drawn, most=2))
        ]
    given = list({link["cid_person_id"]: link for link in _some(draw, odd.links, most=3)}.values())
    identities = [
        {
            "register": "prison",
            "person_id": number,
            "identity_id": draw(st.sampled_from(odd.IDENTITIES)),
        }
        for number in odd.PEOPLE
    ]
    identities += [
        {"register": "immigration", "person_id": person,
         "identity_id": draw(st.sampled_from(odd.IDENTITIES))}
        for person in odd.THERE
    ]  # fmt: skip
    world = World(registers, given, identities)
    _add_plain_person(draw, world)
    return world


def _add_busy_person(world: World, chance: Random) -> None:
    """One person to whom much happens in one booking; mostly known for certain to both registers.

    Hypothesis tries few values of many fields at a time; here every field has its turn.
    """
    for name, rows in busy_person(chance).items():
        world.registers[name] += rows
    outcome = chance.choice(["linked", "linked", "linked", "linked", "review"])
    pair = {"prisoner_number": NUMBER, "cid_person_id": PERSON}
    world.links.append({**pair, "outcome": outcome, "probability": 1.0})
    there = "ID6" if outcome == "linked" else "ID7"
    for register, person, identity in (("prison", NUMBER, "ID6"), ("immigration", PERSON, there)):
        member = {"register": register, "person_id": person, "identity_id": identity}
        world.identities.append(member)


def _add_plain_person(draw: Any, world: World) -> None:
    """One person whose records are mostly in order, with one to three episodes and a case."""
    registers = world.registers
    registers["prison.persons"].append(draw(odd.plain_prisoners))
    registers["immigration.persons"].append(draw(odd.plain_there))
    for number in range(6, 6 + draw(st.integers(1, 3))):
        episode = {"episode_id": f"E{number}"}
        registers["prison.episodes"].append({**draw(odd.plain_episodes), **episode})
        registers["prison.sentences"].append({**draw(odd.plain_sentences), **episode})
        registers["prison.movements"] += [
            {**row, **episode} for row in _some(draw, odd.plain_movements, most=1)
        ]
    for name, drawn in (
        ("cases", odd.plain_cases),
        ("removals", odd.plain_removals),
        ("detentions", odd.plain_detentions),
    ):
        registers[f"immigration.{name}"] += _some(draw, drawn, most=1)
    pair = {"prisoner_number": "A4", "cid_person_id": "P4"}
    world.links.append({**pair, "outcome": "linked", "probability": 1.0})
    for register, person in (("prison", "A4"), ("immigration", "P4")):
        member = {"register": register, "person_id": person, "identity_id": "ID4"}
        world.identities.append(member)


STRIDE = 7
"""So that few worlds hold every nationality, year and offence; it shares no factor with them."""


def _add_narrow_person(world: World, told: dict[str, Any]) -> None:
    """One person whose sentence is under criteria that hold for few; nothing of it is drawn."""
    empty = {name: dict.fromkeys(TABLES[name].columns) for name in TABLES}
    number, episode = {"prisoner_number": "A5"}, {"episode_id": "E9"}
    sentence = {name: value for name, value in told.items() if name != "nationality"}
    for name, row in (
        ("prison.persons", {**number, "nationality": told["nationality"]}),
        ("prison.episodes", {**number, **episode, "status": "ACTIVE IN"}),
        ("prison.sentences", {**episode, "sentence_sequence": 1, **sentence}),
    ):
        world.registers[name].append({**empty[name], **row})
    if told["calculation_type"] == "HMPL":
        left = {"movement_sequence": 1, "movement_type": "REL", "movement_reason": "TERS"}
        world.registers["prison.movements"].append({**empty["prison.movements"], **episode, **left})
    world.identities.append({"register": "prison", "person_id": "A5", "identity_id": "ID5"})


@cache
def invent(*, start: int, count: int) -> tuple[World, ...]:
    """So many worlds, the same ones for the same start.

    Drawn one by one and judged in one go: Hypothesis is slow to draw a long list of them.
    """
    told: list[World] = []

    @seed(start)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(worlds())
    def collect(world: World) -> None:
        _add_narrow_person(world, odd.NARROW[len(told) * STRIDE % len(odd.NARROW)])
        _add_busy_person(world, Random(f"{start}/{len(told)}"))  # noqa: S311 - not a secret
        told.append(world)

    collect()
    return tuple(told)


@cache
def cohort() -> Registers:
    """The registers that another hand invented, with the cohort of 2006 in them."""
    return build_world(seed=5, people=3000, as_of=NIGHT, noise="none")


_IDS = {
    "prisoner_number",
    "cid_person_id",
    "episode_id",
    "case_id",
    "event_id",
    "removal_id",
    "identity_id",
    "person_id",
    "prison_id",
    "place_id",
    "noms_number",
    "detention_id",
    "bail_id",
}


def side_by_side(told: Sequence[World]) -> World:
    """Many worlds in one pair of registers; the ids of each start with its number."""

    def apart(number: int, row: dict[str, Any]) -> dict[str, Any]:
        return {
            key: f"{number}-{value}" if key in _IDS and (value or "").strip() else value
            for key, value in row.items()
        }

    numbered = list(enumerate(told))
    return World(
        {
            name: [apart(n, row) for n, w in numbered for row in w.registers[name]]
            for name in TABLES
        },
        [apart(n, row) for n, w in numbered for row in w.links],
        [apart(n, row) for n, w in numbered for row in w.identities],
    )


def _some(draw: Any, rows_: Any, *, most: int) -> list[dict[str, Any]]:
    """Up to so many rows; Hypothesis alone would draw few of them most of the time."""
    least = draw(st.integers(0, most))
    drawn: list[dict[str, Any]] = draw(st.lists(rows_, min_size=least, max_size=most))
    return drawn


def _children(
    registers: dict[str, list[dict[str, Any]]],
    name: str,
    episode: str,
    sequence: str,
    drawn: list[dict[str, Any]],
) -> None:
    registers[name] += [
        {**row, "episode_id": episode, sequence: n} for n, row in enumerate(drawn, start=1)
    ]
