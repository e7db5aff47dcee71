"""Planted cases: who is found, that a loss is told of, and that nobody planted is published."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from benchmarks.samples import nights
from benchmarks.samples.minimal_registers import AS_OF, default_rows, register_tables
from jobs.assess import Policy, load_policy
from jobs.check import accept_rows
from jobs.contract import results
from jobs.contract.proof.failure_kinds import KINDS as MEANINGS
from jobs.contract.proof.failure_kinds import MARK, PlantedCases
from jobs.link import current_model
from jobs.planted.failures import KINDS
from jobs.planted.people import EACH
from jobs.planted.sample import sample_of
from jobs.planted.self_test import plant, try_planted
from jobs.report.site.quality_page import PLANTED_LATER, with_planted
from jobs.warehouse import planted_cases, publish, record_planted

ALL_FOUND = PlantedCases(
    planted=dict.fromkeys(MEANINGS, EACH), found=dict.fromkeys(MEANINGS, EACH), sampled=3
)


def landed(folder: Path, tables: dict[str, pa.Table]) -> dict[str, Path]:
    """The tables as files of a landing."""
    files = {name: folder / f"{name}.parquet" for name in tables}
    for name, path in files.items():
        pq.write_table(tables[name], path)
    return files


def tried(
    files: dict[str, Path], *, as_of: date = AS_OF, policy: Policy | None = None
) -> PlantedCases:
    return try_planted(
        files=files,
        links=results.LINKS.empty(),
        as_of=as_of,
        seed="a publication",
        model=current_model(),
        policy=policy or load_policy(),
    )


def as_text(tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """Tables as a register of text delivers them."""
    return {
        name: arrow.cast(pa.schema([(column, pa.string()) for column in arrow.column_names]))
        for name, arrow in tables.items()
    }


@pytest.mark.parametrize(
    "as_of",
    [
        pytest.param(AS_OF, id="the night of 2006"),
        pytest.param(date(2024, 2, 29), id="a leap day under the law of today"),
    ],
)
def test_everybody_planted_is_found_and_nobody_else_is_blamed(as_of: date, tmp_path: Path) -> None:
    cases = tried(landed(tmp_path, register_tables()), as_of=as_of)
    assert cases == PlantedCases(**{**vars(ALL_FOUND), "seconds": cases.seconds})
    assert cases.line == "60 of 60 planted cases were found."
    assert cases.warnings == ()


def test_a_register_of_text_can_be_planted_too(tmp_path: Path) -> None:
    assert not tried(landed(tmp_path, as_text(register_tables()))).warnings


def test_a_rule_that_loses_people_is_told_by_kind(tmp_path: Path) -> None:
    policy = load_policy()
    rule = policy.rules["referral.non-eea-length"]
    longer = [period.model_copy(update={"numbers": {"months": 60}}) for period in rule.period]
    rules = policy.rules | {rule.id: rule.model_copy(update={"period": tuple(longer)})}
    cases = tried(landed(tmp_path, register_tables()), policy=replace(policy, rules=rules))
    assert cases.missed["never_referred"] == EACH
    assert any("[never_referred]" in warning for warning in cases.warnings)


def test_a_night_that_lists_too_few_or_too_many_is_told_of() -> None:
    lost = PlantedCases(planted={"recalled": 6}, found={"recalled": 4}, blamed=1)
    assert lost.line == "4 of 6 planted cases were found."
    assert "2 of 6 not found of the kind [recalled]" in lost.warnings[0]
    assert "1 person decided on in time" in lost.warnings[1]
    failed = PlantedCases(planted={}, found={}, failure="KeyError")
    assert failed.warnings == ("Planted cases could not be tried (KeyError).",)


def test_every_kind_has_its_meaning() -> None:
    assert [kind.id for kind in KINDS] == list(MEANINGS)


def test_the_sample_depends_on_no_order_and_keeps_people_whole(tmp_path: Path) -> None:
    many = [
        {**default_rows("prison.persons")[0], "prisoner_number": f"A{number:04}BB"}
        for number in range(200)
    ]
    held = [
        {**default_rows("prison.episodes")[0], "prisoner_number": f"A{number:04}BB",
         "episode_id": f"E{number}"}
        for number in range(200)
    ]  # fmt: skip
    tables = register_tables(prison_persons=many, prison_episodes=held)
    turned = {
        name: arrow.sort_by([(key, "descending") for key in arrow.column_names[:1]])
        for name, arrow in tables.items()
    }
    links = pd.DataFrame({"prisoner_number": [], "cid_person_id": []})
    (tmp_path / "turned").mkdir()
    first = sample_of(landed(tmp_path, tables), links=links, seed="one", people=20)
    again = sample_of(landed(tmp_path / "turned", turned), links=links, seed="one", people=20)
    other = sample_of(landed(tmp_path, tables), links=links, seed="two", people=20)

    def numbers(sample: dict[str, pa.Table], name: str) -> set[str]:
        return set(sample[name].column("prisoner_number").to_pylist())

    people = numbers(first, "prison.persons")
    assert len(people) == 20
    assert people == numbers(first, "prison.episodes") == numbers(again, "prison.persons")
    assert people != numbers(other, "prison.persons")


def test_nothing_planted_comes_into_a_publication_by_a_register() -> None:
    planted = plant(register_tables(), as_of=AS_OF).tables
    checked = accept_rows(tables=planted, as_of=AS_OF)
    for name, arrow in checked.accepted.items():
        for column in arrow.column_names:
            if pa.types.is_string(arrow.schema.field(column).type):
                values = [str(value) for value in arrow.column(column).to_pylist()]
                assert not any(value.startswith(MARK) for value in values), (name, column)
    assert checked.quarantine["rule_id"].str.endswith(".reserved").any()


def test_the_database_takes_no_publication_with_a_planted_case(warehouse: sa.Engine) -> None:
    facts = nights.facts()
    for name, column in (
        ("nightly.assessments", "episode_id"),
        ("nightly.assessments", "possible_case_id"),
        ("nightly.releases", "episode_id"),
        ("nightly.links", "cid_person_id"),
        ("nightly.identities", "person_id"),
        ("nightly.backlog", "case_id"),
    ):
        rows = facts[name].copy()
        rows.loc[rows.index[-1], column] = f"{MARK}007"
        with pytest.raises(RuntimeError, match="planted case"):
            publish(warehouse, manifest=nights.manifest(), tables=facts | {name: rows})
    with warehouse.connect() as connection:
        assert not connection.scalar(sa.text("SELECT count(*) FROM run.publications"))


def test_what_came_of_them_is_kept_and_never_changed(warehouse: sa.Engine) -> None:
    made = publish(warehouse, manifest=nights.manifest(), tables=nights.facts())
    assert planted_cases(warehouse, publication_id=made.publication_id) is None
    record_planted(warehouse, publication_id=made.publication_id, cases=ALL_FOUND)
    assert planted_cases(warehouse, publication_id=made.publication_id) == ALL_FOUND
    for change in ("UPDATE run.self_tests SET blamed = 0", "DELETE FROM run.self_tests"):
        with pytest.raises(sa.exc.IntegrityError), warehouse.begin() as connection:
            connection.execute(sa.text(change))
    with warehouse.connect() as connection:
        seen = connection.execute(sa.text("SELECT sum(found_count) FROM report.planted_cases"))
        assert seen.scalar() == len(MEANINGS) * EACH


def test_the_page_says_what_was_not_known_when_it_was_made() -> None:
    page = f"<p>{PLANTED_LATER}</p>"
    assert "60 of 60 planted cases were found." in with_planted(page, ALL_FOUND)
    lost = PlantedCases(planted={"recalled": 6}, found={"recalled": 5})
    assert "not found of the kind [recalled]" in with_planted(page, lost)
