"""Links: who is joined across the registers, and who on one side has nobody on the other."""

from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.contract.results.lists_by_hand import CLEARED_BY_DECISION
from jobs.report.figures.figure import CASES, DATA, EPISODES, IN_SCOPE, OPEN, PEOPLE, Figure
from jobs.report.figures.inputs import Compute, FigureInputs
from jobs.report.figures.ranges import count_rows, single


def links_with(outcome: str) -> Compute:
    """Links with one outcome."""

    def compute(inputs: FigureInputs) -> pd.DataFrame:
        return single(float(inputs.of(results.LINKS)["outcome"].eq(outcome).sum()))

    return compute


def in_scope_unlinked(inputs: FigureInputs) -> pd.DataFrame:
    """Different identities in scope that no certain link joins to an immigration person."""
    frame = inputs.of(results.ASSESSMENTS)
    alone = frame["is_in_scope"] & frame["link_outcome"].ne("linked")
    return single(float(frame.loc[alone, "identity_id"].nunique()))


def cases_unlinked(inputs: FigureInputs) -> pd.DataFrame:
    """Open cases whose person has no custody episode that a link leads to."""
    return count_rows(counted=inputs.of(results.BACKLOG)["episode_id"].isna())


def decided_unlinked(inputs: FigureInputs) -> pd.DataFrame:
    """Decided criminal cases that no certain link joins to a prisoner; empty where not known."""
    return single(inputs.uncertainty.unlinked_decided)


def cleared_by_decision(inputs: FigureInputs) -> pd.DataFrame:
    """Custody episodes that a person's decision on a link cleared; empty where not recorded."""
    frame = inputs.of(results.ASSESSMENTS)
    return count_rows(counted=CLEARED_BY_DECISION.selects(frame))


def _figure(
    id_: str,
    title: str,
    definition: str,
    population: str,
    unit: str,
    compute: Compute,
    on: str = "",
) -> Figure:
    return Figure(
        id=f"links.{id_}",
        title=title,
        definition=definition,
        population=population,
        unit=unit,
        owner=DATA,
        compute=compute,
        on=on,
    )


FIGURES: Final = (
    _figure(
        "linked",
        "Linked persons",
        "Pairs of one prison and one immigration person linked with certainty enough to act on.",
        "persons of both registers",
        "links",
        links_with("linked"),
    ),
    _figure(
        "review",
        "Possible matches to review",
        "Pairs that may be one person and wait for a reviewer; they clear nobody.",
        "persons of both registers",
        "links",
        links_with("review"),
    ),
    _figure(
        "cleared_by_decision",
        "Cleared by a decision on a link",
        "Custody episodes considered, or ended by leaving the country, by the record of a person "
        "of the immigration register whom a reviewer, and not the model, linked to the prisoner.",
        IN_SCOPE,
        EPISODES,
        cleared_by_decision,
        on=CLEARED_BY_DECISION.name,
    ),
    _figure(
        "prison_unlinked",
        "In scope, no immigration record",
        "Different people in scope, held or released, who are linked to no immigration record.",
        IN_SCOPE,
        PEOPLE,
        in_scope_unlinked,
    ),
    _figure(
        "immigration_unlinked",
        "Open cases, no prison record",
        "Open criminal cases whose person is linked to no custody episode.",
        OPEN,
        CASES,
        cases_unlinked,
    ),
    _figure(
        "decided_unlinked",
        "Decided cases, no prison record",
        "Criminal cases with a decision on record whose person no certain link joins to a "
        "prisoner: each may belong to somebody on the missed list.",
        "criminal cases",
        CASES,
        decided_unlinked,
    ),
)
