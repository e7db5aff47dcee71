"""Odd rows of both registers, as Hypothesis draws them.

Days come from a short list around every limit of the rules, so that ties, gaps and impossible
orders are common.
"""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from jobs.contract.registers import TABLES

NIGHT = date(2006, 4, 25)
NIGHTS = (NIGHT, date(2022, 1, 1), date(2025, 12, 1))
"""Before and after the duty to deport, the notice of everybody and the end of EEA treatment; and
after the release points of 2024 and the early removal of 2025.
"""

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
    imprisonment_status=st.sampled_from(["SENT", "SENT", "SENT", "REC_DEP", "LR", "JR", None]),
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

plain_prisoners = rows(
    "prison.persons",
    prisoner_number=st.just("A4"),
    nationality=st.sampled_from(["FRANCE", "POLAND", "IRELAND", "NIGERIA"]),
    date_of_birth=st.sampled_from([date(1970, 5, 17), date(1990, 8, 1)]),
)
"""Beside the odd ones: one person whose records are mostly in order, known for certain to both
registers, so that the rules that come last are reached too.
"""
plain_episodes = rows(
    "prison.episodes",
    prisoner_number=st.just("A4"),
    prison_id=st.sampled_from(PRISONS),
    reception_date=st.sampled_from([None, date(2003, 1, 31), date(2007, 4, 25)]),
    status=st.just("ACTIVE IN"),
    legal_status=st.just("SENTENCED"),
    conditional_release_date=day,
)
plain_sentences = rows(
    "prison.sentences",
    sentence_sequence=st.just(1),
    calculation_type=st.sampled_from(["ADIMP", "ADIMP", "ADIMP", "HOSP"]),
    sentence_date=st.sampled_from(
        [
            date(2003, 1, 31),
            date(2004, 3, 1),
            date(2005, 3, 1),
            date(2008, 7, 31),
            date(2008, 8, 1),
            date(2008, 8, 1),
            date(2015, 12, 18),
        ]
    ),
    offence_date=st.sampled_from([None, None, date(2003, 1, 31), date(2021, 6, 1)]),
    offence_code=st.sampled_from(["RAPE", "THEFT"]),
    term_months=st.sampled_from([12, 4, 6, 11, 12, 18, 23, 24]),
)
plain_movements = rows(
    "prison.movements",
    movement_sequence=st.just(1),
    movement_date=st.sampled_from([d for d in DAYS if d.year > 2004]),
    movement_type=st.just("REL"),
    movement_reason=st.sampled_from(["CR", "CR", "DD", "EX", "EX"]),
)
plain_there = rows(
    "immigration.persons",
    cid_person_id=st.just("P4"),
    nationality=st.sampled_from([None, None, None, "NIGERIA"]),
    located_status=st.sampled_from([None, "LOCATED", "LOCATED", "IN_CUSTODY"]),
)
plain_cases = rows(
    "immigration.cases",
    case_id=st.just("C4"),
    cid_person_id=st.just("P4"),
    case_type=st.just("CRIMINAL"),
    caseworker=st.just("CW01"),
    opened_date=day,
    considered_date=st.one_of(st.none(), known_day),
    stage=st.sampled_from(["REFERRED", "REFERRED", "REFERRED", "EXEMPT", "BRITISH"]),
    outcome=st.sampled_from([None, "PURSUE", "PURSUE", "NOT_PURSUE"]),
)
plain_removals = rows(
    "immigration.removals",
    removal_id=st.just("R4"),
    cid_person_id=st.just("P4"),
    removed_date=st.sampled_from([d for d in DAYS if d.year > 2003]),
)
plain_detentions = rows(
    "immigration.detentions",
    detention_id=st.just("4"),
    cid_person_id=st.just("P4"),
    place_id=st.sampled_from([*PRISONS, "NONE"]),
    start_date=known_day,
)


NARROW = [
    {
        "nationality": nationality_,
        "sentence_date": passed,
        "offence_code": offence,
        "term_months": months,
        "calculation_type": kind,
    }
    for months, kind, offence, passed, nationality_ in itertools.product(
        (12, 23, 24, 11, 2),
        ("ADIMP", "DTO", "SEC91_03", "HMPL"),
        ("DRUGS", "FIREARMS", "ROBBERY", "DRUGS_POSSESSION"),
        (date(2006, 5, 1), date(2009, 6, 1), date(2010, 3, 1), date(2012, 6, 1)),
        ("FRANCE", "NIGERIA", "IRELAND", "BNO"),
    )
]
"""Sentences under criteria that hold for few offences, kinds or years, one after the other."""
