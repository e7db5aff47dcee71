"""Every case list works in every place that shows it, with rows and without."""

import csv
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.samples.report_nights import AS_OF, invent
from benchmarks.samples.reported.workbook_xml import Book
from jobs.contract import results
from jobs.contract.case_lists import CASE_LISTS
from jobs.contract.results.case_list import CaseList
from jobs.report import FIGURES, About, key_figure, render_site, rows_of
from jobs.report.figures.figure import Figure
from jobs.report.figures.inputs import FigureInputs
from jobs.report.figures.registry import FIGURE_BY_ID, compute_figures
from jobs.report.lists.drill_down import LISTED, UNLISTED, DrillDown
from jobs.report.sheets import page_columns
from jobs.report.site.site import PAGE_ROWS

Facts = dict[str, pd.DataFrame]

ABOUT = About(as_of=AS_OF, publication_id="3f2a")
PERSONAL = {
    field.name for table in results.NIGHTLY.values() for field in table.fields if field.personal
}
TABLES = {listed.table.full_name: listed.table for listed in CASE_LISTS.values()}
WORLD = invent(episodes=500, has_changes=True)
every_list = pytest.mark.parametrize("listed", CASE_LISTS.values(), ids=list(CASE_LISTS))


def night_with(frames: Facts) -> Facts:
    """The invented publication with other tables of cases, and its figures counted anew."""
    changed = {name: TABLES[name].frame(TABLES[name].arrow(frames[name])) for name in frames}
    facts = {**WORLD.facts, **changed}
    figures = compute_figures(FigureInputs(frames=facts, as_of=AS_OF))
    return {**facts, results.FIGURES.full_name: figures}


def off(listed: CaseList, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows without those of the list; episodes stay, out of scope."""
    chosen = listed.selects(frame)
    if listed.table is not results.ASSESSMENTS:
        return frame[~chosen]
    status = frame["status"].mask(chosen, "OUT_OF_SCOPE")
    return frame.assign(status=status, is_due=frame["is_due"] & ~chosen)


def without(*lists: CaseList) -> Facts:
    """None of the lists has a row."""
    frames = {listed.table.full_name: listed.table.of(WORLD.facts) for listed in lists}
    for listed in lists:
        frames[listed.table.full_name] = off(listed, frames[listed.table.full_name])
    return night_with(frames)


def with_one(*lists: CaseList) -> Facts:
    """Each list has one row, of which nothing is known that need not be."""
    empty, frames = without(*lists), {}
    for name in {listed.table.full_name for listed in lists}:
        table, keys = TABLES[name], list(TABLES[name].key)
        frame, rest = table.of(WORLD.facts), table.of(empty)
        of_table = [listed for listed in lists if listed.table.full_name == name]
        first = pd.concat([frame[listed.selects(frame)].head(1) for listed in of_table])
        first = first.drop_duplicates(keys)
        bare = first.assign(**{f.name: None for f in table.fields if f.nullable})
        rest = rest[
            ~pd.MultiIndex.from_frame(rest[keys]).isin(list(bare[keys].itertuples(index=False)))
        ]
        frames[name] = pd.concat([rest, bare.astype(rest.dtypes)], ignore_index=True)
    return night_with(frames)


@pytest.fixture(scope="module")
def many_rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a night on which every list has rows."""
    folder = tmp_path_factory.mktemp("many rows")
    render_site(facts=WORLD.facts, about=ABOUT, folder=folder)
    return folder


@every_list
def test_a_list_of_many_rows_is_whole_wherever_it_is_shown(
    listed: CaseList, many_rows: Path
) -> None:
    assert_shown_whole(listed, WORLD.facts, many_rows)


NIGHTS = [
    pytest.param(with_one, id="the first night with a row, of which little is known"),
    pytest.param(without, id="a night without a row"),
]


@pytest.fixture(scope="module", params=NIGHTS)
def few_rows(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Facts, Path]:
    """The facts and the site of a night on which every list has one row, or none."""
    facts, folder = request.param(*CASE_LISTS.values()), tmp_path_factory.mktemp("few rows")
    render_site(facts=facts, about=ABOUT, folder=folder)
    return facts, folder


@every_list
def test_a_list_of_few_rows_is_whole_wherever_it_is_shown(
    listed: CaseList, few_rows: tuple[Facts, Path]
) -> None:
    assert_shown_whole(listed, *few_rows)


@pytest.mark.long
@every_list
@pytest.mark.parametrize("night", NIGHTS)
def test_a_list_is_whole_wherever_it_is_shown(
    listed: CaseList, night: Callable[[CaseList], Facts], tmp_path: Path
) -> None:
    """The other lists have their rows."""
    facts = night(listed)
    render_site(facts=facts, about=ABOUT, folder=tmp_path)
    assert_shown_whole(listed, facts, tmp_path)


def assert_shown_whole(listed: CaseList, facts: Facts, site: Path) -> None:
    """The page, the CSV and the workbook hold every row of a list."""
    rows = rows_of(listed, facts)
    assert list(rows.columns) == list(listed.fields)
    assert key_figure(facts["nightly.figures"], listed.total).value == len(rows)
    page = (site / f"{listed.name}.html").read_text(encoding="utf-8")
    assert f'<a href="{listed.name}.html" aria-current="page">{listed.label}</a>' in page
    table = page.partition(f'id="{listed.name}-rows-caption"')[2].partition("</table>")[0]
    assert table.count('<th scope="row">') == min(len(rows), PAGE_ROWS)
    headings = re.findall(r'<th scope="col"[^>]*>([^<]*)</th>', table)
    assert headings == ([c.heading for c in page_columns(listed)] if len(rows) else [])
    assert headings[: len(listed.headings)] == list(listed.headings.values())[: len(headings)]
    with (site / "data" / f"{listed.name}.csv").open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        written = list(reader)
    assert {"first_listed_date", "nights_listed"} <= set(reader.fieldnames or ())
    assert len(written) == len(rows)
    assert_counted(listed, written, facts["nightly.figures"])
    book = Book(site / "data" / "consideration.xlsx")
    key = rows[listed.table.key[0]].tolist()
    assert [cell for cell in book.column(listed.label, "A") if cell] == key


def assert_counted(listed: CaseList, written: list[dict[str, str]], figures: pd.DataFrame) -> None:
    """Without scripts too a number has its rows: the CSV names the figures that count each."""
    counts = Counter(name for row in written for name in row["counted_in"].split("; ") if name)
    own = figures[figures["figure_id"].isin([f.id for f in FIGURES if f.on == listed.name])]
    for row in own[own["value"].gt(0)].to_dict("records"):
        figure, group = FIGURE_BY_ID[str(row["figure_id"])], str(row["group_value"])
        if not figure.is_whole_list and figure.id != "missed.people":
            name = figure.id if figure.by is None else f"{figure.id}={group}"
            assert counts[name] == row["value"], name


@every_list
def test_a_list_has_one_total_that_counts_every_row(listed: CaseList) -> None:
    total = FIGURE_BY_ID[listed.total]
    assert total.on == listed.name
    assert total.is_whole_list


@every_list
def test_every_figure_of_a_list_opens_as_many_rows_as_it_counts(listed: CaseList) -> None:
    rows = rows_of(listed, WORLD.facts)
    opened = DrillDown.of(listed, rows)
    tags = [set(row.split()) for row in opened.tags]
    figures = WORLD.reported.figures
    of_list = [f for f in FIGURES if f.on == listed.name and not f.is_whole_list]
    for figure in of_list:
        if figure.by is None:
            tag = opened.places[figure.id, ""]
            value = key_figure(figures, figure.id).value
            assert sum(tag in row for row in tags) == value, figure.id
            continue
        counts = figures[figures["figure_id"].eq(figure.id)].set_index("group_value")["value"]
        for group, value in counts[counts > 0].items():
            tag = opened.places[figure.id, str(group)]
            assert sum(tag in row for row in tags) == value, (figure.id, group)
    assert bool(of_list) == any(opened.tags)


OF_ROWS = [f for f in FIGURES if f.on and f.by is None and f.id != "missed.people"]
"""Figures that count rows of a list: not in groups, and not as people."""


@pytest.mark.parametrize("figure", OF_ROWS, ids=lambda figure: figure.id)
def test_what_a_figure_says_of_rows_agrees_with_its_number(figure: Figure) -> None:
    frame = CASE_LISTS[figure.on].table.of(WORLD.facts)
    assert figure.counts(frame).sum() == key_figure(WORLD.reported.figures, figure.id).value


def test_every_status_opens_a_list_or_a_file_of_its_own() -> None:
    assert set(LISTED) | set(UNLISTED) == results.STATUS.values
    assert not set(LISTED) & set(UNLISTED)
    for status, figure in LISTED.items():
        assert status in CASE_LISTS[FIGURE_BY_ID[figure].on].rows.statuses


def test_a_list_may_not_show_a_personal_field() -> None:
    missed = CASE_LISTS["missed"]
    assert not PERSONAL & {name for listed in CASE_LISTS.values() for name in listed.fields}
    with pytest.raises(ValueError, match="shows what it may not"):
        CaseList(**{**vars(missed), "fields": (*missed.fields, "prisoner_number")})
    with pytest.raises(ValueError, match="no_such_field"):
        CaseList(**{**vars(missed), "headings": {"no_such_field": "Nothing"}})
