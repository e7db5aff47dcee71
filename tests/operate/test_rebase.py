"""The night before, assessed again: what a change of software did, told from what the data did."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from benchmarks.samples import deliveries, nights
from benchmarks.samples.minimal_registers import AS_OF, RECORDED, register_tables
from benchmarks.samples.positions import VERSIONS, frame
from expectations import suite
from jobs.assess import assess, load_policy
from jobs.check import check_night, check_results_of_night
from jobs.contract import results
from jobs.extract import Landing, land
from jobs.link import current_model, link_registers
from jobs.operate import rebase as rebasing
from jobs.operate.rebase import COMPARED_WITH, compared_with, rebase, versions_of
from jobs.report.movement import EXPLAINING, Position, Versions
from jobs.runtime.settings import Settings
from jobs.warehouse import JUDGEMENTS, Manifest, publish
from tests.expectations.test_result_checks import facts_of_a_night

pytestmark = pytest.mark.slow

DECIDED = {
    "prisoner_number": "A1002AA", "cid_person_id": "P1", "judgement": "must_not_link",
    "reviewer": "a reviewer", "reason": "seen both files",
    "decided_at": RECORDED,
}  # fmt: skip


def landings_at(folder: Path, *, kind: str = "parquet") -> dict[str, Landing]:
    """Both registers of the default world, landed from files or SQLite."""
    write = {
        "parquet": deliveries.as_parquet, "csv": deliveries.as_csv, "sqlite": deliveries.as_sqlite,
    }[kind]  # fmt: skip
    (folder / "site").mkdir(parents=True, exist_ok=True)
    return {
        register: land(
            register=register,
            source=write(register, register_tables(), folder / "site" / register),
            mapping=None,
            as_of=AS_OF,
            folder=folder / "landing",
        )
        for register in ("prison", "immigration")
    }


def position_of(landings: dict[str, Landing]) -> Position:
    """The night of these landings, with a reviewer's decision."""
    landed = {name: table for x in landings.values() for name, table in x.tables().items()}
    checked = check_night(tables=landed, as_of=AS_OF, suite=suite())
    linked = link_registers(
        tables=checked.tables,
        decisions=frame(results.DECISIONS, [DECIDED]),
        previous_identities=results.IDENTITIES.empty(),
    )
    assessed = assess(
        tables=checked.tables,
        links=linked.links,
        identities=linked.identities,
        as_of=AS_OF,
        policy=load_policy(),
    )
    return Position(
        as_of=AS_OF,
        publication_id="before",
        versions=VERSIONS,
        facts={
            "nightly.assessments": assessed.assessments,
            "nightly.links": linked.links,
            "nightly.identities": linked.identities,
            "nightly.quarantine": checked.quarantine,
        },
    )


def test_the_same_data_under_the_same_software_give_the_same_results(tmp_path: Path) -> None:
    landings = landings_at(tmp_path)
    before = position_of(landings)
    inputs = {name: landing.summary() for name, landing in landings.items()}
    again = rebase(
        before=before,
        inputs=inputs,
        landings=tmp_path / "landing",
        policy=load_policy(),
        model=current_model(),
    )
    assert again is not None
    for name, known in before.facts.items():
        assert again[name].equals(known), name


def test_what_is_assessed_again_is_kept_nowhere_for_others_to_edit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Movement is published from it, so it comes from the landings each time."""
    facts = {table.full_name: table.empty() for table in EXPLAINING}
    after = Position(
        as_of=AS_OF,
        publication_id="after",
        versions=Versions(code="new", rules="1", model="1"),
        facts=facts,
    )
    before = replace(after, publication_id="before", versions=replace(after.versions, code="old"))
    compared = SimpleNamespace(publication_id="before", manifest={"inputs": {}})
    again = {name: table.copy() for name, table in facts.items()}
    given: list[object] = []
    monkeypatch.setattr(rebasing, "warehouse", lambda _: nullcontext())
    monkeypatch.setattr(rebasing, "publications", lambda _: [compared])
    monkeypatch.setattr(rebasing, "read_position", lambda *_: before)
    monkeypatch.setattr(rebasing, "rebase", lambda **_: again)
    monkeypatch.setattr(rebasing, "explain_movement", lambda rebased, **_: given.append(rebased))
    for _ in range(2):
        rebasing.moved_since(
            "before",
            after=after,
            settings=Settings(data_dir=tmp_path),
            policy=load_policy(),
            model=current_model(),
        )
    assert [frames is again for frames in given] == [True, True]
    assert list(tmp_path.iterdir()) == []


def test_a_landing_that_is_gone_is_told_and_not_guessed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    landings = landings_at(tmp_path)
    before = position_of(landings)
    inputs = {name: {**x.summary(), "content_digest": "another"} for name, x in landings.items()}
    assert (
        rebase(
            before=before,
            inputs=inputs,
            landings=tmp_path / "landing",
            policy=load_policy(),
            model=current_model(),
        )
        is None
    )
    assert "cannot be assessed again" in caplog.text


def with_comparison(manifest: Manifest, other: str) -> Manifest:
    return replace(manifest, decisions={**manifest.decisions, COMPARED_WITH: other})


def test_a_night_is_compared_with_the_night_before(warehouse: sa.Engine) -> None:
    night = nights.manifest().as_json()
    found = compared_with(warehouse, manifest=night, as_of=nights.AS_OF, follows="before")
    assert found == "before"


def test_the_first_night_run_again_is_the_same_publication(warehouse: sa.Engine) -> None:
    plain = nights.manifest()
    assert compared_with(warehouse, manifest=plain.as_json(), as_of=nights.AS_OF, follows="") == ""
    first = with_comparison(plain, "")
    publish(warehouse, manifest=first, tables=nights.facts())
    assert compared_with(warehouse, manifest=plain.as_json(), as_of=nights.AS_OF, follows="") == ""


def test_new_data_of_the_first_night_are_compared_with_what_they_supersede(
    warehouse: sa.Engine,
) -> None:
    first = with_comparison(nights.manifest(), "")
    publish(warehouse, manifest=first, tables=nights.facts())
    other = nights.manifest(landing="b")
    found = compared_with(warehouse, manifest=other.as_json(), as_of=nights.AS_OF, follows="")
    assert found == first.publication_id
    second = with_comparison(other, found)
    publish(warehouse, manifest=second, tables=nights.facts(seed=2))
    assert (
        compared_with(warehouse, manifest=other.as_json(), as_of=nights.AS_OF, follows="") == found
    )


def test_contract_and_settings_are_software_too() -> None:
    manifest = nights.manifest().as_json()
    for change in ({"contract_version": "9"}, {"settings": {"link_engine": "another"}}):
        assert versions_of({**manifest, **change}).code != versions_of(manifest).code
    assert versions_of({**manifest, "policy_version": "9"}).rules == "9"


def test_decisions_are_read_back_from_the_links() -> None:
    links = [
        {"prisoner_number": "A", "cid_person_id": "P", "outcome": "linked", "decided_by": "x"},
        {"prisoner_number": "A", "cid_person_id": "Q", "outcome": "not_linked", "decided_by": "x"},
        {"prisoner_number": "A", "cid_person_id": "R", "outcome": "review"},
    ]
    read = rebasing._decisions(frame(results.LINKS, links))
    assert set(read["judgement"]) <= set(JUDGEMENTS)
    assert read["judgement"].tolist() == ["must_link", "must_not_link"]
    assert read["cid_person_id"].tolist() == ["P", "Q"]


@pytest.mark.parametrize(
    ("check", "bridge", "case"),
    [
        pytest.param(None, {}, {}, id="exact"),
        pytest.param("nightly.bridges.sum", {"opening": 5}, {}, id="an opening that is off"),
        pytest.param("nightly.bridges.sum", {"came_in": 2}, {}, id="a case that is not listed"),
        pytest.param("nightly.bridges.closing", {"closing": 2, "redefined": 1}, {}, id="a closing"),
        pytest.param("nightly.movement.listed", {}, {"after_status": "DUE"}, id="a status"),
        pytest.param("nightly.movement.cause.known", {}, {"cause": "other"}, id="a cause: other"),
    ],
)
def test_a_bridge_that_does_not_add_up_is_not_published(
    check: str | None, bridge: dict[str, object], case: dict[str, object]
) -> None:
    facts = facts_of_a_night()
    exact = {
        "figure_id": "missed.total", "before_publication_id": "b", "basis": "same_versions",
        "before_as_of_date": date(2006, 4, 24), "opening": 0, "redefined": 0, "came_in": 1,
        "went_out": 0, "closing": 1,
    }  # fmt: skip
    moved = {
        "figure_id": "missed.total", "episode_id": "E1", "cause": "newly_released", "change": 1,
        "before_status": "DUE", "after_status": "NOT_REFERRED",
    }  # fmt: skip
    facts["nightly.bridges"] = frame(results.BRIDGES, [{**exact, **bridge}])
    facts["nightly.movement"] = frame(results.MOVEMENT, [{**moved, **case}])
    checked = check_results_of_night(facts=facts, as_of=AS_OF, suite=suite()).results
    failed = set(checked.loc[~checked["passed"], "check_id"])
    assert failed == ({check} if check else set())
