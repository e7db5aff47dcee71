"""Copies of the pages for a prison or a team: whole, of their own rows, and of nobody else's."""

import csv
import json
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.samples.report_nights import AS_OF, Invented, invent
from jobs.contract import results
from jobs.contract.case_lists import CASE_LISTS, DUE, OPEN_CASES, UNCONSIDERED
from jobs.contract.view_models import Reader
from jobs.report import About, part_folder, render_pages
from jobs.report.figures.registry import FIGURES
from jobs.report.lists.list_rows import ListRows
from jobs.report.parts import part_pages
from jobs.report.parts.own_figures import own_figures
from jobs.report.parts.own_rows import own_facts
from jobs.report.parts.part_folders import PARTS, parts_of
from jobs.report.published import ALL, value_of
from jobs.report.summary.own_part import OF_CASES, OwnPart

pytestmark = pytest.mark.slow

ABOUT = About(as_of=AS_OF, publication_id="3f2a", runs_url="../runs.html")
GOVERNOR = Reader(prisons=("AAI",))
LEAD = Reader(teams=("Team 1",))
BOTH = Reader(prisons=("CCI", "BBI"), teams=("Team 2",))
STRANGER = Reader(prisons=("ZZI",))
READERS = (Reader(), GOVERNOR, LEAD, BOTH, STRANGER)
LIMITED = READERS[1:]
RENDERED = (GOVERNOR, LEAD)


@pytest.fixture(scope="module")
def world() -> Invented:
    """A night in which people of each prison, due for consideration, have a case of each team."""
    made = invent(episodes=240, has_changes=True)
    assessed, backlog = (t.of(made.facts) for t in (results.ASSESSMENTS, results.BACKLOG))
    due = assessed.index[assessed["is_due"].astype("bool")][: len(backlog)]
    assessed.loc[due, "case_id"] = backlog["case_id"].to_numpy()[: len(due)]
    return made


@pytest.fixture(scope="module")
def site(world: Invented, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    for reader in RENDERED:
        rendered(world, folder, reader)
    return folder


def rendered(world: Invented, folder: Path, reader: Reader) -> Path:
    """A copy for one reader; the pages of everybody have tests of their own."""
    made = folder / part_folder(reader)
    made.mkdir(parents=True)
    part_pages.render_part(facts=world.facts, about=ABOUT, folder=made, reader=reader)
    return made


def words_of(folder: Path) -> dict[str, set[str]]:
    """Every word in every file of a folder, workbooks opened."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                text = " ".join(book.read(name).decode() for name in book.namelist())
        elif path.is_file():
            text = path.read_text(encoding="utf-8")
        else:
            continue
        found[path.relative_to(folder).as_posix()] = set(re.findall(r"[\w-]+", text))
    return found


def references(facts: dict[str, pd.DataFrame], *columns: str) -> set[str]:
    """Every reference of a custody episode or a case that some tables name."""
    return {
        str(value)
        for name, table in results.NIGHTLY.items()
        for column in columns
        if column in table.columns
        for value in facts[name][column].dropna()
    }


def assert_names_nobody_else(world: Invented, made: Path, reader: Reader) -> int:
    """No file of a copy has the reference of a case that is not its own; give how many could."""
    columns = ("episode_id", "case_id", "possible_case_id", "step_key", "discrepancy_id")
    own = own_facts(world.facts, reader)
    foreign = references(world.facts, *columns) - references(own, *columns)
    found = words_of(made)
    assert {"index.html", "due.html", "data/consideration.xlsx", "data/due.csv"} <= set(found)
    assert {name: words & foreign for name, words in found.items() if words & foreign} == {}
    mine = own[results.ASSESSMENTS.full_name]
    listed = set(mine.loc[mine["is_due"].astype("bool"), "episode_id"])
    for name in ("data/due.csv", "data/consideration.xlsx"):
        assert listed <= found[name], name
    return len(foreign)


def assert_stays_inside(made: Path) -> None:
    """Every link leads to a file of the copy, and to a place that is there."""
    folder = made.resolve()
    texts = {path: path.read_text(encoding="utf-8") for path in folder.rglob("*.html")}
    assert len(texts) > 10
    for path, text in texts.items():
        for link in re.findall(r'(?:href|src)="([^"]*)"', text):
            file, _, anchor = link.partition("#")
            target = (path.parent / file).resolve() if file else path
            assert target.is_relative_to(folder), link
            assert target.is_file(), f"{path.name}: {link}"
            if anchor and not anchor.startswith("in="):
                assert f'id="{anchor}"' in texts[target], f"{path.name}: {link}"


@pytest.mark.parametrize("reader", RENDERED)
def test_no_file_of_a_copy_names_the_case_of_anybody_else(
    world: Invented, site: Path, reader: Reader
) -> None:
    assert assert_names_nobody_else(world, site / part_folder(reader), reader) > 100


@pytest.mark.parametrize("reader", RENDERED)
def test_every_link_of_a_copy_leads_into_it(site: Path, reader: Reader) -> None:
    assert_stays_inside(site / part_folder(reader))


@pytest.mark.long
def test_no_unit_of_a_world_sees_another(world: Invented, tmp_path: Path) -> None:
    """Every prison and every team there is, some together, and one that is in no register."""
    prisons = results.ASSESSMENTS.of(world.facts)["prison_id"].dropna().unique()
    teams = results.BACKLOG.of(world.facts)["team"].unique()
    every = [
        *(Reader(prisons=(str(each),)) for each in prisons),
        *(Reader(teams=(str(each),)) for each in teams),
        BOTH,
        STRANGER,
    ]
    assert len(every) > 10
    for reader in every:
        made = rendered(world, tmp_path, reader)
        assert assert_names_nobody_else(world, made, reader) > 50
        assert_stays_inside(made)


def test_whose_an_episode_is_follows_from_its_prison_and_from_its_open_case(
    world: Invented,
) -> None:
    """One that lies in a prison and in a team's case is in the copy of each, and in no third."""
    assessed, backlog = (t.of(world.facts) for t in (results.ASSESSMENTS, results.BACKLOG))
    of_team = set(backlog.loc[backlog["team"].eq("Team 1"), "case_id"])
    both = assessed[assessed["prison_id"].eq("AAI") & assessed["case_id"].isin(of_team)]
    assert len(both)
    episode = both["episode_id"].iloc[0]
    seen = {
        reader: set(own_facts(world.facts, reader)[results.ASSESSMENTS.full_name]["episode_id"])
        for reader in LIMITED
    }
    assert [episode in seen[reader] for reader in LIMITED] == [True, True, False, False]
    # Moved to another prison: it leaves the copy of the one and comes into that of the other.
    moved = assessed.assign(
        prison_id=assessed["prison_id"].mask(assessed["episode_id"].eq(episode), "BBI")
    )
    facts = {**world.facts, results.ASSESSMENTS.full_name: moved}
    for reader, is_seen in ((GOVERNOR, False), (LEAD, True), (BOTH, True)):
        own = own_facts(facts, reader)
        for table in (results.ASSESSMENTS, results.REASONS):
            assert (episode in set(own[table.full_name]["episode_id"])) is is_seen, table.full_name


def test_a_table_that_says_not_whose_its_rows_are_is_left_empty(world: Invented) -> None:
    own = own_facts(world.facts, BOTH)
    for table in (
        results.LINKS,
        results.IDENTITIES,
        results.QUARANTINE,
        results.ROW_COUNTS,
        results.CHECK_RESULTS,
        results.FIGURES,
        results.BRIDGES,
        results.PROFILE,
    ):
        assert own[table.full_name].empty, table.full_name
        assert table is results.BRIDGES or table is results.PROFILE or len(table.of(world.facts))
    assert own_facts(
        {
            results.ASSESSMENTS.full_name: results.ASSESSMENTS.of(world.facts),
            results.BACKLOG.full_name: results.BACKLOG.of(world.facts),
        },
        BOTH,
    ).keys() == {results.ASSESSMENTS.full_name, results.BACKLOG.full_name}


@pytest.mark.parametrize("reader", LIMITED)
def test_the_numbers_are_those_of_the_readers_email(world: Invented, reader: Reader) -> None:
    figures = own_figures(ListRows(own_facts(world.facts, reader)))
    part = OwnPart(facts=world.facts, reader=reader)
    for figure in part.figures:
        assert value_of(figures, figure.figure_id) == figure.value, figure.figure_id
    assert set(OF_CASES) <= {figure.figure_id for figure in part.figures}


@pytest.mark.parametrize("reader", RENDERED)
def test_a_number_of_a_copy_opens_its_rows(world: Invented, site: Path, reader: Reader) -> None:
    """The CSV of a list says of each row which figures count it: as many as the figure says."""
    folder = site / part_folder(reader)
    lists = ListRows(own_facts(world.facts, reader))
    figures = own_figures(lists).set_index(["figure_id", "group_value"])["value"]
    seen = 0
    for listed in CASE_LISTS.values():
        path = folder / "data" / f"{listed.name}.csv"
        if listed is OPEN_CASES and not reader.teams:
            assert not path.exists()
            continue
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [row["counted_in"].split("; ") for row in csv.DictReader(file)]
        assert len(rows) == figures[listed.total, ALL]
        for figure in (f for f in FIGURES if f.on == listed.name and not f.is_whole_list):
            if figure.id == "missed.people":
                continue
            for group, value in figures[figure.id].items() if figure.id in figures else ():
                said = figure.id if group == ALL else f"{figure.id}={group}"
                assert sum(said in row for row in rows) == value, said
                seen += 1
    assert seen > 20


def test_a_copy_says_whose_it_is_and_gives_the_whole_in_totals(world: Invented, site: Path) -> None:
    everywhere = value_of(results.FIGURES.of(world.facts), UNCONSIDERED.total)
    part = OwnPart(facts=world.facts, reader=GOVERNOR)
    for path in (site / part_folder(GOVERNOR)).rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert f"Only what {part.name} answers for is here" in text, path.name
        assert not re.search(r">(nan|None|NaT|<NA>)<", text), path.name
    front = (site / part_folder(GOVERNOR) / "index.html").read_text(encoding="utf-8")
    assert part.headline.first_line in front
    assert part.nation in front
    assert "What follows is said of everybody" in front
    assert ">Low<" not in front
    listed = (site / part_folder(GOVERNOR) / f"{UNCONSIDERED.name}.html").read_text()
    assert f"Everywhere: {everywhere:,.0f}." in listed
    package = json.loads((site / part_folder(GOVERNOR) / "data" / "datapackage.json").read_text())
    assert {each["name"] for each in package["resources"]} >= {DUE.name, "figures", "census"}


def test_readers_of_the_same_share_a_copy_and_names_alike_do_not() -> None:
    assert parts_of([Reader(), Reader()]) == {}
    same = parts_of([BOTH, Reader(prisons=("BBI", "CCI", "BBI"), teams=("Team 2",))])
    assert list(same.values()) == [Reader(prisons=("BBI", "CCI"), teams=("Team 2",))]
    alike = [
        Reader(teams=("Team 1",)), Reader(teams=("team-1",)), Reader(prisons=("Team 1",)),
        Reader(teams=("../..",)), Reader(teams=("x" * 300,)), Reader(teams=("x" * 301,)),
        Reader(prisons=("A", "B")), Reader(prisons=("A-B",)), Reader(prisons=("A",), teams=("B",)),
    ]  # fmt: skip
    folders = [part_folder(reader) for reader in alike]
    assert len(set(folders)) == len(alike)
    for folder in folders:
        assert re.fullmatch(rf"{PARTS}/[a-z0-9-]{{8,60}}", folder)


def test_copies_stand_beside_the_pages_of_everybody_where_they_are_asked_for(
    world: Invented, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part_pages, "render_site", lambda **_: None)
    made: list[Path] = []
    monkeypatch.setattr(part_pages, "render_part", lambda folder, **_: made.append(folder))
    render_pages(facts=world.facts, about=ABOUT, folder=tmp_path, readers=[Reader()])
    assert not (tmp_path / PARTS).exists()
    render_pages(facts=world.facts, about=ABOUT, folder=tmp_path, readers=READERS)
    assert made == [tmp_path / part_folder(reader) for reader in LIMITED]
    assert all(folder.is_dir() for folder in made)


@pytest.mark.long
def test_the_same_rows_in_any_order_give_the_same_copy(
    world: Invented, site: Path, tmp_path: Path
) -> None:
    facts = {name: frame.sample(frac=1, random_state=3) for name, frame in world.facts.items()}
    shuffled = Invented(tables=world.tables, facts=facts, reported=world.reported)
    made = rendered(shuffled, tmp_path, GOVERNOR)
    first, second = (
        {path.relative_to(f): path.read_bytes() for path in f.rglob("*") if path.is_file()}
        for f in (site / part_folder(GOVERNOR), made)
    )
    assert first == second
