"""The pages of outcomes and discrepancies, where the publication has those tables."""

import pandas as pd

from jobs.contract import codes as c
from jobs.contract import results
from jobs.contract.case_lists import TRACINGS
from jobs.contract.view_models import plural
from jobs.report import sheets
from jobs.report.published import if_held, value_of
from jobs.report.site.page_parts import KINDS, figure_sheet, first_of, group_sheet, tiles
from jobs.report.site.site import PAGE_ROWS, PageSection, Site
from jobs.report.summary.headline import key_figure

OUTCOME_COLUMNS = (
    *sheets.episode_columns("episode_id", "prison_id", "status"),
    sheets.declared(results.FLAGS, "outcome", "Now"),
    *sheets.episode_columns("release_date", "offence_code", "nationality", "case_id"),
)
_NATIONALITIES = {entry.code: entry.meaning for entry in c.NATIONALITY.codes}
DISCREPANCY_COLUMNS = (
    *sheets.episode_columns("episode_id"),
    sheets.Column(source="rule_id", heading="Kind", words=KINDS),
    sheets.Column(source="prison_value", heading="Prison register says", words=_NATIONALITIES),
    sheets.Column(
        source="immigration_value", heading="Immigration register says", words=_NATIONALITIES
    ),
    sheets.Column(source="since_date", heading="Since", kind="date"),
    sheets.Column(source="first_seen_date", heading="First reported", kind="date"),
    sheets.Column(source="age_days", heading="Days reported", kind="whole"),
)


def outcomes_page(site: Site) -> None:
    """What has become of everybody released without consideration."""
    flags = if_held(results.FLAGS, site.facts)
    if flags is None:
        return
    cohort = flags.loc[flags["outcome"].notna(), ["episode_id", "outcome"]]
    assessed = results.ASSESSMENTS.of(site.facts)
    frame = cohort.merge(assessed, on="episode_id", how="left", validate="one_to_one")
    frame = frame.sort_values(["priority", "episode_id"], na_position="last", ignore_index=True)
    wanted = [column.source for column in OUTCOME_COLUMNS]
    csv, size = site.csv("outcomes", frame[wanted])
    lost = value_of(site.figures, "outcome.by_outcome", "NOT_LOCATED") or 0
    unsought = value_of(site.figures, "outcome.by_outcome", "NOT_SOUGHT") or 0
    site.page(
        "outcomes.html",
        "page.html.j2",
        "Where the missed are now",
        lead=f"Of {plural(len(frame), 'release', 'releases')} without consideration in time, "
        f"{plural(lost, 'person', 'people')} cannot be found after a search, and nobody has looked "
        f"for {plural(unsought, 'another', 'others')}.",
        text="Each has exactly one outcome, so the outcomes sum to all. Releases considered late "
        "are among them.",
        tiles_=tiles([key_figure(site.figures, "outcome.restriction_missing")]),
        charts=(),
        sections=[
            PageSection(
                id="outcomes",
                title="By outcome",
                sheet=group_sheet("by-outcome", "Outcomes", site.figures, "outcome.by_outcome"),
            ),
            PageSection(
                id="traced",
                title="Whether it is known where they are",
                sheet=figure_sheet(
                    "tracings",
                    "Each missed release",
                    site.figures,
                    [listed.total for listed in TRACINGS],
                    site.opens,
                ),
            ),
            PageSection(
                id="each",
                title="Each release",
                sheet=_sheet(site, "outcome", frame, OUTCOME_COLUMNS),
                csv=csv,
                text=f"The complete list is in the CSV ({size}).",
            ),
        ],
    )


def discrepancies_page(site: Site) -> None:
    """What the registers say differently, and which of them should mend it."""
    table = if_held(results.DISCREPANCIES, site.facts)
    if table is None:
        return
    shown = [column.source for column in DISCREPANCY_COLUMNS]
    table = table.sort_values(["age_days", "discrepancy_id"], ascending=[False, True])
    lists = []
    for register in ("prison", "immigration"):
        own = table[table["likely_wrong"].eq(register)]
        csv, size = site.csv(f"to-mend-{register}", own[shown])
        lists.append(
            PageSection(
                id=register,
                title=f"For the {register} register to mend",
                sheet=_sheet(site, register, own, DISCREPANCY_COLUMNS),
                csv=csv,
                text=f"Longest reported first. The complete list is in the CSV ({size}).",
            )
        )
    total = plural(len(table), "field", "fields")
    site.page(
        "discrepancies.html",
        "page.html.j2",
        "Discrepancies between the registers",
        lead=f"The registers disagree on {total} of people who are linked for certain.",
        text="Each is listed for the register that most likely errs.",
        tiles_=(),
        charts=(),
        sections=[
            PageSection(
                id="kinds",
                title="By kind",
                sheet=group_sheet("kinds", "Kinds", site.figures, "discrepancies.by_rule"),
            ),
            *lists,
        ],
    )


def _sheet(
    site: Site, name: str, frame: pd.DataFrame, columns: tuple[sheets.Column, ...]
) -> sheets.Sheet:
    """The first rows, linked to their reasons where the site shows those."""
    rows = frame.head(PAGE_ROWS)
    return sheets.sheet(
        name=f"{name}-rows",
        caption=first_of("Rows", len(rows), len(frame)),
        frame=rows,
        columns=columns,
        links=tuple(site.cases.link_or_none(str(episode)) for episode in rows["episode_id"]),
        sortable=True,
    )
