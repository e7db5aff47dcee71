"""The pages of the four lists: missed, due, nationality to verify, backlog."""

from jobs.contract.view_models import plural
from jobs.report import sheets
from jobs.report.charts.history import history_chart
from jobs.report.charts.night_charts import backlog_by_age, due_by_week
from jobs.report.charts.pace_charts import notice_before_release
from jobs.report.site.page_parts import group_sheet, tiles
from jobs.report.site.site import ListPage, Site
from jobs.report.summary.caveats import backlog_sentence
from jobs.report.summary.headline import key_figure


def missed_page(site: Site) -> None:
    """Everybody released without consideration."""
    missed = key_figure(site.figures, "missed.total")
    site.list_pages(
        ListPage(
            name="missed",
            title="Released without consideration",
            lead=f"{plural(missed.value, 'release', 'releases')} went ahead with no decision by a "
            "named caseworker, and none has been made since.",
            range_line="Until uncertain links and nationalities are settled, the number may be "
            f"{missed.range_text}."
            if missed.range_text
            else "",
            columns=sheets.MISSED_COLUMNS,
            charts=[site.missed_chart, history_chart(site, "missed.total")],
            tables=[
                group_sheet(
                    "offences", "By offence", site.figures, "missed.by_offence", site.opens
                ),
            ],
            list_title="Each release",
        )
    )


def due_page(site: Site) -> None:
    """Everybody whose consideration is due."""
    due = key_figure(site.figures, "due.total")
    site.list_pages(
        ListPage(
            name="due",
            title="Consideration due",
            lead=f"{plural(due.value, 'person', 'people')} not yet released must be considered, "
            "and nobody has decided yet.",
            range_line="Until uncertain links and nationalities are settled, the number may be "
            f"{due.range_text}."
            if due.range_text
            else "",
            columns=sheets.DUE_COLUMNS,
            tiles=tiles(
                (
                    key_figure(site.figures, id_)
                    for id_ in (
                        "due.overdue",
                        "due.within_7",
                        "due.within_30",
                        "due.within_90",
                        "due.within_365",
                        "due.no_date",
                        "due.serious",
                    )
                ),
                site.opens,
            ),
            charts=[
                due_by_week(site.facts, site.about.as_of),
                notice_before_release(site.facts["nightly.assessments"], site.about.as_of),
                history_chart(site, "due.total"),
            ],
            tables=[
                group_sheet(
                    "bands", "By time to release", site.figures, "due.by_release", site.opens
                )
            ],
            list_title="Each person",
        )
    )


def verify_page(site: Site) -> None:
    """Everybody whose nationality is to be verified."""
    verify = key_figure(site.figures, "scope.verify_nationality")
    site.list_pages(
        ListPage(
            name="verify",
            title="Nationality to verify",
            lead=f"In {plural(verify.value, 'custody episode', 'custody episodes')} there is "
            "evidence of British nationality that conflicts with the record.",
            range_line="Nothing is done to a person on this list but to settle their nationality.",
            columns=sheets.VERIFY_COLUMNS,
            list_title="Each custody episode",
        )
    )


def backlog_page(site: Site) -> None:
    """Every open case, the teams and their staff."""
    site.list_pages(
        ListPage(
            name="backlog",
            title="Backlog",
            lead=backlog_sentence(site.figures),
            columns=sheets.BACKLOG_COLUMNS,
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
            charts=[backlog_by_age(site.figures), history_chart(site, "backlog.open")],
            tables=[
                sheets.sheet(
                    name="teams",
                    caption="Teams and their staff, in full-time equivalents",
                    frame=site.facts["nightly.teams"],
                    columns=sheets.TEAM_COLUMNS,
                ),
                group_sheet("stages", "By stage", site.figures, "backlog.by_stage", site.opens),
            ],
            list_title="Each case, oldest first",
        )
    )
