"""The figures on custody episodes, with their definitions, in the order of reading."""

from typing import Final

from jobs.report.figures import episode_figures as e
from jobs.report.figures.counting import Compute
from jobs.report.figures.figure import (
    CASEWORK,
    EPISODES,
    IN_SCOPE,
    NOT_RELEASED,
    PRISONS,
    RELEASED,
    Figure,
)


def _missed(id_: str, title: str, definition: str, compute: Compute, groups: str = "") -> Figure:
    return Figure(
        id=f"missed.{id_}",
        title=title,
        definition=definition,
        population=RELEASED,
        unit=EPISODES,
        owner=CASEWORK,
        compute=compute,
        groups=groups,
    )


def _due(id_: str, title: str, definition: str, compute: Compute, groups: str = "") -> Figure:
    return Figure(
        id=f"due.{id_}",
        title=title,
        definition=definition,
        population=NOT_RELEASED,
        unit=EPISODES,
        owner=CASEWORK,
        compute=compute,
        groups=groups,
    )


def _scope(id_: str, title: str, definition: str, population: str, compute: Compute) -> Figure:
    return Figure(
        id=id_,
        title=title,
        definition=definition,
        population=population,
        unit=EPISODES,
        owner=CASEWORK,
        compute=compute,
        groups="status" if id_ == "scope.by_status" else "",
    )


EPISODE_FIGURES: Final = (
    _missed(
        "total",
        "Released without consideration",
        "Custody episodes in scope that ended in a release with no decision by a named caseworker, "
        "neither before the release nor since.",
        e.missed(),
    ),
    _missed(
        "people",
        "People released without consideration",
        "Different people among the episodes released without consideration.",
        e.missed_people,
    ),
    _missed(
        "never_referred",
        "Never referred",
        "Missed episodes that the prison service never referred to the immigration service.",
        e.never_referred,
    ),
    _missed(
        "referred_not_considered",
        "Referred, never considered",
        "Missed episodes that were referred and on which nobody decided.",
        e.referred_not_considered,
    ),
    _missed(
        "no_release_date",
        "Missed, no release date recorded",
        "Missed episodes whose day of release is not recorded.",
        e.missed(e.no_release_date),
    ),
    _missed(
        "court_recommended",
        "Missed, recommended by a court",
        "Missed episodes in which the sentencing court had recommended deportation.",
        e.missed(e.court_recommended),
    ),
    _missed(
        "serious",
        "Missed, serious offences",
        "Missed episodes whose most serious offence is of seriousness 1 or 2: killing, sexual or "
        "serious violent offences, kidnapping, robbery, arson.",
        e.missed(e.serious),
    ),
    _missed(
        "nationality_unknown",
        "Missed, nationality unknown",
        "Missed episodes of people whose nationality is unknown, refused, stateless or missing.",
        e.missed(e.nationality_unknown),
    ),
    _missed(
        "possible_match",
        "Missed, possible match to settle",
        "Missed episodes for which a possible match, not certain enough to act on, holds a "
        "decision in time.",
        e.missed(e.possibly_considered),
    ),
    _missed(
        "by_release_month",
        "Missed by month of release",
        "Missed episodes by the month of release.",
        e.missed(by=e.release_month, groups=(e.NO_DATE,)),
        "month of release, or (no date)",
    ),
    _missed(
        "by_offence",
        "Missed by offence",
        "Missed episodes by the category of the most serious offence.",
        e.missed(by=e.offence_category, groups=e.OFFENCE_CATEGORIES),
        "offence category",
    ),
    _missed(
        "by_prison",
        "Missed by prison",
        "Missed episodes by the prison that released.",
        e.missed(by=e.prison),
        "prison code",
    ),
    _due(
        "total",
        "Consideration due",
        "Episodes in scope and not released whose consideration is due and not recorded.",
        e.due(),
    ),
    _due(
        "overdue",
        "Due, earliest release date passed",
        "Episodes due whose earliest release date has passed though no release is recorded.",
        e.due(e.overdue),
    ),
    *(
        _due(
            f"within_{days}",
            f"Release within {days} days, not considered",
            f"Episodes due whose earliest release is within {days} days of the night, dates that "
            "have passed included.",
            e.due(e.within(days)),
        )
        for days in (7, 30, 90, 365)
    ),
    _due(
        "no_date",
        "Due, no release date known",
        "Episodes due for which no date of release can be found.",
        e.due(e.no_earliest_release),
    ),
    _due(
        "serious",
        "Due, serious offences",
        "Episodes due whose most serious offence is of seriousness 1 or 2.",
        e.due(e.serious),
    ),
    _due(
        "by_release",
        "Due by time to release",
        "Episodes due by the time to the earliest release; each is in one band.",
        e.due(by=e.release_band, groups=e.RELEASE_BAND_ORDER),
        "time to release",
    ),
    _due(
        "by_prison",
        "Due by prison",
        "Episodes due by the prison that holds the person, or held them last.",
        e.due(by=e.prison),
        "prison code",
    ),
    _scope(
        "considered.in_time",
        "Considered",
        "Episodes in scope on which a named caseworker decided before release.",
        IN_SCOPE,
        e.considered_in_time,
    ),
    _scope(
        "considered.late",
        "Considered late",
        "Episodes on which a named caseworker decided, but after release.",
        RELEASED,
        e.with_status("CONSIDERED_LATE"),
    ),
    _scope(
        "scope.in_scope",
        "In scope",
        "Episodes for which the rules in force require that deportation be considered.",
        "all custody episodes",
        e.in_scope,
    ),
    _scope(
        "scope.verify_nationality",
        "Nationality to verify",
        "Episodes with evidence of British nationality that conflicts with the record; never an "
        "action against the person.",
        "all custody episodes",
        e.with_status("VERIFY_NATIONALITY"),
    ),
    _scope(
        "scope.by_status",
        "Episodes by status",
        "All custody episodes by status; each has exactly one.",
        "all custody episodes",
        e.by_status,
    ),
    Figure(
        id="pace.sentence_to_referral",
        title="Days from sentence to referral",
        definition="Median days from the first sentence to the referral, where both are known.",
        population=IN_SCOPE,
        unit="days",
        owner=PRISONS,
        compute=e.median_days("sentence_date", "referred_date"),
    ),
    Figure(
        id="pace.referral_to_decision",
        title="Days from referral to decision",
        definition="Median days from the referral to the decision, where both are known.",
        population=IN_SCOPE,
        unit="days",
        owner=CASEWORK,
        compute=e.median_days("referred_date", "considered_date"),
    ),
    Figure(
        id="pace.decided_year_before",
        title="Decided a year before release",
        definition="Share of the in-scope releases of the last 12 months that were decided at "
        "least 12 months before release.",
        population="in-scope episodes released in the 12 months to the night",
        unit="per cent",
        owner=CASEWORK,
        compute=e.share_decided_a_year_before,
    ),
)
