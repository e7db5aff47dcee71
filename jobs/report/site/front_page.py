"""The first page: the answer, the numbers, what to do next, and what to bear in mind."""

from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.contract.case_lists import DUE
from jobs.contract.view_models import plural
from jobs.report import sheets
from jobs.report.data_package import DESCRIPTION
from jobs.report.lists.breakdowns import missed_by_time
from jobs.report.lists.drill_down import STATUS_COLUMNS, UNLISTED, status_file
from jobs.report.lists.next_actions import AHEAD, HELD, SHOWN, next_actions
from jobs.report.site.page_parts import figure_sheet, first_of, group_sheet, tiles
from jobs.report.site.site import Site
from jobs.report.summary.headline import key_figure

WORKBOOK: Final = "consideration.xlsx"


def front_page(site: Site) -> None:
    """Who must be considered, and was not."""
    head = site.headline
    due = site.rows(DUE)
    assessments = results.ASSESSMENTS.of(site.facts)[list(STATUS_COLUMNS)]
    for status in UNLISTED:
        episodes = assessments[assessments["status"].eq(status)]
        site.csv(status_file(status), episodes.sort_values("episode_id"), results.ASSESSMENTS)
    site.page(
        "index.html",
        "index.html.j2",
        "Who must be considered, and was not",
        headline=head,
        tiles_=tiles(head.figures, site.opens),
        due_total=plural(len(due), "person", "people"),
        next=_next_sheets(site),
        split=figure_sheet(
            "split",
            "How they were missed",
            site.figures,
            (
                "missed.total",
                "missed.people",
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
        lately=_lately(site),
        missed_chart=site.missed_chart,
        statuses=group_sheet(
            "statuses", "Custody episodes by status", site.figures, opens=site.opens
        ),
        caveats=site.caveats,
        workbook=f"data/{WORKBOOK}",
        description=f"data/{DESCRIPTION}",
    )


def _lately(site: Site) -> str:
    """Who left in the last week, told apart from who is held past the date and has not left."""
    by_time = missed_by_time(site.facts, pd.Timestamp(site.about.as_of))
    left = int(by_time["releases"].iloc[0])
    held = key_figure(site.figures, "due.overdue").value or 0
    return (
        f"In the last 7 days {plural(left, 'person was', 'people were')} released without "
        f"consideration. Not among them, because they have not left: "
        f"{plural(held, 'person', 'people')} held past the earliest release date."
    )


def _next_sheets(site: Site) -> list[sheets.Sheet]:
    """The next actions, as every email begins with them."""
    actions = next_actions(site.facts)
    columns = sheets.list_columns(DUE)[:9]
    lists = (
        ("ahead", AHEAD, actions.ahead),
        ("held", HELD, actions.held),
    )
    return [
        site.case_sheet(
            name, first_of(title, min(len(rows), SHOWN), len(rows)), rows.head(SHOWN), columns
        )
        for name, title, rows in lists
    ]
