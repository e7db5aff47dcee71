"""Rivals for one record: how many pairs of them are made."""

import pandas as pd
import pytest

from benchmarks.samples.person_pairs import invent
from jobs.contract.results import DECISIONS, IDENTITIES
from jobs.link import link_registers
from jobs.link.decide import duplicates
from jobs.link.decide.duplicates import _within_budget


def rivals(*fitting: int) -> pd.DataFrame:
    """For each number a record that so many persons of the other side fit."""
    others = [record for record, count in enumerate(fitting) for _ in range(count)]
    return pd.DataFrame({"own": range(len(others)), "other": others})


@pytest.mark.parametrize(
    ("budget", "kept"),
    [
        pytest.param(4 + 9 + 100, [2, 3, 10], id="all fit in the budget"),
        pytest.param(4 + 9 + 99, [2, 3], id="the record that fits most goes first"),
        pytest.param(4, [2], id="the two with the most go"),
        pytest.param(0, [], id="nothing fits"),
    ],
)
def test_pairs_of_rivals_are_counted_before_they_are_made(budget, kept, caplog):
    with caplog.at_level("INFO", logger="jobs"):
        found = _within_budget(rivals(3, 10, 2), budget, "l")
    assert sorted(found.groupby("other").size()) == kept
    left_out = {3: 0, 2: 100, 1: 109, 0: 113}[len(kept)]
    said = f"left out {left_out} pairs of records that fit the same one, of {3 - len(kept)} records"
    assert (said in caplog.text) == (len(kept) < 3)


def test_nobody_is_compared_with_rivals_beyond_the_budget(monkeypatch):
    # Two records of one person are only known as one if rivals are compared at all.
    tables = dict(invent(seed=7, shared=120, alone=60).tables)
    persons = tables["immigration.persons"]
    again = persons.slice(0, 20).to_pandas()
    again["cid_person_id"] = "again " + again["cid_person_id"]
    tables["immigration.persons"] = persons.from_pandas(
        pd.concat([persons.to_pandas(), again]), schema=persons.schema, preserve_index=False
    )

    def linked() -> int:
        links = link_registers(
            tables=tables,
            decisions=DECISIONS.empty(),
            previous_identities=IDENTITIES.empty(),
        ).links
        return int((links["outcome"] == "linked").sum())

    compared = linked()
    monkeypatch.setattr(duplicates, "budget_for", lambda _: 0)
    assert linked() <= compared - 20
