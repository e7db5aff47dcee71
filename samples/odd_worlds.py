"""Small registers that Hypothesis invents: few people, many ways to be odd.

Days come from a short list around every limit of the rules, so that ties, gaps and impossible
orders are common.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from jobs.contract.registers import TABLES
from jobs.synthetic import World as Registers
from jobs.synthetic import build_world

NIGHT = date(2006, 4, 25)
NIGHTS = (NIGHT, date(2022, 1, 1), date(2025, 12, 1))
"""Before and after the duty to deport, the notice of everybody and the end of EEA treatment; and
after the release points of 2024 and the early removal of 2025.
"""
EXAMPLES = 250
"""Worlds that the suite looks at."""

DAYS = [
    date(1999, 3, 1),
    date(2003, 1, 31),
    date(2004, 2, 29),
    date(2004, 3, 1),
    date(2004, 4, 30),
    date(2004, 5, 1),
    date(2005, 2, 28),
    date(2005, 3, 1),
    date(2005, 12, 1),
    date(2006, 4, 25),
    date(2006, 4, 26),
    date(2007, 4, 25),
    date(2007, 4, 26),
    date(2008, 7, 31),
    date(2008, 8, 1),
    date(2015, 12, 18),
    date(2018, 6, 1),
    date(2020, 12, 31),
    date(2021, 6, 1),
    date(2024, 3, 2),
    date(2025, 11, 20),
]
PEOPLE = ["A1", "A2", "A3"]
MOSTLY_A1 = ["A1", "A1", "A1", "A2", "A3"]
MOSTLY_P1 = ["P1", "P1", "P1", "P2", "P3"]
PRISONS = ["X", "Y"]
THERE = ["P1", "P2", "P3"]
IDENTITIES = ["ID1", "ID2"]

day = st.one_of(st.none(), st.sampled_from(DAYS))
known_day = st.sampled_from(DAYS)
moment = st.one_of(
    st.none(),
    st.just(datetime(1998, 1, 1, tzinfo=UTC)),
    st.sampled_from(
        [datetime(d.year, d.month, d.day, h, tzinfo=UTC) for d in DAYS for h in (9, 23)]
    ),
)
nationality = st.sampled_from(
    ["NIGERIA", "NIGERIA", "FRANCE", "POLAND", "IRELAND", "BRIT", "UNKNOWN", None, "NO SUCH CODE"]
)
near = st.sampled_from(
    [night + timedelta(days=n) for night in NIGHTS for n in (-1, 0, 7, 8, 30, 91, 180, 365, 366)]
)
worker = st.sampled_from(["CW01", "CW01", "CW01", None, "  "])


def rows(full_name: str, **fields: Any) -> Any:
    """A row of a register table: the given fields, every other one empty."""
    empty = dict.fromkeys(TABLES[full_name].columns)
    return st.fixed_dictionaries(fields).map(lambda given: {**empty, **given})


persons = rows(
    "prison.persons",
    nationality=nationality,
    second_nationality=st.one_of(st.none(), nationality),
    date_of_birth=st.sampled_from(
        [None, date(1970, 5, 17), date(1988, 3, 1), date(1990, 8, 1), date(2002, 12, 31)]
    ),
)
episodes = rows(
    "prison.episodes",
    prisoner_number=st.sampled_from([*MOSTLY_A1, "A9"]),
    prison_id=st.sampled_from([*PRISONS, None]),
    reception_date=day,
    status=st.sampled_from(["ACTIVE IN", "INACTIVE OUT", "INACTIVE TRN", None]),
    legal_status=st.sampled_from(["SENTENCED", "SENTENCED", "REMAND", "DEAD", "RECALL", None]),
    imprisonment_status=st.sampled_from(["SENT", "SENT", "SENT", "REC_DEP", "JR", None]),
    sentence_start_date=day,
    confirmed_release_date=st.one_of(st.none(), st.none(), near),
    conditional_release_date=day,
    conditional_release_override_date=st.one_of(st.none(), st.none(), day),
    automatic_release_date=st.one_of(st.none(), day),
    home_detention_curfew_eligibility_date=st.one_of(st.none(), st.none(), day),
    parole_eligibility_date=day,
    tariff_date=day,
    additional_days_awarded=st.sampled_from([None, 0, 30]),
    last_movement_type=st.sampled_from(["REL", "ADM", None, " "]),
    last_movement_reason=st.sampled_from(["CR", "DD", "EX", "DEC", "HP", "UAL", None]),
    last_movement_date=day,
)
sentences = rows(
    "prison.sentences",
    consecutive_to_sequence=st.sampled_from([*[None] * 6, 1, 1, 2, 3, 9]),
    calculation_type=st.sampled_from(
        [
            "ADIMP",
            "ADIMP",
            "ADIMP_1991",
            "ADIMP_1991",
            "SUSP",
            "FINE",
            "LIFE",
            "HOSP",
            "YOI",
            "EDS",
            "SDS_PLUS",
            None,
        ]
    ),
    sentence_date=day,
    conviction_date=day,
    offence_date=day,
    activated_date=day,
    offence_code=st.sampled_from(["MURDER", "RAPE", "DRUGS", "THEFT", "NO SUCH CODE", None]),
    remand_days=st.sampled_from([None, 0, 10, 100, 1000, -5]),
    term_years=st.sampled_from([None, None, 0, 1, 3, 4, 5]),
    term_months=st.sampled_from([3, 4, 6, 11, 12, 23, 24, 47, 48, 60, None, -1]),
    term_days=st.sampled_from([None, 0, 1, 29, 30, 364, 365, 366]),
)
movements = rows(
    "prison.movements",
    movement_date=day,
    movement_type=st.sampled_from(["REL", "REL", "REL", "ADM", "TRN"]),
    movement_reason=st.sampled_from(
        ["CR", "CR", "CR", "DD", "EX", "DEC", "HP", "UAL", "ET", "24", None, " "]
    ),
    recorded_at=moment,
)
alerts = rows(
    "prison.alerts",
    prisoner_number=st.sampled_from(MOSTLY_A1),
    alert_code=st.sampled_from(["XSDEPORT", "XLDEPORT"]),
    start_date=day,
)
there = rows(
    "immigration.persons",
    nationality=nationality,
    nationality_verified=st.sampled_from([True, False, None]),
    noms_number=st.sampled_from([None, None, "A1", "a2", "Z9"]),
    located_status=st.sampled_from([None, "IN_CUSTODY", "LOCATED", "NOT_LOCATED", "ABROAD"]),
    died_date=st.one_of(st.none(), st.none(), st.none(), day),
)
cases = rows(
    "immigration.cases",
    cid_person_id=st.sampled_from(MOSTLY_P1),
    case_type=st.sampled_from([*["CRIMINAL"] * 5, "NATIONALITY"]),
    caseworker=worker,
    referral_received_date=day,
    opened_date=day,
    started_date=day,
    considered_date=day,
    closed_date=st.one_of(st.none(), st.none(), day),
    expected_release_date=st.one_of(st.none(), day, near),
    stage=st.sampled_from(
        [*["REFERRED"] * 5, "BRITISH", "EXEMPT", "LEAVE_GRANTED", "NO_ACTION", "REMOVED", None]
    ),
    outcome=st.sampled_from(
        ["PURSUE", "NOT_PURSUE", "DEFERRED", "DEPORTED", "ALLOWED_TO_STAY", "BRITISH", "DIED", None]
    ),
    outcome_reason=st.sampled_from(["appeal", None]),
    recorded_at=moment,
)
events = rows(
    "immigration.events",
    case_id=st.sampled_from(["C0", "C0", "C0", "C1", "C2"]),
    event_type=st.sampled_from(
        [
            "DECISION_PURSUE",
            "DECISION_PURSUE",
            "DECISION_PURSUE",
            "DECISION_NOT_PURSUE",
            "DECISION_DEFERRED",
            "DECISION_WITHDRAWN",
            "REFERRED",
            "STARTED",
            "DEPORTATION_ORDER_SIGNED",
            "REMOVED",
            "DETENTION_AUTHORISED",
            "MONITORING_ORDERED",
            "RESTRICTION_ORDERED",
        ]
    ),
    occurred_date=day,
    recorded_at=moment,
    caseworker=worker,
    reason=st.sampled_from(["appeal", None, " "]),
    deferred_until_date=day,
)
removals = rows("immigration.removals", cid_person_id=st.sampled_from(MOSTLY_P1), removed_date=day)
detentions = rows(
    "immigration.detentions",
    cid_person_id=st.sampled_from(MOSTLY_P1),
    place_id=st.sampled_from([*PRISONS, "NONE", None, " "]),
    start_date=day,
    end_date=day,
)
bails = rows(
    "immigration.bails",
    cid_person_id=st.sampled_from(MOSTLY_P1),
    granted_date=day,
    ended_date=day,
    bail_status=st.sampled_from(["ACTIVE", "ENDED", "ABSCONDED", None]),
)
links = st.fixed_dictionaries(
    {
        "prisoner_number": st.sampled_from(MOSTLY_A1),
        "cid_person_id": st.sampled_from(MOSTLY_P1),
        "outcome": st.sampled_from(["linked", "linked", "review", "not_linked"]),
        "probability": st.sampled_from([0.25, 0.5, 0.75, 1.0]),
    }
)


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
        {**draw(persons), "prisoner_number": number} for number in PEOPLE
    ]
    registers["immigration.persons"] = [
        {**draw(there), "cid_person_id": person} for person in THERE
    ]
    for index in range(draw(st.integers(1, 4))):
        episode = f"E{index}"
        registers["prison.episodes"].append({**draw(episodes), "episode_id": episode})
        _children(registers, "prison.sentences", episode, "sentence_sequence",
                  _some(draw, sentences, most=3))  # fmt: skip
        _children(registers, "prison.movements", episode, "movement_sequence",
                  _some(draw, movements, most=3))  # fmt: skip
    registers["prison.alerts"] = [
        {**alert, "alert_sequence": n}
        for n, alert in enumerate(_some(draw, alerts, most=2), start=1)
    ]
    registers["immigration.cases"] = [
        {**case, "case_id": f"C{n}"} for n, case in enumerate(_some(draw, cases, most=3))
    ]
    owned = {case["case_id"] for case in registers["immigration.cases"]}
    registers["immigration.events"] = [
        {**event, "event_id": f"V{n}"}
        for n, event in enumerate(_some(draw, events, most=6))
        if event["case_id"] in owned
    ]
    registers["immigration.removals"] = [
        {**removal, "removal_id": f"R{n}"}
        for n, removal in enumerate(_some(draw, removals, most=2))
    ]
    registers["prison.prisons"] = [
        {**dict.fromkeys(TABLES["prison.prisons"].columns), "prison_id": prison}
        for prison in PRISONS
    ]
    for name, key, drawn in (
        ("detentions", "detention_id", detentions),
        ("bails", "bail_id", bails),
    ):
        registers[f"immigration.{name}"] = [
            {**row, key: f"{n}"} for n, row in enumerate(_some(draw, drawn, most=2))
        ]
    given = list({link["cid_person_id"]: link for link in _some(draw, links, most=3)}.values())
    identities = [
        {
            "register": "prison",
            "person_id": number,
            "identity_id": draw(st.sampled_from(IDENTITIES)),
        }
        for number in PEOPLE
    ]
    identities += [
        {"register": "immigration", "person_id": person,
         "identity_id": draw(st.sampled_from(IDENTITIES))}
        for person in THERE
    ]  # fmt: skip
    return World(registers, given, identities)


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
