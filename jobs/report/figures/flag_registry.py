"""The figures on outcomes, disputed dates and discrepancies, with their definitions."""

from typing import Final

from jobs.report.figures import flag_figures as f
from jobs.report.figures.counting import Compute
from jobs.report.figures.figure import CASEWORK, DATA, EPISODES, RELEASED, Figure


def _flag(
    id_: str, title: str, definition: str, compute: Compute, groups: str = "", *, since: str = "1"
) -> Figure:
    return Figure(
        id=id_,
        title=title,
        definition=definition,
        population=RELEASED if id_.startswith("outcome") else "custody episodes assessed",
        unit=EPISODES,
        owner=CASEWORK,
        compute=compute,
        groups=groups,
        since=since,
    )


def _difference(
    id_: str, title: str, definition: str, compute: Compute, groups: str = ""
) -> Figure:
    return Figure(
        id=f"discrepancies.{id_}",
        title=title,
        definition=definition,
        population="persons linked for certain",
        unit="discrepancies",
        owner=DATA,
        compute=compute,
        groups=groups,
    )


FLAG_FIGURES: Final = (
    _flag(
        "outcome.by_outcome",
        "Where the unconsidered are now",
        "Episodes released without consideration, those considered late included, by what has "
        "become of the person; each has exactly one outcome.",
        f.outcomes,
        "outcome",
    ),
    _flag(
        "release.disputed",
        "Release date disputed",
        "Episodes whose recorded release date lies outside the range worked out from the "
        "sentences.",
        f.flagged("is_release_disputed"),
    ),
    _flag(
        "outcome.restriction_missing",
        "Released without any restriction",
        "Episodes released without consideration and without a decision on detention, electronic "
        "monitoring, restriction or bail between conviction and release.",
        f.flagged("is_restriction_missing"),
        since="2",
    ),
    _difference(
        "total",
        "Discrepancies",
        "Fields on which the registers disagree about a person linked for certain.",
        f.discrepancies,
    ),
    _difference(
        "by_rule",
        "Discrepancies by kind",
        "Discrepancies between the registers by the rule that finds them.",
        f.discrepancies_by("rule_id"),
        "rule",
    ),
    _difference(
        "by_register",
        "Discrepancies by register",
        "Discrepancies by the register that most likely errs.",
        f.discrepancies_by("likely_wrong", ("immigration", "prison")),
        "register",
    ),
)
