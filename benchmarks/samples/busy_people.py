"""A person to whom much happens in one booking, drawn evenly, and what that is.

Convictions in the course of a stay, recalls, deferrals, withdrawals, late recordings, orders and
findings: the facts on which it hangs whether a release was considered. Days are told by their
distance from the first sentence, so that each comes before and after each other.
"""

import itertools
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from jobs.contract.registers import TABLES

Registers = Mapping[str, list[dict[str, Any]]]

NUMBER, PERSON, EPISODE, SECOND, CASE = "A6", "P6", "E20", "E21", "C20"
_BEGINNINGS = [date(2003, 2, 3), date(2004, 3, 1), date(2007, 6, 1), date(2009, 6, 1),
               date(2019, 3, 1), date(2023, 5, 2)]  # fmt: skip
_OFFSETS = [-30, 0, 1, 60, 120, 239, 240, 241, 300, 340, 341, 400, 440, 441, 600]
_OUT, _BACK, _OUT_AGAIN = 240, 340, 440

_ADDED: list[dict[str, Any]] = [
    {"term_months": 1},
    {"term_months": 8},
    {"term_months": 60, "offence_code": "RAPE"},
    {"term_months": 3, "offence_code": "DRUGS"},
    {"term_months": 3, "consecutive_to_sequence": 1},
    {"term_months": 12, "calculation_type": "SUSP"},
    {"term_months": 12, "calculation_type": "SUSP"},
]
_ENDS: list[dict[str, Any]] = [
    {"stage": "EXEMPT"},
    {"stage": "LEAVE_GRANTED"},
    {"stage": "BRITISH"},
    {"stage": "NO_ACTION"},
    {"stage": "NO_ACTION", "outcome": "NOT_PURSUE"},
]


def _row(name: str, **told: Any) -> dict[str, Any]:
    return {**dict.fromkeys(TABLES[name].columns), **told}


def busy_person(chance: Random) -> dict[str, list[dict[str, Any]]]:
    """The rows of one person, known to both registers, table by table."""
    begins = chance.choice(_BEGINNINGS)

    def on(offset: int | None) -> date | None:
        return None if offset is None else begins + timedelta(days=offset)

    rows: dict[str, list[dict[str, Any]]] = {
        "prison.persons": [
            _row("prison.persons", prisoner_number=NUMBER,
                 nationality=chance.choice(["NIGERIA", "NIGERIA", "FRANCE", "UNKNOWN"]))
        ],
        "immigration.persons": [_row("immigration.persons", cid_person_id=PERSON)],
    }  # fmt: skip
    rows["prison.sentences"] = [
        _row("prison.sentences", episode_id=EPISODE, **told) for told in _sentences(chance, on)
    ]
    moves = _movements(chance, on)
    rows["prison.movements"] = [
        _row("prison.movements", episode_id=EPISODE, movement_sequence=number, **move)
        for number, move in enumerate(moves, start=1)
    ]
    inside = moves[-1]["movement_type"] == "ADM"
    rows["prison.episodes"] = [
        _row("prison.episodes", episode_id=EPISODE, prisoner_number=NUMBER, reception_date=begins,
             status="ACTIVE IN" if inside else "INACTIVE OUT", legal_status="SENTENCED",
             conditional_release_date=on(chance.choice([240, 440, 700, 900])),
             imprisonment_status=chance.choice(["SENT", "SENT", "LR", "REC_DEP"]))
    ]  # fmt: skip
    if chance.choice([True, False]):
        _second_booking(chance, rows, on)
    _casework(chance, rows, on)
    return rows


def _sentences(chance: Random, on: Callable[[int | None], date | None]) -> list[dict[str, Any]]:
    first = {
        "sentence_sequence": 1,
        "calculation_type": "ADIMP",
        "sentence_date": on(0),
        "conviction_date": on(chance.choice([None, -30, 0])),
        "offence_code": "THEFT",
        "term_months": chance.choice([6, 11, 12, 24, 36]),
    }
    told = [first]
    for sequence in range(2, 2 + chance.choice([1, 2, 0])):
        day = chance.choice(_OFFSETS)
        added = {
            "sentence_sequence": sequence,
            "calculation_type": "ADIMP",
            "sentence_date": on(day),
            "offence_code": "THEFT",
            **chance.choice(_ADDED),
        }
        if added["calculation_type"] == "SUSP":
            added["sentence_date"], added["activated_date"] = on(-30), on(chance.choice(_OFFSETS))
        told.append(added)
    return told


def _movements(chance: Random, on: Callable[[int | None], date | None]) -> list[dict[str, Any]]:
    out = {"movement_type": "REL", "movement_reason": "CR"}
    back = {"movement_type": "ADM", "movement_reason": "24"}
    undated = chance.choice([False, False, False, True])
    moves = [
        {"movement_type": "ADM", "movement_reason": "I", "movement_date": on(0)},
        {**out, "movement_date": None if undated else on(_OUT)},
        {**back, "movement_date": on(_BACK)},
        {**out, "movement_date": on(_OUT_AGAIN)},
    ][: chance.choice([4, 3, 2, 1])]
    if chance.choice([False, False, True]):
        # Typed again, or left on curfew first: several in a row, in whatever order of days.
        again = {**out, "movement_date": on(chance.choice([None, 239, 241, 300, 440, 441]))}
        moves.insert(chance.choice([len(moves), 2]), again)
        if chance.choice([False, False, True]):
            seen = {"movement_type": "TRN", "movement_reason": "NOTR", "movement_date": on(240)}
            moves.insert(len(moves) - 1, seen)
    if chance.choice([False, False, True]):
        reason = chance.choice(["DD", "DEC", "HP", "BL"])
        moves.append({**out, "movement_reason": reason, "movement_date": on(600)})
    return moves


def _second_booking(
    chance: Random, rows: dict[str, list[dict[str, Any]]], on: Callable[[int | None], date | None]
) -> None:
    day = on(chance.choice(_OFFSETS))
    rows["prison.episodes"].append(
        _row("prison.episodes", episode_id=SECOND, prisoner_number=NUMBER, reception_date=day,
             status=chance.choice(["ACTIVE IN", "INACTIVE OUT"]),
             legal_status=chance.choice(["SENTENCED", "RECALL"]),
             last_movement_type="REL", last_movement_reason="CR",
             last_movement_date=on(chance.choice([440, 600])))
    )  # fmt: skip
    rows["prison.sentences"].append(
        _row("prison.sentences", episode_id=SECOND, sentence_sequence=1, sentence_date=day,
             calculation_type="ADIMP", offence_code="THEFT",
             term_months=chance.choice([1, 6, 12]))
    )  # fmt: skip


def _casework(
    chance: Random, rows: dict[str, list[dict[str, Any]]], on: Callable[[int | None], date | None]
) -> None:
    ended = chance.choice([None, None, *_ENDS])
    closed = {} if ended is None else {**ended, "closed_date": on(chance.choice([None, *_OFFSETS]))}
    rows["immigration.cases"] = [
        _row("immigration.cases", case_id=CASE, cid_person_id=PERSON, case_type="CRIMINAL",
             caseworker=chance.choice(["CW01", "CW01", None]),
             referral_received_date=on(chance.choice(_OFFSETS)), **{"stage": "REFERRED", **closed})
    ]  # fmt: skip
    rows["immigration.events"] = [
        _row("immigration.events", event_id=f"V{number}", case_id=CASE, **_event(chance, on))
        for number in range(20, 20 + chance.choice([3, 4, 2, 1, 0]))
    ]
    rows["prison.alerts"] = [
        _row("prison.alerts", prisoner_number=NUMBER, alert_sequence=1, alert_code="XSDEPORT",
             start_date=on(chance.choice(_OFFSETS)))
        for _ in range(chance.choice([0, 0, 0, 1]))
    ]  # fmt: skip


def _event(chance: Random, on: Callable[[int | None], date | None]) -> dict[str, Any]:
    kind = chance.choice(
            ["DECISION_PURSUE", "DECISION_PURSUE", "DECISION_NOT_PURSUE", "DECISION_DEFERRED",
             "DECISION_DEFERRED", "DECISION_WITHDRAWN", "DEPORTATION_ORDER_SIGNED", "REFERRED"]

    )  # fmt: skip
    day = on(chance.choice(_OFFSETS))
    recorded = on(chance.choice([None, None, 60, 300, 441]))
    told: dict[str, Any] = {"event_type": kind, "occurred_date": day, "caseworker": "CW01"}
    if recorded:
        told["recorded_at"] = datetime.combine(recorded, time(9), UTC)
    if kind == "DECISION_DEFERRED":
        told |= {"reason": "appeal", "deferred_until_date": on(chance.choice(_OFFSETS))}
    return told


def _booked(registers: Registers, name: str) -> list[dict[str, Any]]:
    """The rows of the busy person's booking, or of their case."""
    ids = {"episode_id": EPISODE, "case_id": CASE}
    return [
        row for row in registers[name] if any(row.get(key) == value for key, value in ids.items())
    ]


def _dated(registers: Registers, *types: str) -> list[dict[str, Any]]:
    return [row for row in _booked(registers, "immigration.events") if row["event_type"] in types]


def _released(registers: Registers) -> list[date]:
    return [
        row["movement_date"]
        for row in _booked(registers, "prison.movements")
        if row["movement_type"] == "REL" and row["movement_date"]
    ]


def _is_recorded_late(registers: Registers) -> bool:
    return any(
        event["recorded_at"] and event["occurred_date"] <= day < event["recorded_at"].date()
        for event in _dated(registers, "DECISION_PURSUE", "DECISION_NOT_PURSUE")
        for day in _released(registers)
    )


def _is_run_out(registers: Registers) -> bool:
    return any(
        event["occurred_date"] <= event["deferred_until_date"] < day
        for event in _dated(registers, "DECISION_DEFERRED")
        for day in _released(registers)
    )


def _is_released_in_a_row(held: Registers) -> bool:
    kinds = [row["movement_type"] for row in _booked(held, "prison.movements")]
    return ("REL", "REL") in itertools.pairwise(kinds)


def _is_seen_between(held: Registers) -> bool:
    """Moved, or gone by another way, between two releases with no admission between them."""
    moves = [(row["movement_type"], row["movement_reason"] == "CR")
             for row in _booked(held, "prison.movements")]  # fmt: skip
    return any(
        first[1] and last[1] and between[0] != "ADM" and not between[1]
        for first, between, last in zip(moves, moves[1:], moves[2:], strict=False)
    )


KINDS: dict[str, Callable[[Registers], bool]] = {
    "several convictions": lambda held: len(_booked(held, "prison.sentences")) > 1,
    "a conviction after the first day": lambda held: (
        len({row["sentence_date"] for row in _booked(held, "prison.sentences")}) > 1
    ),
    "an activated suspended sentence": lambda held: any(
        row["activated_date"] for row in _booked(held, "prison.sentences")
    ),
    "a consecutive addition": lambda held: any(
        row["consecutive_to_sequence"] for row in _booked(held, "prison.sentences")
    ),
    "a recall in one booking": lambda held: any(
        row["movement_reason"] == "24" for row in _booked(held, "prison.movements")
    ),
    "two releases in one booking": lambda held: (
        len([row for row in _booked(held, "prison.movements") if row["movement_reason"] == "CR"])
        > 1
    ),
    "releases in a row, with nothing between": _is_released_in_a_row,
    "two releases and no return, but a sign of one": _is_seen_between,
    "a release without a day, and a referral": lambda held: (
        any(not row["movement_date"] for row in _booked(held, "prison.movements"))
        and any(row["referral_received_date"] for row in _booked(held, "immigration.cases"))
    ),
    "a second booking": lambda held: any(
        row["episode_id"] == SECOND for row in held["prison.episodes"]
    ),
    "a deferral": lambda held: bool(_dated(held, "DECISION_DEFERRED")),
    "a deferral that ran out before a release": _is_run_out,
    "a withdrawal": lambda held: bool(_dated(held, "DECISION_WITHDRAWN")),
    "a decision recorded after a release": _is_recorded_late,
    "an order": lambda held: (
        bool(_dated(held, "DEPORTATION_ORDER_SIGNED"))
        or any(row["prisoner_number"] == NUMBER for row in held["prison.alerts"])
    ),
    "a finding that ends the case": lambda held: any(
        row["closed_date"] and row["caseworker"] for row in _booked(held, "immigration.cases")
    ),
}
"""What may befall the busy person of a world."""
