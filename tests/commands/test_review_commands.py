"""The review queue from the command line: its order, its records, its workbook and back."""

import json
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import sqlalchemy as sa
from click.testing import Result
from typer.testing import CliRunner

from benchmarks.samples import nights
from benchmarks.samples.minimal_registers import AS_OF
from benchmarks.samples.positions import episode, frame
from jobs.__main__ import app
from jobs.commands.publications.publication_reader import PublicationReader
from jobs.commands.review.review_workbook import (
    FIRST_ROW,
    SHEET,
    WARNING,
    read_review,
    write_review,
)
from jobs.contract import results
from jobs.operate.emails import persons_of
from jobs.review.consequences import queue, queue_of
from jobs.review.desk import Desk as ReviewDesk
from jobs.review.records import open_landings, with_records
from jobs.review.second_look import SecondLook
from jobs.runtime.errors import BadInput
from jobs.runtime.settings import load_settings
from jobs.warehouse import Reviewer, decisions, open_warehouse, publish, upgrade
from tests.operate.test_rebase import landings_at

NIGHT = str(AS_OF)
EVIDENCE = {"before evidence": -9.5, "given name: same": 6.25, "held: possible twins": 0.0}
PAIRS = [("A1001AA", "P1"), ("A1003AA", "P1"), ("A1002AA", "P1")]


def link(one: str, other: str, probability: float) -> dict[str, Any]:
    return {
        "prisoner_number": one, "cid_person_id": other, "probability": probability,
        "match_weight": 1.5, "outcome": "review", "evidence": json.dumps(EVIDENCE),
    }  # fmt: skip


def prisoner(number: str, status: str, **facts: Any) -> dict[str, Any]:
    return {**episode(f"E {number} {status}", status, **facts), "prisoner_number": number}


@dataclass(frozen=True)
class Desk:
    """A publication with three pairs in review, and the command line."""

    engine: sa.Engine
    folder: Path
    run: Callable[..., Result]

    def shown(self) -> pd.DataFrame:
        """The queue as it is exported."""
        with PublicationReader.of(AS_OF, load_settings()) as reader:
            landings = open_landings(reader.publication, folder=self.folder / "data" / "landing")
            return with_records(queue_of(reader.engine, reader.publication), landings)

    def confirm(self, number: int) -> None:
        """A second person confirms a decision."""
        desk = ReviewDesk(engine=self.engine, landings=self.folder / "data" / "landing")
        by = Reviewer(name="a second person", channel="page")
        SecondLook(desk=desk).confirm(number, reason="seen", by=by)

    def refused(self, *arguments: str) -> str:
        """The one line of a command that is refused."""
        ended = self.run(*arguments)
        assert isinstance(ended.exception, BadInput), ended.output
        return str(ended.exception)


@pytest.fixture
def kind() -> str:
    """How the registers deliver; a test may say otherwise."""
    return "parquet"


@pytest.fixture
def desk(
    database: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    for name in [n for n in os.environ if n.startswith("RECONCILIATION_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("RECONCILIATION_WAREHOUSE", database)
    monkeypatch.setenv("RECONCILIATION_DATA_DIR", str(tmp_path / "data"))
    landings = landings_at(tmp_path / "data", kind=kind)
    links = [
        link(*pair, probability) for pair, probability in zip(PAIRS, (0.3, 0.9, 0.5), strict=True)
    ]
    people = [
        prisoner("A1001AA", "DUE", seriousness=1, days_to_release=3, offence_code="DRUGS"),
        prisoner("A1002AA", "DUE", seriousness=4, days_to_release=1),
        prisoner("A1003AA", "NOT_REFERRED", seriousness=1),
    ]
    members = [
        {"register": "prison" if key[0] == "A" else "immigration", "person_id": key,
         "identity_id": f"ID {key}"}
        for key in sorted({"P2", *(key for pair in PAIRS for key in pair)})
    ]  # fmt: skip
    facts = nights.facts() | {
        "nightly.links": frame(results.LINKS, links),
        "nightly.assessments": frame(results.ASSESSMENTS, people),
        "nightly.identities": frame(results.IDENTITIES, members),
    }
    engine = open_warehouse(database)
    upgrade(engine)
    inputs = {name: landing.summary() for name, landing in landings.items()}
    publish(engine, manifest=replace(nights.manifest(), inputs=inputs), tables=facts)
    yield Desk(engine, tmp_path, lambda *words: CliRunner().invoke(app, list(words)))
    engine.dispose()


def test_a_serious_offender_about_to_be_released_comes_first() -> None:
    people = [
        prisoner("late", "DUE", seriousness=1, days_to_release=90),
        prisoner("soon", "VERIFY_NATIONALITY", seriousness=2, days_to_release=4),
        prisoner("soon", "OUT_OF_SCOPE", seriousness=1, days_to_release=1),
        prisoner("petty", "DUE", seriousness=5, days_to_release=1),
        prisoner("gone", "NOT_REFERRED", seriousness=3),
        prisoner("worse gone", "REFERRED_NOT_CONSIDERED", seriousness=1),
        prisoner("done", "CONSIDERED", seriousness=1, days_to_release=1),
    ]
    names = ["unassessed", "done", "gone", "petty", "worse gone", "late", "soon"]
    links = [link(name, "P1", 0.2 + 0.1 * place) for place, name in enumerate(names)]
    found = queue(links=frame(results.LINKS, links), assessments=frame(results.ASSESSMENTS, people))
    assert found["prisoner_number"].to_list() == [
        "soon", "late", "petty", "worse gone", "gone", "done", "unassessed",
    ]  # fmt: skip
    assert found["rank"].to_list() == list(range(1, 8))
    assert found["consequence"].iloc[0] == "serious offender, to be released"


def test_the_list_is_in_that_order(desk: Desk) -> None:
    lines = desk.run("review", "list", "--as-of", NIGHT).stdout.splitlines()
    assert [line.split(",")[1] for line in lines[1:]] == ["A1001AA", "A1002AA", "A1003AA"]


@pytest.mark.parametrize("kind", ["parquet", "csv", "sqlite"])
def test_a_pair_is_shown_with_both_records_and_its_evidence(desk: Desk) -> None:
    done = desk.run("review", "show", "A1001AA", "P1", "--as-of", NIGHT)
    assert done.exit_code == 0, done.exception
    said = done.stdout
    assert said.count("Amos") == 2
    assert "1970-05-17                      1970-05-17" in said
    assert "+6.25  given name: same" in said
    assert "held: possible twins" in said
    assert "not in the queue" in desk.refused("review", "show", "A1", "P1", "--as-of", NIGHT)


@pytest.mark.parametrize("kind", ["csv", "sqlite"])
def test_the_people_of_an_email_are_read_of_any_source(desk: Desk) -> None:
    with PublicationReader.of(AS_OF, load_settings()) as reader:
        persons = persons_of(reader.publication, load_settings())
    assert persons["prisoner_number"].tolist() == ["A1001AA", "A1002AA", "A1003AA"]
    assert persons["date_of_birth"].iloc[0] == pd.Timestamp(1970, 5, 17)


@pytest.mark.parametrize("kind", ["parquet", "csv", "sqlite"])
def test_a_workbook_loses_nothing_and_only_its_owner_can_read_it(desk: Desk) -> None:
    path = desk.folder / "queue.xlsx"
    done = desk.run("review", "export", str(path), "--as-of", NIGHT)
    assert "3 of 3 pairs" in done.stdout
    assert WARNING in done.stdout
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    shown = desk.shown()
    back = read_review(path)
    assert len(back) == len(shown)
    for name in shown.columns.drop("evidence"):
        for was, now in zip(shown[name], back[name], strict=True):
            assert (now is None) == bool(pd.isna(was))
            assert now is None or now == was, name
    evidence = list(openpyxl.load_workbook(path)["Evidence"].iter_rows(min_row=5, values_only=True))
    assert len(evidence) == len(shown) * len(EVIDENCE)
    assert {(str(row[3]), row[5]) for row in evidence} == {
        (entry.partition(": ")[0], weight) for entry, weight in EVIDENCE.items()
    }


def fill(desk: Desk, rows: dict[tuple[str, str], tuple[str | None, str | None, str | None]]) -> str:
    """Export, fill in the rows of these pairs, give the path."""
    path = desk.folder / "queue.xlsx"
    write_review(desk.shown(), path)
    book = openpyxl.load_workbook(path)
    sheet = book[SHEET]
    headings = [cell.value for cell in sheet[FIRST_ROW]]
    keys = headings.index("prisoner_number"), headings.index("cid_person_id")
    for row in sheet.iter_rows(min_row=FIRST_ROW + 1):
        given = rows.get((str(row[keys[0]].value), str(row[keys[1]].value)))
        for cell, value in zip(row[:3], given or (None, None, None), strict=True):
            cell.value = value
    book.save(path)
    return str(path)


def test_filled_rows_become_decisions_and_the_rest_waits(desk: Desk) -> None:
    path = fill(desk, {PAIRS[0]: ("must_link", "J. Reviewer", "one file"),
                       PAIRS[2]: ("must_not_link", "J. Reviewer", "two men")})  # fmt: skip
    done = desk.run("review", "import", path, "--as-of", NIGHT)
    assert done.stdout.startswith("2 decisions recorded"), done.output
    assert "but for 1 that wait for a second person: 1\n" in done.stdout
    assert decisions(desk.engine)["prisoner_number"].to_list() == ["A1002AA"]
    desk.confirm(1)
    held = decisions(desk.engine)
    shown = ["prisoner_number", "cid_person_id", "judgement", "reviewer", "reason"]
    assert held[shown].to_numpy().tolist() == [
        ["A1001AA", "P1", "must_link", "J. Reviewer", "one file"],
        ["A1002AA", "P1", "must_not_link", "J. Reviewer", "two men"],
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        pytest.param(("maybe", "J", "r"), r"row 7, judgement [maybe]: no such", id="judgement"),
        pytest.param(("must_link", None, "r"), "row 7: lacks [reviewer]", id="no name"),
        pytest.param(("must_link", "J", " "), "row 7: lacks [reason]", id="no reason"),
        pytest.param((None, "J", None), "row 7: has a [reviewer] and no judgement", id="half"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_imported(
    desk: Desk, row: tuple[str | None, ...], said: str
) -> None:
    path = fill(desk, {PAIRS[0]: ("must_link", "J", "r"), PAIRS[1]: row})  # type: ignore[dict-item]
    line = desk.refused("review", "import", path, "--as-of", NIGHT)
    assert f"workbook [queue.xlsx], sheet [Pairs], {said}" in line
    assert "A100" not in line
    assert decisions(desk.engine).empty


def test_a_contradiction_between_rows_is_refused_with_its_chain(desk: Desk) -> None:
    desk.run("review", "decide", *PAIRS[2], "must_link", "--reviewer", "B", "--reason", "r")
    desk.confirm(1)
    path = fill(desk, {PAIRS[0]: ("must_link", "J", "r"), PAIRS[2]: ("must_not_link", "J", "r")})
    book = openpyxl.load_workbook(path)
    assert desk.run("review", "import", path, "--as-of", NIGHT).exit_code == 0
    desk.confirm(2)
    for number, prisoner in ((4, "A1002AA"), (5, "A1001AA")):
        ended = desk.run(
            "review", "decide", prisoner, "P2", "must_link", "--reviewer", "B", "--reason", "r"
        )
        if number == 4:
            assert "decision 4 recorded; it waits for a second person" in ended.stdout
            desk.confirm(4)
    assert ended.exit_code != 0
    assert "A1002AA is not P1" in ended.stdout
    assert book.sheetnames == ["Pairs", "Evidence"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        pytest.param("none.xlsx", None, "no such file", id="no file"),
        pytest.param("text.xlsx", b"a,b", "not a workbook", id="no workbook"),
    ],
)
def test_another_file_is_refused(desk: Desk, name: str, content: bytes | None, said: str) -> None:
    path = desk.folder / name
    if content is not None:
        path.write_bytes(content)
    assert said in desk.refused("review", "import", str(path), "--as-of", NIGHT)


def test_who_cannot_tell_decides_nothing(desk: Desk) -> None:
    said = desk.run(
        "review", "decide", *PAIRS[0], "cannot_tell", "--reviewer", "B", "--reason", "too little"
    )
    assert "stays in the queue, for another reviewer" in said.stdout
    assert decisions(desk.engine).empty
    path = fill(desk, {PAIRS[1]: ("cannot_tell", "J", "r"), PAIRS[2]: ("must_not_link", "J", "r")})
    assert desk.run("review", "import", path, "--as-of", NIGHT).exit_code == 0
    assert len(decisions(desk.engine)) == 1


def test_every_look_and_word_of_the_command_line_is_in_the_audit_log(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "somebody")
    desk.run("review", "show", *PAIRS[0], "--as-of", NIGHT)
    desk.run("review", "list", "--as-of", NIGHT, "--most", "2")
    desk.run("review", "export", str(desk.folder / "queue.xlsx"), "--as-of", NIGHT)
    desk.run("review", "decide", *PAIRS[0], "must_link", "--reviewer", "B", "--reason", "r")
    desk.run("review", "withdraw", "1", "--by", "B", "--reason", "r")
    lines = desk.run("review", "audit").stdout.splitlines()
    actions = [line.split(",")[4] for line in reversed(lines[1:])]
    assert actions == ["look"] * (1 + 2 + 3) + ["decide", "withdraw"]
    # The user of the warehouse, whatever the environment or a typed name says.
    assert {line.split(",")[1] for line in lines[1:]} == {"postgres"}
    about = desk.run("review", "audit", "--person", "A1002AA", "--by", "postgres").stdout
    assert len(about.splitlines()) == 1 + 2
    assert len(desk.run("review", "audit", "--by", "B").stdout.splitlines()) == 1


def test_a_withdrawn_decision_no_longer_holds(desk: Desk) -> None:
    said = desk.run("review", "decide", *PAIRS[0], "must_link", "--reviewer", "B", "--reason", "r")
    number = said.stdout.splitlines()[-1].split()[1]
    ended = desk.run("review", "withdraw", number, "--by", "B", "--reason", "wrong file")
    assert ended.exit_code == 0
    assert decisions(desk.engine).empty


def test_a_link_of_somebody_on_a_list_says_what_it_changes_and_waits_for_a_second_person(
    desk: Desk,
) -> None:
    words = ("decide", "A1001AA", "P2", "must_link", "--reviewer", "B", "--reason", "one man")
    looked = desk.run("review", *words, "--look").stdout
    assert "The model never proposed this pair" in looked
    assert "Now: the prisoner's custody episodes are Due, drug offence of seriousness 1" in looked
    assert len(desk.run("review", "decisions").stdout.splitlines()) == 1, "a look records nothing"
    said = desk.run("review", *words).stdout
    assert "waits for a second person (a serious offence): somebody else must run" in said
    assert decisions(desk.engine).empty
    waiting = desk.run("review", "decisions", "--waiting").stdout.splitlines()
    assert waiting[1].startswith("1,waits,A1001AA,P2,must_link,B,postgres,")
    shown = desk.run("review", "confirm", "1").stdout
    assert "Decision 1: A1001AA and P2, must_link, by B (logged in as postgres): one man" in shown
    assert "The model never proposed this pair" in shown
    assert "Nothing is confirmed yet" in shown
    line = desk.refused("review", "confirm", "1", "--reason", "I am somebody else")
    assert line.startswith("decision [1]: is your own; somebody else must confirm it")
    desk.confirm(1)
    assert len(decisions(desk.engine)) == 1
    ledger = desk.run("review", "decisions").stdout
    assert "a second person" in ledger
    assert "does not wait" in desk.refused("review", "confirm", "1", "--reason", "again")


def test_a_decision_on_somebody_unknown_is_refused_in_one_line(desk: Desk) -> None:
    line = desk.refused(
        "review", "decide", "A9999ZZ", "P1", "must_link", "--reviewer", "B", "--reason", "r"
    )
    assert "a person whom the prison register of the last publication does not hold" in line
    assert "A9999ZZ" not in line
