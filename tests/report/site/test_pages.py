"""The site: whole, the same every time, safe to show, and readable by everyone."""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import jinja2
import pandas as pd
import pytest

from benchmarks.samples.report_nights import AS_OF, Invented, invent, report
from jobs.assess.decide.discrepancy_rules import DISCREPANCIES
from jobs.contract import results
from jobs.contract.case_lists import CASE_LISTS
from jobs.contract.results.assessed import DISCREPANCY_KINDS
from jobs.contract.view_models import day_text
from jobs.report import headline, key_figure, render_site
from jobs.report.charts.waterfall import bridges
from jobs.report.figures.inputs import FigureInputs
from jobs.report.figures.registry import compute_figures
from jobs.report.lists.list_rows import rows_of
from jobs.report.site import site as site_module
from jobs.report.site.pages import PAGES
from jobs.report.site.quality_page import QUALITY_PAGE
from jobs.runtime.files import whole_folder
from tests.report.site.conftest import ABOUT, NOTICE, several_due

pytestmark = pytest.mark.slow

VOID = {"meta", "link", "input", "br", "hr", "img"}
LIGHT = 500_000
"""Bytes: no page is larger."""


class Outline(HTMLParser):
    """What a page is made of; fails on a tag that does not close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        assert self.stack == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, given))
        if given.get("id"):
            self.ids.append(str(given["id"]))
        for name in ("href", "src"):
            if given.get(name):
                self.links.append(str(given[name]))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if dict(attrs).get("id"):
            self.ids.append(str(dict(attrs)["id"]))

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def count(self, tag: str) -> int:
        return sum(1 for name, _ in self.tags if name == tag)


@pytest.fixture(scope="module")
def site(world: Invented, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("a site")
    render_site(facts=world.facts, about=ABOUT, folder=folder)
    return folder


def pages(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.rglob("*.html")):
        yield path, path.read_text(encoding="utf-8")


def rendered(world: Invented, folder: Path, **changes: pd.DataFrame) -> Path:
    facts = {**world.facts, **{f"nightly.{name}": frame for name, frame in changes.items()}}
    render_site(facts=facts, about=ABOUT, folder=folder)
    return folder


def test_the_first_page_says_what_the_headline_says(world: Invented, site: Path) -> None:
    text = (site / "index.html").read_text(encoding="utf-8")
    top = headline(world.reported.figures)
    assert top.first_line in text
    for figure in top.figures:
        assert f'<span class="big">{figure.text}</span>' in text


def test_every_page_is_well_formed_and_ids_are_unique(site: Path) -> None:
    for path, text in pages(site):
        outline = Outline(text)
        assert len(outline.ids) == len(set(outline.ids)), path.name
        assert outline.count("h1") == 1, path.name


def test_every_link_leads_somewhere_inside_the_site(site: Path) -> None:
    targets = {path.resolve(): set(Outline(text).ids) for path, text in pages(site)}
    for path, text in pages(site):
        for link in Outline(text).links:
            assert not re.match(r"[a-z]+:|//", link), f"{path.name} leads out: {link}"
            file, _, anchor = link.partition("#")
            target = (path.parent / file).resolve() if file else path.resolve()
            assert target.exists(), f"{path.name}: {link}"
            if anchor and not anchor.startswith("in="):
                assert anchor in targets[target], f"{path.name}: {link}"


def test_every_table_has_a_caption_and_headings_with_a_scope(site: Path) -> None:
    for path, text in pages(site):
        outline = Outline(text)
        assert outline.count("table") == outline.count("caption"), path.name
        assert all(given.get("scope") for tag, given in outline.tags if tag == "th"), path.name


def test_every_drawing_has_words_and_numbers_beside_it(site: Path) -> None:
    text = (site / "unconsidered.html").read_text(encoding="utf-8")
    assert text.count('role="img" aria-label="') == text.count("<figure") == 1
    assert "The numbers of this chart" in text


def test_pages_hold_no_personal_value(world: Invented, site: Path) -> None:
    numbers = set(world.facts["nightly.assessments"]["prisoner_number"])
    persons = set(world.facts["nightly.links"]["cid_person_id"])
    for path in sorted(site.rglob("*")):
        if path.is_file() and path.suffix != ".xlsx":
            words = set(re.findall(r"\w+", path.read_text(encoding="utf-8")))
            assert not words & (numbers | persons), path.name


def test_the_same_facts_in_any_order_give_the_same_bytes(
    world: Invented, site: Path, tmp_path: Path
) -> None:
    shuffled = {
        name: frame.sample(frac=1, random_state=5, ignore_index=True)
        for name, frame in world.facts.items()
    }
    render_site(facts=shuffled, about=ABOUT, folder=tmp_path / "again")
    first = {p.relative_to(site): p.read_bytes() for p in site.rglob("*") if p.is_file()}
    again = {
        p.relative_to(tmp_path / "again"): p.read_bytes()
        for p in (tmp_path / "again").rglob("*")
        if p.is_file()
    }
    assert first == again


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("not_found", "of somebody who was looked for and cannot be found"),
        ("not_sought", "nobody has looked"),
        ("located", "of whom it is known where they are"),
        ("questioned", "who was located, and answered a questionnaire"),
        ("withdrawn_after_release", "considered in time, and the decision was withdrawn"),
    ],
)
def test_a_list_begins_with_a_sentence_on_whom_it_holds(site: Path, name: str, words: str) -> None:
    assert words in (site / f"{name}.html").read_text(encoding="utf-8")


def test_a_list_of_one_says_so_and_a_nationality_that_is_missing_too(bare_site: Path) -> None:
    text = (bare_site / "not_found.html").read_text(encoding="utf-8")
    assert "One in all." in text
    assert "not recorded" in text


def rows_of_file(path: Path) -> int:
    """How many rows a list's file says it has; each of its columns has a text for each."""
    name, _, content = path.read_text(encoding="utf-8").partition(",")
    assert name == f'listed("{path.stem}"'
    read = json.loads(content.removesuffix(");\n"))
    for column in [*read["columns"], *(read[key] for key in ("links", "tags") if key in read)]:
        assert len(column.get("places", column["texts"])) == read["count"]
        assert max(column.get("places", [0])) < len(column["texts"])
    return int(read["count"])


@pytest.mark.long
def test_a_long_list_stays_light_and_is_whole_in_its_file_and_as_csv(tmp_path: Path) -> None:
    world = invent(episodes=26_000)
    rendered(world, tmp_path)
    assert all(path.stat().st_size < LIGHT for path in tmp_path.rglob("*.html"))
    for name, figure in (("missed", "missed.undecided"), ("backlog", "backlog.open")):
        number = key_figure(world.reported.figures, figure).value
        assert rows_of_file(tmp_path / "data" / f"{name}.js") == number
        with (tmp_path / "data" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            assert len(list(csv.DictReader(file))) == number
        page = (tmp_path / f"{name}.html").read_text(encoding="utf-8")
        assert f"{number:,.0f} in all, the first 250 on the page without scripts." in page


@pytest.mark.long
def test_no_page_is_heavy_however_long_the_reasons_are(world: Invented, tmp_path: Path) -> None:
    reasons = world.facts["nightly.reasons"]
    long = reasons.assign(finding=reasons["finding"] + " and this besides" * 40)
    rendered(world, tmp_path, reasons=long)
    sizes = [path.stat().st_size for path in tmp_path.rglob("*.html")]
    assert max(sizes) < LIGHT < sum(sizes)
    cases = sorted((tmp_path / "cases").glob("*.html"))
    assert len(cases) > 2
    assert [path.name for path in cases] == [f"reasons-{n + 1:03d}.html" for n in range(len(cases))]
    for path, text in pages(tmp_path):
        for link in re.findall(r'href="([^"#]*reasons-\d+\.html)#(case-\d+)"', text):
            assert f'id="{link[1]}"' in (path.parent / link[0]).read_text(encoding="utf-8")


def test_the_reasons_of_a_case_say_since_when_it_is_listed(
    world: Invented, told_site: Path
) -> None:
    due = rows_of(CASE_LISTS["due"], world.facts)["episode_id"]
    told = {
        episode: section
        for path in (told_site / "cases").glob("*.html")
        for episode, section in re.findall(
            r'<section class="case".*?<bdi>(.*?)</bdi>(.*?)</section>',
            path.read_text(encoding="utf-8"),
            re.DOTALL,
        )
    }
    since = day_text(AS_OF - timedelta(days=3))
    assert due.size
    for episode in due:
        assert re.search(rf"Listed under (.*, )?Due(, .*)? since {since}: ", told[episode]), episode
    assert not all("Listed under" in section for section in told.values())


def test_hostile_text_of_a_register_stays_text(hostile_site: Path) -> None:
    for path in (hostile_site / "data").glob("*.js"):
        assert "<" not in path.read_text(encoding="utf-8"), path.name
    for path, text in pages(hostile_site):
        Outline(text)
        assert "<script>alert" not in text, path.name
        assert "\u202e" not in text, path.name
    assert "&lt;script&gt;alert(1)" in (hostile_site / "census.html").read_text(encoding="utf-8")


def test_a_cell_that_looks_like_a_formula_is_text(hostile_site: Path) -> None:
    assert "'=HYPERLINK()" in (hostile_site / "data" / "census.csv").read_text(encoding="utf-8")


def test_people_due_open_their_cases_where_each_has_one(world: Invented, told_site: Path) -> None:
    census = world.facts["nightly.census"]
    held = several_due(census)
    assert len(held) == 2
    page = (told_site / "census.html").read_text(encoding="utf-8")
    rows = {str(code): page.partition(f"<bdi>{code}</bdi>")[2].partition("</tr>")[0]
            for code in census.loc[held, "prison_id"]}  # fmt: skip
    assert ["#in=" in row for row in rows.values()] == [False, True]
    assert all('href="due.html' in row for row in rows.values())


def test_a_night_without_cases_has_a_whole_site(tmp_path: Path) -> None:
    frames = {name: table.empty() for name, table in results.NIGHTLY.items()}
    figures = compute_figures(FigureInputs(frames=frames, as_of=AS_OF))
    render_site(facts={**frames, "nightly.figures": figures}, about=ABOUT, folder=tmp_path)
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "No: nobody has been released without consideration" in text
    for _, page in pages(tmp_path):
        Outline(page)
        assert "nan" not in re.sub(r"<style.*?</style>", "", page).split()


def test_outcomes_and_discrepancies_are_pages_where_the_publication_has_them(
    site: Path, bare_site: Path
) -> None:
    discrepancies = (site / "discrepancies.html").read_text(encoding="utf-8")
    assert "Discrepancies between the registers" in discrepancies
    assert "For each 1,000 rows" in discrepancies
    assert (site / "data" / "to-mend-prison.csv").exists()
    assert "cid_person_id" not in (site / "data" / "to-mend-prison.csv").read_text()
    assert not (bare_site / "outcomes.html").exists()
    assert "outcomes.html" not in (bare_site / "index.html").read_text()


def test_movement_says_each_cause_and_sums(world: Invented, site: Path) -> None:
    text = (site / "movement.html").read_text(encoding="utf-8")
    missed = key_figure(world.reported.figures, "missed.total").value
    assert f"3 more since 24 April 2006, to {missed:,.0f}" in text
    for line in ("Released since the publication before", "decided before, recorded since"):
        assert line.lower() in text.lower()
    bridge = bridges(world.facts)[0]
    assert bridge.opening + sum(step.change for step in bridge.steps) == bridge.closing == missed


def test_open_cases_have_their_causes_and_each_case_too(world: Invented, told_site: Path) -> None:
    text = (told_site / "movement.html").read_text(encoding="utf-8")
    assert f"Open cases: 2 more since 24 April 2006, to {len(world.reported.backlog)}" in text
    assert "1 went out: closed, or no longer in the register" in text
    assert len(pd.read_csv(told_site / "data" / "movement-open-cases.csv")) == 4


def test_the_first_publication_has_nothing_to_compare(bare_site: Path) -> None:
    assert "This is the first publication" in (bare_site / "movement.html").read_text()


def test_a_check_that_did_not_hold_is_a_caveat_on_the_first_page(site: Path) -> None:
    text = (site / "index.html").read_text(encoding="utf-8")
    assert "A check of persons in the prison register failed in 79 rows: nationality" in text


def test_a_caveat_is_at_the_foot_of_a_page_and_no_count_of_checks_on_top(site: Path) -> None:
    for path, text in pages(site):
        foot = text.rpartition("<footer>")[2]
        assert 'index.html#mind">All of it</a>' in foot, path.name
        if path.name != QUALITY_PAGE:
            assert not re.search(r"\d checks? failed", text.partition("<h2")[0]), path.name


def test_prisons_statuses_and_scales_are_said_in_words(world: Invented, site: Path) -> None:
    due = (site / "due.html").read_text(encoding="utf-8")
    census = world.facts["nightly.census"].dropna(subset="prison_name")
    names = dict(zip(census["prison_id"], census["prison_name"], strict=True))
    assert any(f">{name} ({code})<" in due for code, name in names.items())
    assert not any(f">{code}<" in due for code in names)
    codes = {entry.code for entry in (*results.STATUS.codes, *results.OUTCOME.codes)} - {"DUE"}
    for path, text in pages(site):
        words = set(re.findall(r"\w+", re.sub(r"<[^>]+>", " ", text)))
        assert not words & {code for code in codes if "_" in code}, path.name
        assert not re.search(r">-\d", text), path.name
        assert "(none)" not in text, path.name
    capacity = (site / "capacity.html").read_text(encoding="utf-8")
    assert "1 of 5: killing, rape" in capacity


def test_no_group_of_the_menu_has_more_than_seven_pages() -> None:
    groups = Counter(page.group for page in PAGES)
    assert max(groups.values()) <= 7


def test_a_notice_stands_on_every_page(told_site: Path) -> None:
    assert all(NOTICE in text for _, text in pages(told_site))


def test_a_kind_of_discrepancy_reads_as_words() -> None:
    assert {rule.id for rule in DISCREPANCIES} == set(DISCREPANCY_KINDS)


def test_an_unknown_prison_is_a_row_of_its_own(tmp_path: Path) -> None:
    world = invent(episodes=60)
    assessments = world.facts["nightly.assessments"].copy()
    held = assessments.index[assessments["is_in_custody"]][:3]
    assessments.loc[held, "prison_id"] = "QQ?"
    reported = report(world.tables, {**world.facts, "nightly.assessments": assessments})
    rendered(world, tmp_path, assessments=assessments, census=reported.census)
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", (tmp_path / "census.html").read_text("utf-8"))
    (row,) = [row for row in rows if ">QQ?<" in row]
    assert ">3<" in row


def test_a_fault_in_a_template_stops_the_night_before_anything_is_published(
    world: Invented, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = site_module.environment().overlay(
        loader=jinja2.DictLoader({"index.html.j2": "{{ no_such_word }}"})
    )
    monkeypatch.setattr(site_module, "environment", lambda: environment)
    folder = tmp_path / "pages"
    with (
        pytest.raises(jinja2.UndefinedError, match="no_such_word"),
        whole_folder(folder) as half,
    ):
        render_site(facts=world.facts, about=ABOUT, folder=half)
    assert not folder.exists()
