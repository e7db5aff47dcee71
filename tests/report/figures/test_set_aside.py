"""Quarantine moves ranges: the number that the rows aside would have given lies in each of them.

Each case holds two nights: one in which a row could be read, and the same one in which it lies in
quarantine, or in which another row under its key was taken.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from benchmarks.samples.stories import HELD, NIGHT, REFERRED, Story, beside, decision, policy
from jobs.assess import assess
from jobs.check import accept_rows
from jobs.contract import results
from jobs.contract.registers import TABLES
from jobs.report.build import build_report
from jobs.report.figures.set_aside import (
    CaseworkSetAside,
    casework_set_aside,
    people_set_aside,
)

DAY = date(2004, 6, 1)
CASE = {**REFERRED, "caseworker": "CW01"}
DECIDED = Story(cases=(CASE,), events=(decision(DAY),))
WITHDRAWN = DECIDED.but(
    events=(
        decision(DAY),
        {"event_type": "DECISION_WITHDRAWN", "occurred_date": date(2004, 7, 1)},
    )
)
MISSED = Story()
STORIES = (DECIDED, WITHDRAWN, MISSED, HELD, HELD.but(cases=(CASE,), events=(decision(DAY),)))
RECORDED = datetime(2006, 1, 1, tzinfo=UTC)
OF_ROWS_IN_USE = (
    "quality.", "links.", "discrepancies.", "staff.", "flow.late", "assurance.",
    "missed.most_likely_parts",
)  # fmt: skip
"""Figures that say how the rows in use are, not how many people or cases there are; the most likely
number has its range, what it is made of has none."""

Row = dict[str, Any]
Change = Callable[[Row], Row | None]


@dataclass(frozen=True)
class Spoilt:
    """What is done to the one row of a table for which ``which`` holds.

    ``true`` is what the row says in truth, where it is not what the stories say. A doublet is a row
    more under the same key: either may be the true one.
    """

    table: str
    which: Mapping[str, str]
    change: Mapping[str, Any]
    true: Mapping[str, Any] = field(default_factory=dict)
    is_doublet: bool = False


def night(tables: Mapping[str, pa.Table]) -> tuple[dict[str, pa.Table], dict[str, pd.DataFrame]]:
    """The accepted rows and the facts of a night over these tables."""
    _, links, identities = beside(STORIES)
    checked = accept_rows(tables=tables, as_of=NIGHT)
    there = checked.accepted["immigration.persons"]["cid_person_id"].to_pylist()
    assessed = assess(
        tables=checked.accepted,
        links=links[links["cid_person_id"].isin(there)],
        identities=identities,
        as_of=NIGHT,
        policy=policy(),
        quarantine=checked.quarantine,
    )
    facts = {name: table.empty() for name, table in results.NIGHTLY.items()}
    facts |= {
        results.LINKS.full_name: links[links["cid_person_id"].isin(there)],
        results.IDENTITIES.full_name: identities,
        results.ASSESSMENTS.full_name: assessed.assessments,
        results.RELEASES.full_name: assessed.releases,
        results.FLAGS.full_name: assessed.flags,
        results.CASEWORK.full_name: assessed.casework,
        results.QUARANTINE.full_name: checked.quarantine,
        results.ROW_COUNTS.full_name: checked.row_counts,
    }
    return checked.accepted, facts


def figures(tables: Mapping[str, pa.Table], facts: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Value and range of every figure that quarantine may move, by figure and group."""
    found = build_report(tables=tables, facts=facts, as_of=NIGHT).figures
    found = found[~found["figure_id"].str.startswith(OF_ROWS_IN_USE)]
    found = found.set_index(["figure_id", "group_value"])
    return found[["value", "low", "high"]].astype("float64")


def rewritten(table: str, change: Change) -> dict[str, pa.Table]:
    """The delivery with each row of a table as ``change`` gives it, in the contract's types."""
    tables, _, _ = beside(STORIES)
    rows = [new for row in tables[table].to_pylist() if (new := change(row)) is not None]
    tables[table] = pa.Table.from_pylist(rows, schema=TABLES[table].arrow_schema)
    return tables


@cache
def whole() -> pd.DataFrame:
    """The figures of the night of which every row can be read."""
    return figures(*night(beside(STORIES)[0]))


def delivered(spoilt: Spoilt) -> tuple[dict[str, pa.Table], list[pd.DataFrame]]:
    """The delivery with the fault, and the figures that could be the true ones."""

    def with_row(change: Mapping[str, Any]) -> dict[str, pa.Table]:
        def is_meant(row: Row) -> bool:
            return all(row[name] == value for name, value in spoilt.which.items())

        return rewritten(spoilt.table, lambda row: {**row, **change} if is_meant(row) else row)

    changed = with_row(spoilt.change)
    if not spoilt.is_doublet:
        true = figures(*night(with_row(spoilt.true))) if spoilt.true else whole()
        return changed, [true]
    tables, _, _ = beside(STORIES)
    first, second = tables[spoilt.table].to_pylist(), changed[spoilt.table].to_pylist()
    both = [*first, *(row for row in second if row not in first)]
    assert len(both) == len(first) + 1
    tables[spoilt.table] = pa.Table.from_pylist(both, schema=TABLES[spoilt.table].arrow_schema)
    return tables, [whole(), figures(*night(changed))]


def older(**change: Any) -> dict[str, Any]:
    return {"recorded_at": datetime(1998, 1, 1, tzinfo=UTC), **change}


LONG = pytest.mark.long
"""A case whose way through the code another case of the short suite takes as well."""
CASES = [
    pytest.param(Spoilt("immigration.events", {"event_id": "0000~V1"}, {"event_type": None}),
                 id="a decision whose kind is missing"),
    pytest.param(Spoilt("immigration.events", {"event_id": "0000~V1"}, {"case_id": None}),
                 id="a decision without its case", marks=LONG),
    pytest.param(Spoilt("immigration.events", {"event_id": "0000~V1"}, {"case_id": "nowhere"}),
                 id="a decision of a case that nobody has", marks=LONG),
    pytest.param(Spoilt("immigration.events", {"event_id": "0001~V2"}, {"event_type": None}),
                 id="a withdrawal"),
    pytest.param(Spoilt("immigration.events", {"event_id": "0001~V2"}, {"case_id": None}),
                 id="a withdrawal without its case", marks=LONG),
    pytest.param(Spoilt("immigration.cases", {"case_id": "0000~C1"}, {"case_type": None}),
                 id="a case"),
    pytest.param(Spoilt("immigration.cases", {"case_id": "0000~C1"}, {"cid_person_id": None}),
                 id="a case without its person", marks=LONG),
    pytest.param(Spoilt("immigration.cases", {"case_id": "0004~C1"}, {"case_type": None}),
                 id="a case of somebody inside", marks=LONG),
    pytest.param(Spoilt("immigration.persons", {"cid_person_id": "0000~P1"},
                        {"cid_person_id": None}), id="a person without a key"),

    pytest.param(Spoilt("immigration.events", {"event_id": "0000~V1"},
                        older(event_type="ALLOCATED"), is_doublet=True),
                 id="of two events under one key one is no decision"),
    pytest.param(Spoilt("immigration.cases", {"case_id": "0000~C1"},
                        older(case_type="ASYLUM"), is_doublet=True),
                 id="of two cases under one key one is not criminal", marks=LONG),
    pytest.param(Spoilt("prison.persons", {"prisoner_number": "0002~A0001AA"},
                        older(nationality="BRIT"), is_doublet=True),
                 id="of two rows of a person one says British"),
    pytest.param(Spoilt("prison.sentences", {"episode_id": "0002~E1"},
                        older(term_months=3), is_doublet=True),
                 id="of two sentences under one key one is short"),
    pytest.param(Spoilt("prison.episodes", {"episode_id": "0002~E1"},
                        older(imprisonment_status="REC_DEP"), is_doublet=True),
                 id="of two stays under one key one has a court's recommendation", marks=LONG),
    pytest.param(Spoilt("prison.movements", {"episode_id": "0002~E1", "movement_type": "REL"},
                        older(movement_type="TRN", movement_reason="NOTR"), is_doublet=True),
                 id="of two movements under one key one is a transfer", marks=LONG),
    pytest.param(Spoilt("prison.movements", {"episode_id": "0002~E1", "movement_type": "REL"},
                        {"movement_type": None}), id="a release whose kind is missing"),
    pytest.param(Spoilt("prison.sentences", {"episode_id": "0002~E1"}, {"term_months": -3},
                        {"term_months": 3}), id="a short sentence that cannot be read", marks=LONG),
    pytest.param(Spoilt("prison.persons", {"prisoner_number": "0002~A0001AA"},
                        {"prisoner_number": None}, {"nationality": "BRIT"}),
                 id="a British person of the prison without a number"),
]  # fmt: skip


@pytest.mark.parametrize("spoilt", CASES)
def test_what_the_row_would_have_given_lies_in_the_range(spoilt: Spoilt) -> None:
    tables, true = delivered(spoilt)
    accepted, facts = night(tables)
    assert len(facts[results.QUARANTINE.full_name])
    found = figures(accepted, facts)
    blind = figures(accepted, {**facts, results.QUARANTINE.full_name: results.QUARANTINE.empty()})
    assert not all(held(one, blind).all() for one in true), "the row moves none of these figures"
    for one in true:
        outside = found.assign(true=one["value"])[~held(one, found)]
        assert outside.empty, outside.to_string()
    pd.testing.assert_series_equal(found["value"], blind["value"])


def casework(spoilt: Spoilt) -> CaseworkSetAside:
    tables, facts = night(delivered(spoilt)[0])
    return casework_set_aside(tables=tables, facts=facts)


def case_row(change: Mapping[str, Any], *, is_doublet: bool = False) -> Spoilt:
    return Spoilt("immigration.cases", {"case_id": "0000~C1"}, change, is_doublet=is_doublet)


def test_a_row_that_says_whose_it_is_moves_theirs_alone() -> None:
    found = casework(case_row({"case_type": None}))
    assert found.people.index.tolist() == ["0000~A0001AA"]
    assert (found.decisions, found.reversals, found.cases) == (0, 0, 1)
    assert not found.people["may_revoke"].any()
    assert casework(case_row({"cid_person_id": None})).decisions == 1


def test_rows_that_hide_no_decision_move_no_range_of_decisions() -> None:
    other_kind = casework(case_row({"case_type": "ASYLUM", "cid_person_id": None}))
    recorded_anew = casework(case_row({"recorded_at": RECORDED}, is_doublet=True))
    for found in (other_kind, recorded_anew):
        assert found.people.empty
        assert (found.decisions, found.reversals, found.cases, found.contested) == (
            0, 0, 0, frozenset())  # fmt: skip


@pytest.mark.parametrize(
    ("change", "concerned"),
    [
        pytest.param({"nationality": "BRIT"}, ["0002~A0001AA"], id="another nationality"),
        pytest.param({"nationality": None}, ["0002~A0001AA"], id="no nationality"),
        pytest.param({"postcode": "LS1 1AA", "recorded_at": RECORDED}, [], id="another address"),
        pytest.param({"first_name": "Ada", "recorded_at": RECORDED}, [], id="half empty"),
        pytest.param({"date_of_birth": date(1971, 5, 17)}, ["0002~A0001AA"], id="another birthday"),
    ],
)
def test_one_of_two_rows_of_a_person_hides_what_it_alone_says(
    change: Mapping[str, Any], concerned: list[str]
) -> None:
    tables, _ = delivered(
        Spoilt("prison.persons", {"prisoner_number": "0002~A0001AA"}, change, is_doublet=True)
    )
    accepted, facts = night(tables)
    found = people_set_aside(tables=accepted, facts=facts)
    assert found["prisoner_number"].tolist() == concerned
    assert not found["is_unread"].any()


def held(true: pd.DataFrame, ranges: pd.DataFrame) -> pd.Series:
    """Which true numbers lie in their ranges; a group that only the truth knows is in no night."""
    value = true["value"].reindex(ranges.index, fill_value=0.0)
    return value.between(ranges["low"], ranges["high"]) | (value.isna() & ranges["value"].isna())
