"""The assurance sample: how many were cleared, how many of them checked, how many may be wrong."""

from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.contract.proof.assurance_strata import DAYS
from jobs.report.assurance.bound import bounds, share_of_all
from jobs.report.assurance.strata import stratum_of
from jobs.report.figures.figure import DATA, PEOPLE, Figure
from jobs.report.figures.inputs import Compute, FigureInputs
from jobs.report.figures.ranges import plain, single

EPISODES: Final = "custody episodes"
CLEARED: Final = (
    "custody episodes on no list of the work: considered, out of scope, British, or not due yet"
)
STRATUM: Final = "why they were cleared, and whether offence or evidence press"


def _found(inputs: FigureInputs) -> pd.DataFrame:
    return bounds(stratum_of(inputs.of(results.ASSESSMENTS)), inputs.checks)


def _total(column: str) -> Compute:
    return lambda inputs: single(float(inputs.once(_found)[column].sum()))


def _each(column: str) -> Compute:
    return lambda inputs: plain(inputs.once(_found)[column])


def _share(inputs: FigureInputs) -> pd.DataFrame:
    share = share_of_all(inputs.once(_found))
    return single(None if share is None else 100 * share)


def _share_each(inputs: FigureInputs) -> pd.DataFrame:
    found = inputs.once(_found)
    return plain(100 * found.loc[found["checked"].gt(0), "share"])


def _figure(
    id_: str,
    title: str,
    definition: str,
    compute: Compute,
    *,
    unit: str = EPISODES,
    groups: str = "",
    whole: str = "",
) -> Figure:
    return Figure(
        id=f"assurance.{id_}",
        title=title,
        definition=definition,
        population=CLEARED,
        unit=unit,
        owner=DATA,
        compute=compute,
        groups=groups,
        whole=f"assurance.{whole}" if whole else "",
    )


def _both(id_: str, title: str, definition: str, column: str) -> tuple[Figure, Figure]:
    """A count, and the same by stratum."""
    return (
        _figure(id_, title, definition, _total(column)),
        _figure(
            f"{id_}_by_stratum",
            f"{title}, by stratum",
            f"{definition[:-1]}, by stratum.",
            _each(column),
            groups=STRATUM,
            whole=id_,
        ),
    )


_CHECKS: Final = (
    f"drawn by the publications of the last {DAYS} days, each episode once, that somebody checked "
    "against the files"
)
_BOUND: Final = (
    "The share that was wrongly cleared, at most, with 95 % confidence: the exact bound of Clopper "
    "and Pearson in each stratum, from the checks alone; "
)
FIGURES: Final[tuple[Figure, ...]] = (
    *_both(
        "cleared",
        "Cleared",
        "Custody episodes on no list of the work, by which somebody could have been cleared "
        "wrongly.",
        "cleared",
    ),
    *_both("checked", "Checked", f"Cleared custody episodes {_CHECKS}.", "checked"),
    *_both(
        "bad",
        "Wrongly cleared, or not to be told",
        f"Cleared custody episodes {_CHECKS}, and found wrongly cleared or could not tell.",
        "bad",
    ),
    _figure(
        "checkers",
        "People who checked",
        f"People who were logged in when cleared custody episodes were checked, {_CHECKS}.",
        lambda inputs: single(float(inputs.checks.people)),
        unit=PEOPLE,
    ),
    _figure(
        "wrong_at_most",
        "Wrongly cleared, at most",
        f"{_BOUND}a stratum that nobody checked counts as wrong as a whole, and without any check "
        "nothing is known.",
        _share,
        unit="per cent",
    ),
    _figure(
        "wrong_at_most_by_stratum",
        "Wrongly cleared, at most, by stratum",
        f"{_BOUND}all strata hold together. Strata that nobody checked are left out.",
        _share_each,
        unit="per cent",
        groups=STRATUM,
    ),
)
