import json
from functools import cache

import pandas as pd
import pyarrow as pa
import pytest

from benchmarks.samples.person_pairs import (
    Invented,
    as_tables,
    decisions,
    invent,
    no_decisions,
    no_identities,
    shuffled,
)
from jobs.contract.results import IDENTITIES, LINKS
from jobs.link import Linked, link_registers
from jobs.link.model.thresholds import LINKED_FROM, REVIEW_FROM


@pytest.fixture(scope="module")
def world() -> Invented:
    return invent(seed=3, shared=600, alone=600)


@pytest.fixture(scope="module")
def night(world: Invented) -> Linked:
    """The world as it is linked without anybody's word."""
    return linked(world.tables)


@pytest.fixture(scope="module")
def links(night: Linked) -> pd.DataFrame:
    return night.links


def linked(tables, words=None, previous=None):
    return link_registers(
        tables=tables,
        decisions=no_decisions() if words is None else words,
        previous_identities=no_identities() if previous is None else previous,
    )


def pairs(links: pd.DataFrame, *outcomes: str) -> set[tuple[str, str]]:
    chosen = links[links["outcome"].isin(outcomes)]
    return set(zip(chosen["prisoner_number"], chosen["cid_person_id"], strict=True))


@cache
def others() -> dict[str, pa.Table]:
    return invent(seed=11, shared=150, alone=150).tables


def persons(prison: list[dict], immigration: list[dict], aliases: list[dict] | None = None):
    """Tables of these persons among 300 others on each side, so that evidence has a scale."""
    crowd = others()
    frames = {name: crowd[name].to_pandas() for name in crowd}
    held = [{"nationality": "JAMAICA", "gender": "M", **person} for person in prison]
    known = [{"nationality": "JAMAICA", "gender": "M", **person} for person in immigration]
    prison_frame = pd.concat([frames["prison.persons"], pd.DataFrame(held)])
    immigration_frame = pd.concat([frames["immigration.persons"], pd.DataFrame(known)])
    for frame in (prison_frame, immigration_frame):
        frame["date_of_birth"] = pd.to_datetime(frame["date_of_birth"])
    other_names = pd.DataFrame(aliases) if aliases else None
    return as_tables(prison_frame, immigration_frame, other_names)


def person(first: str, last: str, born: str, **more: str) -> dict:
    return {"first_name": first, "last_name": last, "date_of_birth": born, **more}


def test_most_true_pairs_are_linked_and_hardly_a_false_one(world, links):
    found = pairs(links, "linked")
    assert len(found & world.truth) / len(found) >= 0.995
    assert len(found & world.truth) / len(world.truth) >= 0.97
    assert len(pairs(links, "linked", "review") & world.truth) / len(world.truth) >= 0.99


def test_results_have_the_declared_columns(night, links):
    assert LINKS.frame(LINKS.arrow(links)).equals(links)
    identities = night.identities
    assert IDENTITIES.frame(IDENTITIES.arrow(identities)).equals(identities)
    assert len(identities) == 2 * 1200


def test_a_person_is_linked_at_most_once(links):
    certain = links[links["outcome"] == "linked"]
    assert certain["prisoner_number"].is_unique
    assert certain["cid_person_id"].is_unique


def test_outcomes_follow_the_probability(links):
    certain = links[links["outcome"] == "linked"]
    assert (certain["probability"] >= LINKED_FROM).all()
    assert (links["probability"] >= REVIEW_FROM).all()


def test_evidence_adds_up_to_the_match_weight_and_holds_no_name(world, links):
    for evidence, weight in zip(links["evidence"], links["match_weight"], strict=True):
        entries = json.loads(evidence)
        assert sum(entries.values()) == pytest.approx(weight, abs=0.001)
    last_names = set(world.tables["prison.persons"]["last_name"].to_pylist())
    text = " ".join(links["evidence"])
    assert not [name for name in last_names if name and f'"{name}' in text]


def test_the_order_of_rows_changes_nothing(world, night):
    again = linked(shuffled(world.tables, seed=5))
    assert again.links.equals(night.links)
    assert again.identities.equals(night.identities)


def test_a_link_that_must_be_is_made_whatever_the_model_says(world):
    strangers = ("A0001AA", "C0000001")
    prison, immigration = world.tables["prison.persons"], world.tables["immigration.persons"]
    strangers = (prison["prisoner_number"][0].as_py(), immigration["cid_person_id"][-1].as_py())
    assert strangers not in world.truth
    result = linked(world.tables, decisions([(*strangers, "must_link")]))
    row = result.links.set_index(["prisoner_number", "cid_person_id"]).loc[strangers]
    assert row["outcome"] == "linked"
    assert row["probability"] == 1.0
    assert row["decided_by"] == "R01"
    ids = result.identities.set_index("person_id")["identity_id"]
    assert ids[strangers[0]] == ids[strangers[1]]
    assert result.links["prisoner_number"].isin([strangers[0]]).sum() == 1


def test_a_link_that_must_not_be_is_never_made(world, links):
    certain = links[links["outcome"] == "linked"].iloc[0]
    pair = (certain["prisoner_number"], certain["cid_person_id"])
    result = linked(world.tables, decisions([(*pair, "must_not_link")]))
    row = result.links.set_index(["prisoner_number", "cid_person_id"]).loc[pair]
    assert row["outcome"] == "not_linked"
    assert row["probability"] == 0.0
    ids = result.identities.set_index("person_id")["identity_id"]
    assert ids[pair[0]] != ids[pair[1]]


def test_decisions_on_people_who_are_gone_change_nothing(world, links):
    words = decisions([("Z9999ZZ", "C9999999", "must_link")])
    assert linked(world.tables, words).links.equals(links)


def test_twins_of_whom_each_register_holds_one_go_to_review():
    born, last = "1970-03-04", "Ferrensby"
    tables = persons(
        [{"prisoner_number": "A9998AA", **person("Marlon", last, born)}],
        [{"cid_person_id": "C9999998", **person("Delroy", last, born)}],
    )
    links = linked(tables).links
    assert ("A9998AA", "C9999998") not in pairs(links, "linked")


def test_a_twin_whose_names_were_changed_over_goes_to_review():
    born = {"date_of_birth": "1970-03-04", "birth_place": "Oldtown", "postcode": "AB1 2CD"}
    tables = persons(
        [{"prisoner_number": "A9998AA", "first_name": "Ferrensby", "last_name": "Marlon", **born}],
        [{"cid_person_id": "C9999998", "first_name": "Dexter", "last_name": "Ferrensby", **born}],
    )
    result = linked(tables).links
    assert ("A9998AA", "C9999998") in pairs(result, "review")
    evidence = result.set_index("prisoner_number").loc["A9998AA", "evidence"]
    assert '"name used: names changed over"' in evidence
    assert "held: possible twins" in evidence


def test_twins_of_whom_both_are_in_both_registers_are_told_apart():
    born, last = "1970-03-04", "Ferrensby"
    tables = persons(
        [
            {"prisoner_number": "A9997AA", **person("Marlon", last, born)},
            {"prisoner_number": "A9998AA", **person("Delroy", last, born)},
        ],
        [
            {"cid_person_id": "C9999997", **person("Marlon", last, born)},
            {"cid_person_id": "C9999998", **person("Delroy", last, born)},
        ],
    )
    found = pairs(linked(tables).links, "linked")
    assert ("A9997AA", "C9999997") in found
    assert ("A9998AA", "C9999998") in found


def test_father_and_son_of_one_name_are_not_linked():
    tables = persons(
        [{"prisoner_number": "A9998AA", **person("Marlon", "Ferrensby", "1948-07-11")}],
        [{"cid_person_id": "C9999998", **person("Marlon", "Ferrensby", "1971-02-26")}],
    )
    assert ("A9998AA", "C9999998") not in pairs(linked(tables).links, "linked")


def test_two_records_of_one_person_in_one_register_share_the_link():
    same = person("Marlon", "Ferrensby", "1970-03-04", birth_place="Oldtown")
    tables = persons(
        [{"prisoner_number": "A9997AA", **same}, {"prisoner_number": "A9998AA", **same}],
        [{"cid_person_id": "C9999998", **same}],
    )
    result = linked(tables)
    both = {("A9997AA", "C9999998"), ("A9998AA", "C9999998")}
    assert both <= pairs(result.links, "linked")
    ids = result.identities.set_index("person_id")["identity_id"]
    assert ids["A9997AA"] == ids["A9998AA"] == ids["C9999998"]


def test_two_records_that_have_little_in_common_are_likely_one_if_a_third_fits_both():
    names = {"first_name": "Marlon", "last_name": "Ferrensby"}
    born, lives = {"date_of_birth": "1970-03-04"}, {"postcode": "AB1 2CD"}
    tables = persons(
        [
            {"prisoner_number": "A9997AA", **names, **born},
            {"prisoner_number": "A9998AA", **names, **lives},
        ],
        [{"cid_person_id": "C9999998", **names, **born, **lives}],
    )
    links = linked(tables).links.set_index(["prisoner_number", "cid_person_id"])
    probability = links["probability"].xs("C9999998", level="cid_person_id")
    assert probability["A9998AA"] > LINKED_FROM
    assert 0.9 < probability["A9997AA"] < LINKED_FROM


def test_twins_stay_two_people_although_one_record_bears_both_their_names():
    born = {"date_of_birth": "1970-03-04", "birth_place": "Oldtown", "postcode": "AB1 2CD"}
    marlon, dexter = (
        {"first_name": name, "last_name": "Ferrensby", **born} for name in ("Marlon", "Dexter")
    )
    tables = persons(
        [{"prisoner_number": "A9998AA", **marlon}],
        [{"cid_person_id": "C9999997", **marlon}, {"cid_person_id": "C9999998", **dexter}],
        aliases=[
            {
                "prisoner_number": "A9998AA",
                "alias_sequence": 1,
                "first_name": "Dexter",
                "last_name": "Ferrensby",
                "date_of_birth": pd.Timestamp("1970-03-04"),
            }
        ],
    )
    assert ("A9998AA", "C9999998") not in pairs(linked(tables).links, "linked")


def test_evidence_says_what_the_nationalities_add_before_any(links):
    first = json.loads(links["evidence"].iloc[0])
    assert list(first)[:2] == ["before evidence", "before evidence: these nationalities"]
    of_all = {json.loads(evidence)["before evidence"] for evidence in links["evidence"]}
    added = {
        json.loads(evidence)["before evidence: these nationalities"]
        for evidence in links["evidence"]
    }
    assert len(of_all) == 1
    assert len(added) > 1


def test_two_partners_who_fit_equally_well_but_may_be_two_people_go_to_review():
    same = {"first_name": "Marlon", "last_name": "Ferrensby"}
    tables = persons(
        [{"prisoner_number": "A9997AA", **same}, {"prisoner_number": "A9998AA", **same}],
        [{"cid_person_id": "C9999998", **same}],
    )
    links = linked(tables).links
    assert {("A9997AA", "C9999998"), ("A9998AA", "C9999998")} <= pairs(links, "review")


def test_one_name_with_a_birth_year_apart_and_no_number_is_never_linked_unseen():
    tables = persons(
        [{"prisoner_number": "A9998AA", **person("Marlon", "Ferrensby", "1970-03-04")}],
        [{"cid_person_id": "C9999998", **person("Marlon", "Ferrensby", "1971-11-27")}],
    )
    assert ("A9998AA", "C9999998") not in pairs(linked(tables).links, "linked")


def test_names_changed_over_are_seen_through():
    tables = persons(
        [{"prisoner_number": "A9998AA", **person("Marlon", "Ferrensby", "1970-03-04")}],
        [{"cid_person_id": "C9999998", **person("Ferrensby", "Marlon", "1970-03-04")}],
    )
    assert ("A9998AA", "C9999998") in pairs(linked(tables).links, "linked")


def test_an_alias_links_like_a_name():
    tables = persons(
        [{"prisoner_number": "A9998AA", **person("Clive", "Oldacre", "1962-09-01")}],
        [{"cid_person_id": "C9999998", **person("Marlon", "Ferrensby", "1970-03-04")}],
        aliases=[
            {
                "prisoner_number": "A9998AA",
                "alias_sequence": 1,
                "first_name": "Marlon",
                "last_name": "Ferrensby",
                "date_of_birth": pd.Timestamp("1970-03-04"),
            }
        ],
    )
    assert ("A9998AA", "C9999998") in pairs(linked(tables).links, "linked")


def test_placeholders_say_nothing():
    filler = {"pnc_number": "2000/0000000Z", "cro_number": "000000/00Z"}
    born = "1900-01-01"
    tables = persons(
        [{"prisoner_number": "A9998AA", **person("MIG_ERROR_X", "Ferrensby", born), **filler}],
        [{"cid_person_id": "C9999998", **person("DUPLICATE_X", "Ferrensby", born), **filler}],
    )
    links = linked(tables).links
    assert ("A9998AA", "C9999998") not in pairs(links, "linked")


def test_somebody_elses_number_alone_does_not_link():
    number = {"pnc_number": "2003/0062845E"}
    tables = persons(
        [{"prisoner_number": "A9998AA", **person("Clive", "Oldacre", "1952-09-21"), **number}],
        [{"cid_person_id": "C9999998", **person("Marlon", "Ferrensby", "1970-03-04"), **number}],
    )
    assert ("A9998AA", "C9999998") not in pairs(linked(tables).links, "linked")


@pytest.mark.parametrize("side", ["prison", "immigration"])
def test_an_empty_side_links_nobody_and_loses_nobody(world, side):
    tables = dict(world.tables)
    tables[f"{side}.persons"] = tables[f"{side}.persons"].slice(0, 0)
    result = linked(tables)
    assert result.links.empty
    assert len(result.identities) == 1200


def test_identities_stay_over_nights(world, night):
    second = linked(world.tables, previous=night.identities)
    assert second.identities.equals(night.identities)
