"""Stories of one person and one custody episode, told by what differs from the plainest one.

The plainest: a Nigerian, convicted and sentenced to 18 months on 1 March 2004, received that day,
released on 1 December 2004, unknown to the immigration register. The night is 25 April 2006.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime
from functools import cache, cached_property
from typing import Any

import pandas as pd
import pyarrow as pa

from benchmarks.samples.minimal_registers import register_tables, table
from jobs.assess import Assessed, Policy, assess, load_policy
from jobs.contract.results import IDENTITIES, LINKS
from jobs.contract.schema import Table

NIGHT = date(2006, 4, 25)
SENTENCED = date(2004, 3, 1)
RELEASED = date(2004, 12, 1)
EARLY = datetime(1999, 1, 1, tzinfo=UTC)

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Story:
    """One person, their episodes, and what the immigration register holds on them.

    ``also`` has further rows by table; further persons among them are the same person, linked.
    """

    night: date = NIGHT
    nationality: str | None = "NIGERIA"
    second_nationality: str | None = None
    born: date | None = date(1970, 5, 17)
    has_person_row: bool = True
    episode: Mapping[str, Any] = field(default_factory=dict)
    sentences: Rows = ({"term_months": 18},)
    movements: Rows | None = None
    is_admitted: bool = True
    earlier: Sequence[tuple[date, Mapping[str, Any]]] = ()
    alerts: Rows = ()
    link: str | None = "linked"
    link_decided_by: str | None = None
    there: Mapping[str, Any] | None = None
    cases: Rows = ()
    events: Rows = ()
    removals: Rows = ()
    detentions: Rows = ()
    bails: Rows = ()
    appeals: Rows = ()
    also: Mapping[str, Rows] = field(default_factory=dict)

    def but(self, **changes: Any) -> "Story":
        """The same story with changes."""
        return replace(self, **changes)


HELD = Story(
    episode={"conditional_release_date": date(2006, 9, 1)},
    sentences=({"term_months": 60},),
    movements=(),
)
"""The same person still in custody, to be released on 1 September 2006."""

REFERRED = {"referral_received_date": date(2004, 4, 1), "opened_date": date(2004, 4, 1)}


def decision(day: date | None, **changes: Any) -> dict[str, Any]:
    """A decision to pursue by a named caseworker."""
    return {
        "event_type": "DECISION_PURSUE",
        "occurred_date": day,
        "caseworker": "CW01",
        **changes,
    }


def tell(story: Story) -> tuple[dict[str, Any], pd.DataFrame]:
    """The assessment of the story's main episode as a dict, and its reasons."""
    assessed = assess_all(story)
    frame = assessed.assessments.set_index("episode_id")
    reasons = assessed.reasons[assessed.reasons["episode_id"] == "E1"]
    return {str(name): value for name, value in frame.loc["E1"].to_dict().items()}, reasons


def assess_all(story: Story) -> Assessed:
    """Run the real assessment over the story's registers, or over its table of stories."""
    if id(story) not in _GATHERED:
        links, identities = people(story)
        return assess(
            tables=registers(story),
            links=links,
            identities=identities,
            as_of=story.night,
            policy=policy(),
        )
    group = _GATHERED[id(story)]
    place = next(n for n, each in enumerate(group.stories) if each is story)
    return group.assessed[place]


def gather(*spec_tables: Sequence[Any]) -> None:
    """Have the stories of these tables of ``pytest.param`` assessed side by side, night by night.

    Some hundred stories one by one take half a minute; side by side they take a second, and must
    not disturb each other.
    """
    groups: dict[date, _Group] = {}
    for param in (param for spec_table in spec_tables for param in spec_table):
        for story in (value for value in param.values if isinstance(value, Story)):
            group = groups.setdefault(story.night, _Group())
            group.stories.append(story)
            _GATHERED[id(story)] = group


class _Group:
    """Stories of one night, assessed when the first of them is told."""

    def __init__(self) -> None:
        self.stories: list[Story] = []

    @cached_property
    def assessed(self) -> list[Assessed]:
        return _side_by_side(self.stories)


_GATHERED: dict[int, _Group] = {}
_APART = "~"


def _side_by_side(stories: Sequence[Story]) -> list[Assessed]:
    tables, links, identities = beside(stories)
    found = assess(
        tables=tables,
        links=links,
        identities=identities,
        as_of=stories[0].night,
        policy=policy(),
    )
    return apart(found, len(stories))


def beside(
    stories: Sequence[Story],
) -> tuple[dict[str, pa.Table], pd.DataFrame, pd.DataFrame]:
    """Registers, links and identities of many stories, the ids of each with its number."""
    rows: dict[str, list[dict[str, Any]]] = {}
    links: list[dict[str, Any]] = []
    identities: list[dict[str, Any]] = []
    for number, story in enumerate(stories):
        for name, told in register_rows(story).items():
            rows.setdefault(name, []).extend(_mark(number, row) for row in told)
        pairs, members = people_rows(story)
        links += [_mark(number, row) for row in pairs]
        identities += [_mark(number, row) for row in members]
    return tables_of(rows), frame(LINKS, links), frame(IDENTITIES, identities)


def apart(found: Assessed, count: int) -> list[Assessed]:
    """The assessment of each of so many stories that were told side by side."""
    parts = {field.name: _by_story(getattr(found, field.name), count) for field in fields(found)}
    return [
        Assessed(**{name: frames[number] for name, frames in parts.items()})
        for number in range(count)
    ]


_MARKED = ("prisoner_number", "noms_number", "cid_person_id", "episode_id", "case_id", "event_id",
           "identity_id", "person_id")  # fmt: skip
_UNMARKED = (*_MARKED, "possible_case_id", "source_key", "discrepancy_id", "step_key")


def _mark(number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: f"{number:04}{_APART}{value.strip()}" if name in _MARKED and value else value
        for name, value in row.items()
    }


def _by_story(whole: pd.DataFrame, count: int) -> list[pd.DataFrame]:
    whole = whole[whole["episode_id"].notna()]
    number = whole["episode_id"].str.slice(0, 4).astype(int)
    plain = whole.copy()
    for name in set(_UNMARKED) & set(whole.columns):
        plain[name] = whole[name].str.replace(r"^\d{4}~", "", regex=True)
    return [plain[number == n].reset_index(drop=True) for n in range(count)]


@cache
def policy() -> Policy:
    """The shipped rules."""
    return load_policy()


def people(story: Story) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Links and identities of the story."""
    links, identities = people_rows(story)
    return frame(LINKS, links), frame(IDENTITIES, identities)


def people_rows(story: Story) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Links and identities of the story, as rows."""
    knows = _knows(story)
    one = knows and story.link == "linked"
    link = {
        "prisoner_number": "A0001AA",
        "cid_person_id": "P1",
        "probability": 0.99 if one else 0.6,
        "match_weight": 9.0,
        "outcome": story.link,
        "evidence": "{}",
        "decided_by": story.link_decided_by,
    }
    members = [("prison", "A0001AA", "ID1")]
    if knows:
        members.append(("immigration", "P1", "ID1" if one else "ID2"))
    aliases = {
        register: [str(row[key]) for row in story.also.get(f"{register}.persons", ())]
        for register, key in (("prison", "prisoner_number"), ("immigration", "cid_person_id"))
    }
    members += [(register, person, "ID1") for register, own in aliases.items() for person in own]
    identities = [
        {"register": register, "person_id": person, "identity_id": identity}
        for register, person, identity in members
    ]
    links = [link] if knows and story.link else []
    links += [
        {**link, "prisoner_number": prisoner, "cid_person_id": person, "outcome": "linked"}
        for prisoner in ["A0001AA", *aliases["prison"]]
        for person in (["P1"] if one else []) + aliases["immigration"]
        if (prisoner, person) != ("A0001AA", "P1")
    ]
    return links, identities


def _knows(story: Story) -> bool:
    return story.there is not None or bool(story.cases) or bool(story.removals)


def frame(declared: Table, rows: Rows) -> pd.DataFrame:
    """Rows of a results table as a frame."""
    columns = {
        f.name: pa.array([row.get(f.name) for row in rows], f.kind.arrow) for f in declared.fields
    }
    return declared.frame(pa.table(columns, schema=declared.arrow_schema))


def registers(story: Story) -> dict[str, pa.Table]:
    """Both registers with the story in them and nothing else."""
    return tables_of(register_rows(story))


def tables_of(rows: Mapping[str, Rows]) -> dict[str, pa.Table]:
    """Both registers with these rows in place of the default ones."""
    return {**register_tables(), **{name: table(name, told) for name, told in rows.items()}}


def register_rows(story: Story) -> dict[str, list[dict[str, Any]]]:
    """The rows of the story, table by table."""
    rows: dict[str, list[dict[str, Any]]] = {
        "prison_persons": [],
        "prison_episodes": [],
        "prison_sentences": [],
        "prison_movements": [],
        "immigration_persons": [],
    }
    if story.has_person_row:
        rows["prison_persons"].append(
            {
                "prisoner_number": "A0001AA",
                "nationality": story.nationality,
                "second_nationality": story.second_nationality,
                "date_of_birth": story.born,
            }
        )
    _main_episode(story, rows)
    for index, (day, term) in enumerate(story.earlier):
        _earlier_episode(f"E0{index}", day, term, rows)
    if _knows(story):
        rows["immigration_persons"].append({"cid_person_id": "P1", **(story.there or {})})
    alerts = [
        {"prisoner_number": "A0001AA", "alert_sequence": n, **alert}
        for n, alert in enumerate(story.alerts, start=1)
    ]
    cases = [
        {"case_id": f"C{n}", "cid_person_id": "P1", "case_type": "CRIMINAL", **case}
        for n, case in enumerate(story.cases, start=1)
    ]
    events = [
        {"event_id": f"V{n}", "case_id": "C1", **event}
        for n, event in enumerate(story.events, start=1)
    ]
    removals = [
        {"removal_id": f"R{n}", "cid_person_id": "P1", **removal}
        for n, removal in enumerate(story.removals, start=1)
    ]
    detentions = [
        {"detention_id": f"D{n}", "cid_person_id": "P1", **detention}
        for n, detention in enumerate(story.detentions, start=1)
    ]
    bails = [
        {"bail_id": f"B{n}", "cid_person_id": "P1", **bail}
        for n, bail in enumerate(story.bails, start=1)
    ]
    appeals = [
        {"appeal_id": f"A{n}", "case_id": "C1", **appeal}
        for n, appeal in enumerate(story.appeals, start=1)
    ]
    told = {
        **{key.replace("_", ".", 1): own for key, own in rows.items()},
        "prison.alerts": alerts,
        "immigration.cases": cases,
        "immigration.events": events,
        "immigration.removals": removals,
        "immigration.detentions": detentions,
        "immigration.bails": bails,
        "immigration.appeals": appeals,
    }
    for name, own in story.also.items():
        told[name] = [*told.get(name, []), *(dict(row) for row in own)]
    return told


def _main_episode(story: Story, rows: dict[str, list[dict[str, Any]]]) -> None:
    held = story.movements is not None and not story.movements
    rows["prison_episodes"].append(
        {
            "episode_id": "E1",
            "prisoner_number": "A0001AA",
            "prison_id": "AAI",
            "reception_date": SENTENCED,
            "status": "ACTIVE IN" if held else "INACTIVE OUT",
            "legal_status": "SENTENCED",
            "imprisonment_status": "SENT",
            "sentence_start_date": SENTENCED if story.sentences else None,
            **story.episode,
        }
    )
    for number, sentence in enumerate(story.sentences, start=1):
        rows["prison_sentences"].append(
            {
                "episode_id": "E1",
                "sentence_sequence": number,
                "calculation_type": "ADIMP_1991",
                "sentence_date": SENTENCED,
                "offence_code": "DRUGS",
                **sentence,
            }
        )
    exits = story.movements
    if exits is None:
        exits = ({"movement_type": "REL", "movement_reason": "CR", "movement_date": RELEASED},)
    entry = {"movement_type": "ADM", "movement_reason": "I", "movement_date": SENTENCED}
    moves = (entry, *exits) if story.is_admitted else exits
    for number, movement in enumerate(moves, start=1):
        rows["prison_movements"].append(
            {"episode_id": "E1", "movement_sequence": number, **movement}
        )


def _earlier_episode(
    name: str, day: date, term: Mapping[str, Any], rows: dict[str, list[dict[str, Any]]]
) -> None:
    rows["prison_episodes"].append(
        {
            "episode_id": name,
            "prisoner_number": "A0001AA",
            "reception_date": day,
            "status": "INACTIVE OUT",
            "legal_status": "SENTENCED",
            "imprisonment_status": "SENT",
            "sentence_start_date": day,
        }
    )
    rows["prison_sentences"].append(
        {"episode_id": name, "sentence_sequence": 1, "sentence_date": day, **term}
    )
