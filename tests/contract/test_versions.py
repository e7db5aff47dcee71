"""What is declared under a version changes only under a new one, with a line in the changelog.

The reference is the committed ``docs/versions.csv``; `jobs.contract.versions` says why.
"""

from dataclasses import replace

import pytest

from jobs.assess import load_policy
from jobs.contract import immigration, prison, registers
from jobs.contract.schema import Table
from jobs.contract.versions import DIGITS, Declared, contract, versions_csv
from jobs.operate.declared_versions import declared_versions, rules_digest
from jobs.report import FIGURES
from jobs.report.figures.definition_versions import definition_digest
from jobs.runtime.errors import BadInput
from jobs.runtime.settings import ROOT

MISSED = next(figure for figure in FIGURES if figure.id == "missed.total")
FIRST = Declared(name="missed.total", version="1", digest="a" * 64, raised_in="since")
CHANGED = replace(FIRST, digest="b" * 64)
TOLD = "- `missed.total`, version 2: 1,023 before, 1,019 after.\n"


def known() -> str:
    return versions_csv(known="", declared=[FIRST], changelog="")


def test_every_declaration_is_the_one_on_record() -> None:
    """Where this fails: raise the version, write the CHANGELOG line, run ``make docs``."""
    recorded = (ROOT / "docs" / "versions.csv").read_text(encoding="utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    declared = declared_versions()
    assert versions_csv(known=recorded, declared=declared, changelog=changelog) == recorded
    assert {"contract", "policy", "missed.total"} <= {each.name for each in declared}


@pytest.mark.parametrize("name", ["contract", "policy", "missed.total"])
def test_a_declaration_changed_under_its_version_fails(name: str) -> None:
    recorded = (ROOT / "docs" / "versions.csv").read_text(encoding="utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    each = next(each for each in declared_versions() if each.name == name)
    with pytest.raises(BadInput, match=rf"\[{name}\]: it is not that of version .*; raise "):
        versions_csv(known=recorded, declared=[replace(each, digest="b" * 64)], changelog=changelog)


def test_a_new_version_without_a_line_in_the_changelog_fails() -> None:
    newer = replace(CHANGED, version="2")
    for silent in ("", "- `missed.people`, version 2\n", "- `missed.total`, version 21\n"):
        with pytest.raises(BadInput, match="does not tell of version"):
            versions_csv(known=known(), declared=[newer], changelog=silent)


def test_a_new_version_is_added_and_the_old_one_stays() -> None:
    newer = replace(CHANGED, version="2")
    lines = versions_csv(known=known(), declared=[newer], changelog=TOLD).splitlines()
    assert lines == [
        "name,version,digest",
        f"missed.total,1,{FIRST.digest[:DIGITS]}",
        f"missed.total,2,{newer.digest[:DIGITS]}",
    ]


@pytest.mark.parametrize("field", ["definition", "population", "unit", "groups"])
def test_whatever_changes_a_count_changes_the_digest_of_its_figure(field: str) -> None:
    other = replace(MISSED, **{field: "another"})  # type: ignore[arg-type]
    assert definition_digest(other) != definition_digest(MISSED)


def test_a_better_title_of_a_figure_needs_no_version() -> None:
    retitled = replace(MISSED, title="Another title", owner="Another owner")
    assert definition_digest(retitled) == definition_digest(MISSED)


def with_field(table: Table, which: str, /, **changes: object) -> Table:
    """The table with one field declared otherwise."""
    fields = tuple(
        replace(field, **changes) if field.name == which else field  # type: ignore[arg-type]
        for field in table.fields
    )
    return replace(table, fields=fields)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(with_field(prison.EPISODES, "prison_id", nullable=False), id="required"),
        pytest.param(with_field(prison.EPISODES, "prison_id", personal=True), id="personal"),
        pytest.param(with_field(prison.EPISODES, "prison_id", unit="days"), id="unit"),
        pytest.param(with_field(prison.EPISODES, "prison_id", name="jail"), id="renamed"),
        pytest.param(replace(prison.EPISODES, fields=prison.EPISODES.fields[:-1]), id="one less"),
        pytest.param(replace(prison.EPISODES, parents={}), id="no parents"),
        pytest.param(replace(prison.EPISODES, may_be_empty=True), id="may be empty"),
    ],
)
def test_whatever_changes_a_delivery_changes_the_contract(
    changed: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (registers.delivered_digest(), contract().digest)
    monkeypatch.setitem(registers.TABLES, "prison.episodes", changed)
    assert registers.delivered_digest() != before[0]
    assert contract().digest != before[1]


def test_another_code_changes_the_contract_and_no_landing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = (registers.delivered_digest(), contract().digest)
    stage = immigration.CASES.field("stage").codes
    assert stage is not None
    fewer = with_field(immigration.CASES, "stage", codes=replace(stage, codes=stage.codes[1:]))
    monkeypatch.setitem(registers.TABLES, "immigration.cases", fewer)
    assert registers.delivered_digest() == before[0]
    assert contract().digest != before[1]


def test_other_words_change_no_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    before = contract()
    reworded = with_field(prison.EPISODES, "prison_id", meaning="another", source="another")
    monkeypatch.setitem(registers.TABLES, "prison.episodes", replace(reworded, row="another"))
    assert contract() == before


def test_a_number_or_a_day_changes_the_rules_and_a_word_does_not() -> None:
    policy = load_policy()
    rule = policy.rules["consideration.due"]
    period = rule.period[0]

    def digest(**changes: object) -> str:
        changed = rule.model_copy(update=changes)
        return rules_digest(replace(policy, rules={**policy.rules, rule.id: changed}))

    same = digest()
    assert same == rules_digest(policy)
    assert digest(title="Another", says="Another") == same
    cited = period.model_copy(update={"citation": "another"})
    assert digest(period=(cited, *rule.period[1:])) == same
    numbers = {name: number + 1 for name, number in period.numbers.items()}
    counted = period.model_copy(update={"numbers": numbers})
    assert digest(period=(counted, *rule.period[1:])) != same
    off = period.model_copy(update={"switched_off": not period.switched_off})
    assert digest(period=(off, *rule.period[1:])) != same
