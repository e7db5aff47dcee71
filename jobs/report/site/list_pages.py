"""The pages of the case lists, each with what stands around its rows."""

from collections.abc import Callable, Mapping
from typing import Final

from jobs.contract import results
from jobs.contract.bands import SHOWN_DAYS
from jobs.contract.case_lists import DUE, MISSED, OPEN_CASES, VERIFY, CaseList
from jobs.contract.view_models import plural
from jobs.report import sheets
from jobs.report.charts.night_charts import backlog_by_age, due_by_week
from jobs.report.charts.pace_charts import notice_before_release
from jobs.report.site.page_parts import group_sheet, tiles
from jobs.report.site.site import ListFrame, Site
from jobs.report.summary.caveats import backlog_sentence
from jobs.report.summary.headline import key_figure


def _missed(site: Site) -> ListFrame:
    """Everybody released without consideration."""
    missed = key_figure(site.figures, "missed.total")
    return ListFrame(
        lead=f"{plural(missed.value, 'release', 'releases')} went ahead with no decision by a "
        "named caseworker, and none has been made since.",
        range_line="Until uncertain links and nationalities are settled, the number may be "
        f"{missed.range_text}."
        if missed.range_text
        else "",
        charts=[site.missed_chart, site.history_chart("missed.total")],
        tables=[
            group_sheet("offences", "By offence", site.figures, "missed.by_offence", site.opens),
        ],
    )


def _due(site: Site) -> ListFrame:
    """Everybody whose consideration is due."""
    due = key_figure(site.figures, "due.total")
    return ListFrame(
        lead=f"{plural(due.value, 'person', 'people')} not yet released must be considered, "
        "and nobody has decided yet.",
        range_line="Until uncertain links and nationalities are settled, the number may be "
        f"{due.range_text}."
        if due.range_text
        else "",
        tiles=tiles(
            (
                key_figure(site.figures, id_)
                for id_ in (
                    "due.overdue",
                    *(f"due.within_{days}" for days in SHOWN_DAYS),
                    "due.no_date",
                    "due.serious",
                )
            ),
            site.opens,
        ),
        charts=[
            due_by_week(site.facts, site.about.as_of),
            notice_before_release(results.ASSESSMENTS.of(site.facts), site.about.as_of),
            site.history_chart("due.total"),
        ],
        tables=[
            group_sheet("bands", "By time to release", site.figures, "due.by_release", site.opens)
        ],
    )


def _verify(site: Site) -> ListFrame:
    """Everybody whose nationality is to be verified."""
    verify = key_figure(site.figures, "scope.verify_nationality")
    return ListFrame(
        lead=f"In {plural(verify.value, 'custody episode', 'custody episodes')} there is "
        "evidence of British nationality that conflicts with the record.",
        range_line="Nothing is done to a person on this list but to settle their nationality.",
    )


def _backlog(site: Site) -> ListFrame:
    """Every open case, the teams and their staff."""
    return ListFrame(
        lead=backlog_sentence(site.figures),
        tiles=tiles(
            (
                key_figure(site.figures, id_)
                for id_ in (
                    "backlog.open",
                    "backlog.unallocated",
                    "backlog.idle_30",
                    "backlog.idle_76",
                    "staff.working",
                    "staff.diverted",
                    "staff.cases_per_fte",
                    "pace.referral_to_decision",
                )
            ),
            site.opens,
        ),
        charts=[backlog_by_age(site.figures), site.history_chart("backlog.open")],
        tables=[
            sheets.sheet(
                name="teams",
                caption="Teams and their staff, in full-time equivalents",
                frame=results.TEAMS.of(site.facts),
                columns=sheets.TEAM_COLUMNS,
            ),
            group_sheet("stages", "By stage", site.figures, "backlog.by_stage", site.opens),
        ],
    )


_FRAMES: Final[Mapping[str, Callable[[Site], ListFrame]]] = {
    MISSED.name: _missed,
    DUE.name: _due,
    VERIFY.name: _verify,
    OPEN_CASES.name: _backlog,
}
"""What stands around a list; one that is not here stands alone."""


def list_page(listed: CaseList) -> Callable[[Site], None]:
    """What writes the pages of a list."""

    def write(site: Site) -> None:
        around = _FRAMES.get(listed.name)
        site.list_pages(listed, around(site) if around else ListFrame())

    return write
