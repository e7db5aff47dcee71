"""A copy of the pages for some prisons or teams: a small site, whole, of their own rows alone.

It is made of the same pages as the site of everybody, over the rows that `own_facts` leaves, so no
list, reason, search, CSV or workbook of it can name another's case. Of everybody it says what is
published as totals, in a sentence. It needs no page outside its folder.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import pandas as pd

from jobs.contract import results
from jobs.contract.case_lists import CASE_LISTS, DUE, OPEN_CASES
from jobs.contract.results.case_list import CaseList
from jobs.contract.view_models import Reader, number_text, plural
from jobs.report import sheets
from jobs.report.about import About
from jobs.report.charts.history import past_and_present
from jobs.report.figures.registry import FIGURES
from jobs.report.lists.list_rows import ListRows, is_held, published_nights
from jobs.report.lists.rule_changes import change_notices
from jobs.report.parts.own_figures import own_figures
from jobs.report.parts.own_rows import own_facts
from jobs.report.parts.part_folders import parts_of
from jobs.report.published import Frames, groups_of, if_held
from jobs.report.site.case_pages import CasePages
from jobs.report.site.front_page import front_page
from jobs.report.site.movement_page import MOVEMENT_COLUMNS, direction
from jobs.report.site.page_parts import figure_definitions, figure_sheet, group_sheet
from jobs.report.site.pages import PAGES, explained, finish, render_site
from jobs.report.site.quality_page import row_sheet
from jobs.report.site.site import ListFrame, PageSection, Site
from jobs.report.summary.caveats import late_registers
from jobs.report.summary.own_part import OwnPart

MOST_GROUPS: Final = 30
"""Groups of a figure that its list page shows; the workbook has every one."""


def render_pages(
    *,
    facts: Frames,
    about: About,
    folder: Path,
    readers: Iterable[Reader],
    history: pd.DataFrame | None = None,
    earlier: Frames | None = None,
) -> None:
    """Write the site of everybody, and in its folder a copy for each part that a reader sees.

    Args:
        facts: as `render_site` takes it, like the others.
        about: the publication and the night.
        folder: an empty folder.
        readers: who reads the pages; one who sees everything asks for no copy.
        history: figures of the nights before, of which copies show no more than how many.
        earlier: tables of earlier nights, which they do not show either.
    """
    render_site(facts=facts, about=about, folder=folder, history=history, earlier=earlier)
    for name, reader in parts_of(readers).items():
        made = folder / name
        made.mkdir(parents=True)
        nights = published_nights(history, about.as_of)
        render_part(facts=facts, about=about, folder=made, reader=reader, nights=nights)


def render_part(
    *, facts: Frames, about: About, folder: Path, reader: Reader, nights: Sequence[date] = ()
) -> None:
    """Write the copy for one reader's prisons and teams into an empty folder.

    ``nights`` are those published so far, for how long each row has been listed.
    """
    own = own_facts(facts, reader)
    part = OwnPart(facts=facts, reader=reader)
    lists = ListRows(own, nights)
    own[results.FIGURES.full_name] = own_figures(lists)
    head = part.headline
    shown = [listed for listed in CASE_LISTS.values() if _is_shown(listed, own, reader)]
    listing = {f"{listed.name}.html": listed for listed in shown}
    others = {
        "index.html": front_page,
        "movement.html": _movement,
        "census.html": _census,
        "quality.html": _to_mend,
        "definitions.html": _definitions,
    }
    if not reader.prisons:
        del others["census.html"]
    if if_held(results.MOVEMENT, own) is None:
        del others["movement.html"]
    menu = [page for page in PAGES if page.file in listing or page.file in others]
    site = Site(
        facts=own,
        about=_about_part(about, facts, part),
        folder=folder,
        cases=CasePages.of(lists, explained(lists)),
        lists=lists,
        history=past_and_present(history=None, figures=results.FIGURES.of(own), as_of=about.as_of),
        menu=[(page.group, page.file, page.label) for page in menu],
        whole=facts,
        part_headline=replace(head, range_line=f"{head.range_line} {part.nation}"),
    )
    site.begin()
    for page in menu:
        if page.file in listing:
            _list_page(site, listing[page.file], part)
        else:
            others[page.file](site)
    finish(site)


def _about_part(about: About, facts: Frames, part: OwnPart) -> About:
    """What every page of a copy says: whose it is, and no way to the pages of everybody."""
    whose = f"Only what {part.name} answers for is here, and no other case."
    unusual = about.with_notices(whose, *late_registers(facts), *change_notices(facts))
    return replace(unusual, runs_url="")


def _is_shown(listed: CaseList, own: Frames, reader: Reader) -> bool:
    return is_held(listed, own) and (listed is not OPEN_CASES or bool(reader.teams))


def _list_page(site: Site, listed: CaseList, part: OwnPart) -> None:
    """A list with the figures that count its rows, each by its rows."""
    on = [figure for figure in FIGURES if figure.on == listed.name]
    single = [figure.id for figure in on if figure.by is None]
    grouped = [
        (figure, groups_of(site.figures, figure.id)) for figure in on if figure.by is not None
    ]
    everywhere = results.FIGURES.of(site.all_facts)
    total = everywhere.loc[everywhere["figure_id"].eq(listed.total), "value"]
    nation = number_text(float(total.iloc[0])) if len(total) and pd.notna(total.iloc[0]) else ""
    tables = [
        figure_sheet(f"{listed.name}-figures", "In numbers", site.figures, single, site.opens),
        *(
            group_sheet(
                f"{listed.name}-{number}", figure.title, site.figures, figure.id, site.opens
            )
            for number, (figure, groups) in enumerate(grouped)
            if 0 < len(groups) <= MOST_GROUPS
        ),
    ]
    if listed is OPEN_CASES:
        teams = results.TEAMS.of(site.facts)
        tables.append(
            sheets.sheet(
                name="teams",
                caption="Teams and their staff, in full-time equivalents",
                frame=teams,
                columns=sheets.TEAM_COLUMNS,
            )
        )
    own = number_text(len(site.rows(listed)))
    site.list_page(
        listed,
        ListFrame(
            lead=f"{listed.title}, {part.name}: {own}.",
            range_line=f"Everywhere: {nation}." if nation else "",
            tables=tables,
        ),
    )


def _movement(site: Site) -> None:
    moved = results.MOVEMENT.of(site.facts)
    moved = moved.sort_values(["figure_id", "change", "cause", "episode_id"], ignore_index=True)
    csv, size = site.csv("movement", moved, results.MOVEMENT)
    many = moved["episode_id"].nunique()
    _page_of(
        site,
        "movement.html",
        "Movement",
        lead=f"{plural(many, 'case', 'cases')} came into a figure or went out of one since the "
        "publication before.",
        text="Each has one cause. A case that another prison or team answers for since is told "
        "there, and somebody who is in no register any more on the pages of everybody.",
        section=PageSection(
            id="cases",
            title="Each case that moved",
            csv=csv,
            text=f"The complete list is in the CSV ({size}).",
            sheet=site.case_sheet(
                "movement",
                "Cases that moved",
                moved.assign(direction=direction(moved)),
                MOVEMENT_COLUMNS,
            ),
        ),
    )


def _census(site: Site) -> None:
    census = results.CENSUS.of(site.facts).sort_values("prison_id", ignore_index=True)
    csv, _ = site.csv("census", census, results.CENSUS)
    _page_of(
        site,
        "census.html",
        "Census",
        lead=f"{plural(int(census['people'].sum()), 'person is', 'people are')} held here, "
        f"{number_text(int(census['foreign_nationals'].sum()))} of them recorded as foreign "
        "nationals.",
        section=PageSection(
            id="prisons",
            title="Each prison",
            csv=csv,
            sheet=sheets.sheet(
                name="census",
                caption="People in custody by prison",
                frame=census,
                columns=sheets.CENSUS_COLUMNS,
                links=tuple(f"{DUE.name}.html" for _ in range(len(census))),
                linked="due",
            ),
        ),
    )


def _to_mend(site: Site) -> None:
    faulty = results.FAULTY_ROWS.of(site.facts)
    many = int(results.FAULTS.of(site.facts)["rows_failed"].sum())
    csv, _ = site.csv("faulty-rows", faulty, results.FAULTY_ROWS)
    _page_of(
        site,
        "quality.html",
        "Rows to mend",
        lead=f"{plural(many, 'row', 'rows')} of the registers {'is' if many == 1 else 'are'} to be "
        "mended here.",
        section=PageSection(
            id="rows-to-mend",
            title="The first rows of each rule",
            csv=csv,
            text="All of them are in the file that the data team hands out.",
            sheet=row_sheet(faulty, results.CHECK_RESULTS.of(site.all_facts)),
        ),
    )


def _definitions(site: Site) -> None:
    site.csv("figures", site.figures, results.FIGURES)
    counted = set(site.figures["figure_id"])
    site.page(
        "definitions.html",
        "definitions.html.j2",
        "Definitions",
        figures=[each for each in figure_definitions(site.figures) if each["id"] in counted],
    )


def _page_of(
    site: Site, file: str, title: str, *, lead: str, section: PageSection, text: str = ""
) -> None:
    words: dict[str, Any] = {"lead": lead, "text": text, "tiles_": (), "charts": ()}
    site.page(file, "page.html.j2", title, sections=[section], **words)
