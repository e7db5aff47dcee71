"""The pages of a publication: a static site that needs no network and no script to be read.

Every page is written from the frames of one publication, so it shows the same figures as the
email, the terminal and the warehouse. The bytes are the same on every run.
"""

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.contract.case_lists import (
    CASE_LISTS,
    DECIDED_SINCE,
    DISCREPANCY_LIST,
    DUE,
    MISSED,
    OPEN_CASES,
    OUTCOMES,
    REFERRAL_NOTICES,
    TRACINGS,
    UNCONSIDERED,
    VERIFY,
)
from jobs.contract.view_models import number_text, plural
from jobs.report import sheets
from jobs.report.about import About
from jobs.report.charts.history import past_and_present
from jobs.report.charts.night_charts import foreign_nationals_by_prison
from jobs.report.data_package import DESCRIPTION, data_package
from jobs.report.forecast.capacity import forecast
from jobs.report.lists.list_rows import ListRows, is_held, published_nights
from jobs.report.lists.rule_changes import change_notices
from jobs.report.published import Frames, groups_of, if_held, in_key_order
from jobs.report.site.capacity_page import capacity_page
from jobs.report.site.case_pages import CasePages
from jobs.report.site.front_page import WORKBOOK, front_page
from jobs.report.site.history_page import history_page
from jobs.report.site.list_pages import list_page
from jobs.report.site.movement_page import movement_page
from jobs.report.site.page_parts import (
    figure_definitions,
    figure_sheet,
    population_sheet,
    probability_sheet,
    reliability_sentence,
    reliability_sheet,
    tiles,
)
from jobs.report.site.quality_page import quality_page
from jobs.report.site.site import PageSection, Site
from jobs.report.summary.caveats import late_registers
from jobs.report.summary.headline import key_figure
from jobs.report.summary.review_gain import gain_line, narrowing, steps_of_first
from jobs.report.workbook.workbook import write_workbook


def render_site(
    *,
    facts: Frames,
    about: About,
    folder: Path,
    history: pd.DataFrame | None = None,
    earlier: Frames | None = None,
) -> None:
    """Write the site of a publication into a folder; open its ``index.html``.

    Args:
        facts: every frame of `jobs.contract.results.NIGHTLY` by full name.
        about: the publication and the night.
        folder: an empty folder, made if it is not there. The caller keeps it whole or absent
            (`jobs.runtime.files.whole_folder`).
        history: figures of the nights before, as current now: ``as_of_date`` and the columns of
            `jobs.contract.results.FIGURES`; charts reach back over them.
        earlier: tables of earlier nights with ``as_of_date``, for rates over time, and the backlog
            of the publication that movement is compared with.
    """
    folder.mkdir(parents=True, exist_ok=True)
    about = about.with_notices(*late_registers(facts), *change_notices(facts))
    facts = {**facts, **{table.full_name: in_key_order(table, facts) for table in _SHOWN_WHOLE}}
    lists = ListRows(facts, published_nights(history, about.as_of))
    pages = [page for page in PAGES if page.is_in(facts)]
    site = Site(
        facts=facts,
        about=about,
        folder=folder,
        earlier=earlier or {},
        cases=CasePages.of(lists, _listed(lists, about.as_of)),
        lists=lists,
        history=past_and_present(
            history=history, figures=results.FIGURES.of(facts), as_of=about.as_of
        ),
        past=history,
        menu=[(page.group, page.file, page.label) for page in pages],
    )
    site.begin()
    for page in pages:
        page.write(site)
    finish(site)


_SHOWN_WHOLE: Final = (
    results.FIGURES,
    results.CENSUS,
    results.TEAMS,
    results.ROW_COUNTS,
    results.CHECK_RESULTS,
    results.FAULTS,
    results.FAULTY_ROWS,
)


def _census(site: Site) -> None:
    census = results.CENSUS.of(site.facts)
    csv, _ = site.csv("census", census, results.CENSUS)
    people, foreign, unknown = (
        key_figure(site.figures, f"census.{name}")
        for name in ("people", "foreign_nationals", "nationality_unknown")
    )
    site.page(
        "census.html",
        "page.html.j2",
        "Census by prison",
        lead=f"Prisons hold {plural(foreign.value, 'foreign national', 'foreign nationals')} "
        f"among {plural(people.value, 'person', 'people')}; the nationality of "
        f"{number_text(unknown.value)} is not known.",
        text="Every prison of the register is listed, also one that holds nobody.",
        tiles_=tiles(
            key_figure(site.figures, f"census.{name}")
            for name in (
                "people",
                "foreign_nationals",
                "detainees",
                "nationality_unknown",
                "prisons_without_work",
            )
        ),
        charts=[
            foreign_nationals_by_prison(census),
            site.history_chart("census.foreign_nationals"),
            site.history_chart("census.nationality_unknown"),
        ],
        sections=[
            PageSection(
                id="prisons",
                title="Each prison",
                csv=csv,
                sheet=sheets.sheet(
                    name="census",
                    caption="People in custody by prison",
                    frame=census,
                    columns=sheets.CENSUS_COLUMNS,
                    links=_due_links(site, census),
                    linked="due",
                    sortable=True,
                ),
            ),
            PageSection(
                id="over-time",
                title="Over time",
                sheet=population_sheet(site.figures),
                text="Counted back from the movements on record tonight: each 30 June, and the end "
                "of each of the last 24 months.",
            ),
        ],
    )


def _due_links(site: Site, census: pd.DataFrame) -> tuple[str, ...]:
    """What each prison's number of people due opens: their cases, where each of them has one."""
    cases = groups_of(site.figures, "due.by_prison")["value"]
    return tuple(
        site.opens("due.by_prison", str(row.prison_id))
        if cases.get(row.prison_id) == row.due
        else f"{DUE.name}.html"
        for row in census.itertuples()
    )


def _linkage(site: Site) -> None:
    ids = (
        "links.linked",
        "links.review",
        "links.cleared_by_decision",
        "links.prison_unlinked",
        "links.immigration_unlinked",
        "missed.possible_match",
    )
    linked, review = (key_figure(site.figures, id_) for id_ in ids[:2])
    links = results.LINKS.of(site.facts)
    waiting = links[links["outcome"].eq("review")]
    steps = steps_of_first(narrowing(waiting, results.ASSESSMENTS.of(site.facts)))
    gain = gain_line(site.figures, pairs=len(waiting), steps=steps)
    site.page(
        "linkage.html",
        "page.html.j2",
        "Linkage of the registers",
        lead=f"{plural(linked.value, 'person is', 'people are')} linked across the registers "
        f"with certainty enough to act on; {plural(review.value, 'pair', 'pairs')} may match "
        "and wait for a reviewer.",
        text=(
            "A link that is not certain never clears a person: the custody episode stays on "
            f"its list, marked as a possible match. {gain}".rstrip()
        ),
        tiles_=(),
        charts=[site.history_chart("links.review")],
        sections=[
            PageSection(
                id="numbers",
                title="In numbers",
                sheet=figure_sheet("links", "Links and the unlinked", site.figures, ids),
            ),
            PageSection(
                id="certainty",
                title="How certain the links are",
                sheet=probability_sheet(results.LINKS.of(site.facts)),
            ),
            PageSection(
                id="reliability",
                title="How reliable the links are",
                text=reliability_sentence(results.LINKS.of(site.facts)),
                sheet=reliability_sheet(results.LINKS.of(site.facts)),
            ),
        ],
    )


def _definitions(site: Site) -> None:
    site.csv("figures", site.figures, results.FIGURES)
    site.page(
        "definitions.html",
        "definitions.html.j2",
        "Definitions",
        figures=figure_definitions(site.figures),
    )


def _workbook(site: Site) -> None:
    path = site.folder / "data" / WORKBOOK
    write_workbook(
        facts=site.facts,
        about=site.about,
        path=path,
        lists=site.lists,
        shown=site.shown,
        whole=site.whole,
        top=site.part_headline,
    )


def finish(site: Site) -> None:
    """What is made last, of all that the pages show: reasons, workbook, description of the data."""
    _reasons(site)
    _workbook(site)
    about = site.about
    described = data_package(site.written, as_of=about.as_of, publication_id=about.publication_id)
    (site.folder / "data" / DESCRIPTION).write_text(described, encoding="utf-8")


def _reasons(site: Site) -> None:
    for file, cases in site.cases.pages():
        site.page(file, "cases.html.j2", "Reasons", cases=cases)


MOST_EXPLAINED: Final = 20_000
"""Episodes of one list whose reasons the site holds; `explain` has those of every episode."""


def _listed(lists: ListRows, as_of: date) -> Iterator[str]:
    """Episodes that the pages show, which need their reasons beside them."""
    late = forecast(facts=lists.facts, as_of=as_of).late["episode_id"]
    return explained(lists, beside=[str(episode) for episode in late.head(MOST_EXPLAINED)])


def explained(lists: ListRows, *, beside: Iterable[str] = ()) -> Iterator[str]:
    """Episodes on case lists, among the discrepancies or ``beside`` them, and that moved."""
    facts = lists.facts
    assessed = set(results.ASSESSMENTS.of(facts)["episode_id"])
    for listed in CASE_LISTS.values():
        has_reasons = listed.is_of_episodes or listed is OPEN_CASES
        if has_reasons and is_held(listed, facts):
            shown = filter(assessed.__contains__, lists.of(listed)["episode_id"].dropna())
            yield from itertools.islice(shown, MOST_EXPLAINED)
    differing = if_held(results.DISCREPANCIES, facts)
    if differing is not None:
        yield from sorted(assessed & set(map(str, differing["episode_id"])))[:MOST_EXPLAINED]
    yield from beside
    moved = if_held(results.MOVEMENT, facts)
    if moved is not None:
        ordered = moved.sort_values(["figure_id", "change", "cause", "episode_id"])
        known = filter(assessed.__contains__, ordered["episode_id"].dropna())
        yield from itertools.islice(known, MOST_EXPLAINED)


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of the menu; it is there if the publication has what it needs."""

    group: str
    file: str
    label: str
    write: Callable[[Site], None]
    is_in: Callable[[Frames], bool] = lambda _facts: True


_MISSED: Final = "The missed"
_TRACED: Final = "Where they are"
_WORK: Final = "The work"
_RECORD: Final = "On record"
_DATA: Final = "The data"
_GROUPS: Final[Mapping[str, str]] = {
    **dict.fromkeys([MISSED.name, DECIDED_SINCE.name, UNCONSIDERED.name, OUTCOMES.name], _MISSED),
    **{listed.name: _TRACED for listed in TRACINGS},
    **dict.fromkeys([DUE.name, REFERRAL_NOTICES.name, VERIFY.name, OPEN_CASES.name], _WORK),
    DISCREPANCY_LIST.name: _DATA,
}
"""Where a list stands in the menu; any other is on record. No group has more than seven pages."""


def _list_pages() -> Iterator[Page]:
    for listed in CASE_LISTS.values():
        yield Page(
            group=_GROUPS.get(listed.name, _RECORD),
            file=f"{listed.name}.html",
            label=listed.label,
            write=list_page(listed),
            is_in=functools.partial(is_held, listed),
        )


def _in_groups(pages: Iterable[Page]) -> tuple[Page, ...]:
    """The pages of a group together, in the order in which groups first come."""
    every = tuple(pages)
    order = list(dict.fromkeys(page.group for page in every))
    return tuple(sorted(every, key=lambda page: order.index(page.group)))


PAGES: Final = _in_groups(
    (
        Page(group="Tonight", file="index.html", label="Summary", write=front_page),
        Page(
            group="Tonight",
            file="movement.html",
            label="Movement",
            write=movement_page,
            is_in=lambda facts: results.MOVEMENT.full_name in facts,
        ),
        Page(group="Tonight", file="history.html", label="History", write=history_page),
        *_list_pages(),
        Page(group=_WORK, file="capacity.html", label="Work ahead", write=capacity_page),
        Page(group=_DATA, file="census.html", label="Census", write=_census),
        Page(group=_DATA, file="quality.html", label="Data quality", write=quality_page),
        Page(group=_DATA, file="linkage.html", label="Linkage", write=_linkage),
        Page(group=_DATA, file="definitions.html", label="Definitions", write=_definitions),
    )
)
"""Every page, in the order of the menu."""
