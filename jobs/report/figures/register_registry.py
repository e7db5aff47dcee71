"""The figures on cases, staff, prisons, links and rows, with their definitions."""

from typing import Final

from jobs.report.figures import flow_figures as f
from jobs.report.figures import register_figures as r
from jobs.report.figures.counting import Compute
from jobs.report.figures.figure import (
    CASES,
    CASEWORK,
    DATA,
    EPISODES,
    FTE,
    IN_SCOPE,
    OPEN,
    PEOPLE,
    PRISONS,
    ROLL,
    ROWS,
    TEAMS,
    Figure,
)


def _backlog(id_: str, title: str, definition: str, compute: Compute, groups: str = "") -> Figure:
    return Figure(
        id=f"backlog.{id_}",
        title=title,
        definition=definition,
        population=OPEN,
        unit=CASES,
        owner=CASEWORK,
        compute=compute,
        groups=groups,
    )


def _staff(id_: str, title: str, definition: str, compute: Compute, unit: str = FTE) -> Figure:
    return Figure(
        id=f"staff.{id_}",
        title=title,
        definition=definition,
        population=TEAMS,
        unit=unit,
        owner=CASEWORK,
        compute=compute,
        groups="month" if id_.endswith("by_month") else "",
    )


def _flow(
    id_: str, title: str, definition: str, unit: str, compute: Compute, groups: str = ""
) -> Figure:
    return Figure(
        id=f"flow.{id_}",
        title=title,
        definition=definition,
        population="criminal cases and custody episodes in scope",
        unit=unit,
        owner=CASEWORK,
        compute=compute,
        groups=groups,
    )


_FLOWS: Final = (
    ("opened", "Cases opened", "Criminal cases opened", CASES, f.opened),
    ("closed", "Cases closed", "Criminal cases closed", CASES, f.closed),
    (
        "decided",
        "Decisions",
        "Custody episodes decided on by a named caseworker",
        EPISODES,
        f.decided,
    ),
    (
        "newcomers",
        "Due at sentence",
        "Custody episodes in scope sentenced with less than 12 months to serve, so due at once,",
        EPISODES,
        f.due_at_sentence,
    ),
)


def _census(id_: str, title: str, definition: str, compute: Compute, unit: str = PEOPLE) -> Figure:
    return Figure(
        id=f"census.{id_}",
        title=title,
        definition=definition,
        population=ROLL,
        unit=unit,
        owner=PRISONS,
        compute=compute,
    )


def _quality(
    id_: str,
    title: str,
    definition: str,
    population: str,
    unit: str,
    compute: Compute,
    groups: str = "",
) -> Figure:
    return Figure(
        id=id_,
        title=title,
        definition=definition,
        population=population,
        unit=unit,
        owner=DATA,
        compute=compute,
        groups=groups,
    )


REGISTER_FIGURES: Final = (
    _backlog(
        "open", "Open cases", "Criminal cases open on the night.", r.backlog_where(r.every_case)
    ),
    _backlog(
        "by_stage",
        "Open cases by stage",
        "Open criminal cases by the stage they are in.",
        r.backlog_by("stage", r.STAGES),
        "stage",
    ),
    _backlog(
        "by_age",
        "Open cases by age",
        "Open criminal cases by the time since they were opened.",
        r.backlog_by("age_band", r.AGES),
        "age band",
    ),
    _backlog(
        "by_team",
        "Open cases by team",
        "Open criminal cases by the team that holds them.",
        r.backlog_by("team"),
        "team",
    ),
    _backlog(
        "unallocated",
        "Unallocated cases",
        "Open criminal cases that no named caseworker holds.",
        r.backlog_where(r.unallocated),
    ),
    *(
        _backlog(
            f"idle_{days}",
            f"No activity for {days} days",
            f"Open criminal cases in which nothing is recorded for more than {days} days.",
            r.backlog_where(r.idle(days)),
        )
        for days in (30, 76)
    ),
    _staff("in_post", "Staff in post", "Staff in post.", r.team_total("fte")),
    _staff("absent", "Staff absent", "Staff in post who are absent.", r.team_total("fte_absent")),
    _staff(
        "diverted",
        "Staff diverted",
        "Staff in post who work elsewhere.",
        r.team_total("fte_diverted"),
    ),
    _staff(
        "working",
        "Staff at work on cases",
        "Staff in post, less those absent and those working elsewhere.",
        r.team_total("fte_working"),
    ),
    _staff(
        "cases_per_fte",
        "Cases for each member of staff",
        "Open criminal cases for each full-time equivalent at work on cases.",
        r.cases_per_fte,
        "cases per full-time equivalent",
    ),
    _staff(
        "working_13_weeks",
        "Staff at work, last 13 weeks",
        "Mean over the days of the last 13 weeks of the staff at work on criminal cases.",
        f.staff_of_last_weeks,
    ),
    _staff(
        "by_month",
        "Staff at work by month",
        "Mean of the staff at work on criminal cases in each of the last 24 whole months.",
        f.staff_by_month(),
    ),
    _staff(
        "diverted_by_month",
        "Staff diverted by month",
        "Mean of the staff of criminal casework who worked elsewhere in each of the last 24 whole "
        "months.",
        f.staff_by_month("diverted"),
    ),
    *(
        _flow(
            f"{name}_13_weeks",
            f"{title}, last 13 weeks",
            f"{counted} in the 13 weeks up to the night.",
            unit,
            f.last_weeks(days),
        )
        for name, title, counted, unit, days in _FLOWS
    ),
    *(
        _flow(
            f"{name}_by_month",
            f"{title} by month",
            f"{counted} in each of the last 24 whole months.",
            unit,
            f.by_month(days),
            "month",
        )
        for name, title, counted, unit, days in _FLOWS[:3]
    ),
    _flow(
        "late_26_weeks",
        "Released before their turn",
        "People not yet released on whom nobody has decided and who, at the pace of the last 13 "
        "weeks and with the nearest release always taken first, are released within 26 weeks "
        "before their turn comes.",
        PEOPLE,
        f.late_people,
    ),
    _census("people", "People in prison", "Everybody held.", r.census_total("people")),
    _census(
        "foreign_nationals",
        "Foreign nationals in prison",
        "People held whose recorded nationality is known and not British.",
        r.census_total("foreign_nationals"),
    ),
    _census(
        "nationality_unknown",
        "Nationality unknown",
        "People held whose nationality is unknown, refused, stateless or missing.",
        r.census_total("nationality_unknown"),
    ),
    _census(
        "prisons_without_work",
        "Prisons without foreign-national work",
        "Prisons, removal centres left out, with no staff who work on foreign nationals.",
        r.prisons_without_work,
        "prisons",
    ),
    _quality(
        "links.linked",
        "Linked persons",
        "Pairs of one prison and one immigration person linked with certainty enough to act on.",
        "persons of both registers",
        "links",
        r.links_with("linked"),
    ),
    _quality(
        "links.review",
        "Possible matches to review",
        "Pairs that may be one person and wait for a reviewer; they clear nobody.",
        "persons of both registers",
        "links",
        r.links_with("review"),
    ),
    _quality(
        "links.prison_unlinked",
        "In scope, no immigration record",
        "Different people in scope, held or released, who are linked to no immigration record.",
        IN_SCOPE,
        PEOPLE,
        r.in_scope_unlinked,
    ),
    _quality(
        "links.immigration_unlinked",
        "Open cases, no prison record",
        "Open criminal cases whose person is linked to no custody episode.",
        OPEN,
        CASES,
        r.backlog_where(r.without_episode),
    ),
    _quality(
        "links.decided_unlinked",
        "Decided cases, no prison record",
        "Criminal cases with a decision on record whose person no certain link joins to a "
        "prisoner: each may belong to somebody on the missed list.",
        "criminal cases",
        CASES,
        r.decided_unlinked,
    ),
    *(
        _quality(
            f"quality.{name}",
            title,
            definition,
            "rows of both registers",
            ROWS,
            r.rows_total(name),
        )
        for name, title, definition in (
            ("rows_in", "Rows delivered", "Rows that both registers delivered for the night."),
            ("accepted", "Rows accepted", "Rows that passed every row rule."),
            ("quarantined", "Rows in quarantine", "Rows kept aside because they broke a rule."),
        )
    ),
    _quality(
        "quality.people_aside",
        "People in quarantine who may be in scope",
        "People with a person, custody episode or sentence in quarantine, unless recorded as "
        "British; rows set aside as duplicates do not count. Whoever of them has a usable episode "
        "is counted in the other figures too.",
        "people of the prison register",
        PEOPLE,
        r.people_aside,
    ),
    _quality(
        "quality.by_rule",
        "Quarantine by rule",
        "Rows in quarantine by the rule that they broke.",
        "rows of both registers",
        ROWS,
        r.quarantine_by_rule,
        "rule",
    ),
)
