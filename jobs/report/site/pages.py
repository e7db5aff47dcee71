"""The pages of a publication: a static site that needs no network and no script to be read.

Every page is written from the frames of one publication, so it shows the same figures as the
email, the terminal and the warehouse. The bytes are the same on every run.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.contract.case_lists import CASE_LISTS, DUE, UNCONSIDERED
from jobs.contract.schema import Table
from jobs.contract.view_models import number_text, plural
from jobs.report import sheets
from jobs.report.about import About
from jobs.report.charts.capacity_charts import (
    backlog_ahead,
    opened_and_closed,
    releases_against_capacity,
)
from jobs.report.charts.history import past_and_present
from jobs.report.charts.night_charts import foreign_nationals_by_prison
from jobs.report.charts.pace_charts import staff_and_work, time_to_decision
from jobs.report.forecast.capacity import forecast
from jobs.report.lists.drill_down import STATUS_COLUMNS, UNLISTED, status_file
from jobs.report.lists.list_rows import ListRows
from jobs.report.published import Frames, if_held, in_key_order
from jobs.report.site.case_pages import CasePages
from jobs.report.site.flag_pages import discrepancies_page, outcomes_page
from jobs.report.site.history_page import history_page
from jobs.report.site.list_pages import list_page
from jobs.report.site.movement_page import movement_page
from jobs.report.site.page_parts import (
    figure_definitions,
    figure_sheet,
    group_sheet,
    population_sheet,
    probability_sheet,
    tiles,
    what_if_sheet,
)
from jobs.report.site.quality_page import quality_page
from jobs.report.site.site import MOST_PARTS, PAGE_ROWS, PageSection, Site
from jobs.report.summary.caveats import capacity_sentence, caveats
from jobs.report.summary.headline import headline, key_figure
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
        earlier: tables of earlier nights with ``as_of_date``, for rates over time.
    """
    folder.mkdir(parents=True, exist_ok=True)
    facts = {**facts, **{table.full_name: in_key_order(table, facts) for table in _SHOWN_WHOLE}}
    lists = ListRows(facts)
    pages = [page for page in PAGES if page.needs.full_name in facts]
    site = Site(
        facts=facts,
        about=about,
        folder=folder,
        earlier=earlier or {},
        cases=CasePages.of(facts, _listed(lists, about.as_of)),
        lists=lists,
        history=past_and_present(
            history=history, figures=results.FIGURES.of(facts), as_of=about.as_of
        ),
        menu=[(page.file, page.label) for page in pages],
    )
    site.begin()
    for page in pages:
        page.write(site)
    _reasons(site)
    _workbook(site)


WORKBOOK: Final = "consideration.xlsx"
_SHOWN_WHOLE: Final = (
    results.FIGURES,
    results.CENSUS,
    results.TEAMS,
    results.ROW_COUNTS,
    results.CHECK_RESULTS,
    results.FAULTS,
    results.FAULTY_ROWS,
)


def _index(site: Site) -> None:
    head = headline(site.figures)
    due = site.rows(DUE)
    assessments = results.ASSESSMENTS.of(site.facts)[list(STATUS_COLUMNS)]
    for status in UNLISTED:
        episodes = assessments[assessments["status"].eq(status)]
        site.csv(status_file(status), episodes.sort_values("episode_id"))
    site.page(
        "index.html",
        "index.html.j2",
        "Who must be considered, and was not",
        headline=head,
        tiles_=tiles(head.figures, site.opens),
        due_total=plural(len(due), "person", "people"),
        next=site.case_sheet(
            "next", "The ten most urgent", due.head(10), sheets.list_columns(DUE)[:9]
        ),
        split=figure_sheet(
            "split",
            "How they were missed",
            site.figures,
            (
                "missed.total",
                "missed.undecided",
                "missed.decided_since",
                "missed.never_referred",
                "missed.referred_not_considered",
                "missed.no_release_date",
                "missed.court_recommended",
                "missed.serious",
                "missed.nationality_unknown",
                "missed.possible_match",
            ),
            site.opens,
        ),
        missed_chart=site.missed_chart,
        statuses=group_sheet(
            "statuses", "Custody episodes by status", site.figures, opens=site.opens
        ),
        caveats=caveats(site.facts, site.about.notices),
        workbook=f"data/{WORKBOOK}",
    )


def _capacity(site: Site) -> None:
    facts, as_of = site.facts, site.about.as_of
    ahead = forecast(facts=facts, as_of=as_of)
    late = ahead.late.head(PAGE_ROWS)
    site.page(
        "capacity.html",
        "page.html.j2",
        "Work ahead",
        lead=capacity_sentence(site.figures),
        text=(
            "Capacity is measured, not planned: decisions and closings of the last 13 weeks by the "
            "staff at work in them. The nearest release is always taken first; no other order "
            "loses fewer people."
        ),
        tiles_=tiles(
            key_figure(site.figures, id_)
            for id_ in (
                "flow.late_26_weeks",
                "flow.decided_13_weeks",
                "flow.opened_13_weeks",
                "flow.closed_13_weeks",
                "staff.working_13_weeks",
                "pace.sentence_to_referral",
                "pace.referral_to_decision",
                "pace.decided_year_before",
            )
        ),
        charts=(
            releases_against_capacity(forecast(facts=facts, as_of=as_of, weeks=26)),
            backlog_ahead(ahead),
            opened_and_closed(site.figures),
            staff_and_work(site.figures),
            time_to_decision(results.ASSESSMENTS.of(facts), as_of),
            site.history_chart("flow.late_26_weeks"),
            site.history_chart("staff.cases_per_fte"),
        ),
        sections=[
            PageSection(
                id="what-if",
                title="With more or fewer staff",
                sheet=what_if_sheet(facts, as_of),
                text="If everybody works at the present pace.",
            ),
            PageSection(
                id="late",
                title="Released before their turn",
                sheet=sheets.sheet(
                    name="late",
                    caption="People who will be released first, in the next 12 months",
                    frame=late,
                    columns=sheets.LATE_COLUMNS,
                    links=tuple(site.cases.link(str(episode)) for episode in late["episode_id"]),
                    sortable=True,
                ),
            ),
        ],
    )


def _census(site: Site) -> None:
    census = results.CENSUS.of(site.facts)
    csv, _ = site.csv("census", census)
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
                    links=tuple(site.opens("due.by_prison", str(p)) for p in census["prison_id"]),
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


def _linkage(site: Site) -> None:
    ids = (
        "links.linked",
        "links.review",
        "links.prison_unlinked",
        "links.immigration_unlinked",
        "missed.possible_match",
    )
    linked, review = (key_figure(site.figures, id_) for id_ in ids[:2])
    site.page(
        "linkage.html",
        "page.html.j2",
        "Linkage of the registers",
        lead=f"{plural(linked.value, 'person is', 'people are')} linked across the registers "
        f"with certainty enough to act on; {plural(review.value, 'pair', 'pairs')} may match "
        "and wait for a reviewer.",
        text=(
            "A link that is not certain never clears a person: the custody episode stays on "
            "its list, marked as a possible match."
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
        ],
    )


def _definitions(site: Site) -> None:
    site.csv("figures", site.figures)
    site.page(
        "definitions.html",
        "definitions.html.j2",
        "Definitions",
        figures=figure_definitions(site.figures),
    )


def _workbook(site: Site) -> None:
    path = site.folder / "data" / WORKBOOK
    write_workbook(facts=site.facts, about=site.about, path=path, lists=site.lists)


def _reasons(site: Site) -> None:
    for file, cases in site.cases.pages():
        site.page(file, "cases.html.j2", "Reasons", cases=cases)


def _listed(lists: ListRows, as_of: date) -> Iterator[str]:
    """Episodes that the pages show, which need their reasons beside them."""
    facts = lists.facts
    for listed in CASE_LISTS.values():
        if listed.is_of_episodes:
            shown = lists.of(listed)["episode_id"].head(PAGE_ROWS * MOST_PARTS)
            yield from (str(episode) for episode in shown)
    flags, differing = (if_held(t, facts) for t in (results.FLAGS, results.DISCREPANCIES))
    if flags is not None:
        cohort = flags.loc[flags["outcome"].notna(), "episode_id"]
        yield from sorted(map(str, cohort))[:PAGE_ROWS]
    if differing is not None:
        assessed = results.ASSESSMENTS.of(facts)["episode_id"]
        assessed = assessed[assessed.isin(differing["episode_id"])]
        yield from sorted(set(map(str, assessed)))[:PAGE_ROWS]
    late = forecast(facts=facts, as_of=as_of).late["episode_id"]
    yield from (str(episode) for episode in late.head(PAGE_ROWS))
    moved = if_held(results.MOVEMENT, facts)
    if moved is not None:
        known = moved.loc[moved["episode_id"].isin(results.ASSESSMENTS.of(facts)["episode_id"])]
        ordered = known.sort_values(["figure_id", "change", "cause", "episode_id"])
        yield from (str(episode) for episode in ordered["episode_id"].head(PAGE_ROWS))


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of the menu; it is there if the publication has the table that it needs."""

    file: str
    label: str
    write: Callable[[Site], None]
    needs: Table = results.FIGURES


def _list_pages() -> Iterator[Page]:
    for listed in CASE_LISTS.values():
        yield Page(
            file=f"{listed.name}.html",
            label=listed.label,
            write=list_page(listed),
        )
        if listed is UNCONSIDERED:
            yield Page(
                file="outcomes.html", label="Outcomes", write=outcomes_page, needs=results.FLAGS
            )


PAGES: Final = (
    Page(file="index.html", label="Summary", write=_index),
    Page(file="movement.html", label="Movement", write=movement_page, needs=results.MOVEMENT),
    Page(file="history.html", label="History", write=history_page),
    *_list_pages(),
    Page(file="capacity.html", label="Work ahead", write=_capacity),
    Page(file="census.html", label="Census", write=_census),
    Page(file="quality.html", label="Data quality", write=quality_page),
    Page(file="linkage.html", label="Linkage", write=_linkage),
    Page(
        file="discrepancies.html",
        label="Discrepancies",
        write=discrepancies_page,
        needs=results.DISCREPANCIES,
    ),
    Page(file="definitions.html", label="Definitions", write=_definitions),
)
"""Every page, in the order of the menu."""
