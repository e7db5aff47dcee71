"""What was published in 2006 of the service's work, beside what is true of the world.

The nights are those of which the papers speak. Figures about all foreign prisoners shrink with a
world below true scale, those of the 1,023 never.
"""

from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from jobs.synthetic.base import days
from jobs.synthetic.base import published_figures as published
from jobs.synthetic.base.random_draws import Flags, Ints
from jobs.synthetic.custody import custody_stays, sentencing
from jobs.synthetic.people import nationalities
from jobs.synthetic.world import History

_FOUND: Final = days.calendar(days.FOUND)
_IN_2007: Final = date(2007, 12, 31)
_REMOVED: Final = (custody_stays.DEPORTATION, custody_stays.EARLY)


def papers(history: History) -> pd.DataFrame:
    """Each published figure of casework, custody and whereabouts, read from what happened.

    Returns:
        ``night``, ``figure``, ``published`` (empty where no number was), ``expected`` (the same at
        this world's scale) and ``truth``.
    """
    share = history.size.foreign_share
    rows: list[tuple[date, str, int | None, float, int]] = []
    for day, people in published.CENSUS.items():
        inside, centres = _census(history, days.number(day))
        rows.append((day, "foreign nationals in prison, detainees included", people, share, inside))
        rows.append((day, "of these in removal centres", None, share, centres))
    considered, deported = _two_years(history)
    answered = history.cases["questionnaire_returned"].to_numpy() <= days.FOUND
    missed = history.stays[history.stays["is_missed"]]
    lifers = int((missed["calculation"] == sentencing.LIFE).sum())
    asked = int((answered & _of_cohort(history)).sum())
    rows += [
        (
            _FOUND,
            "considered over 2004 and 2005",
            published.CONSIDERED_2004_2005,
            share,
            considered,
        ),
        (_FOUND, "deported over 2004 and 2005", published.REMOVED_2004_2005, share, deported),
        (_FOUND, "of the 1,023, serving life", None, 1, lifers),
        (_FOUND, "of the 1,023, located and questioned", published.COMPLETED, 1, asked),
    ]
    whole = (published.STARTED, published.COMPLETED, published.DEPORTED)
    late = (
        published.STARTED_AFTER_WARNING,
        published.COMPLETED_AFTER_WARNING,
        published.DEPORTED_AFTER_WARNING,
    )
    for whose, numbers, found in zip(
        ("1,023", "288"), (whole, late), _worked_on(history), strict=True
    ):
        for name, number, truth in zip(
            ("started", "completed", "deported"), numbers, found, strict=True
        ):
            rows.append((published.COMPLETED_ON, f"of the {whose}, {name}", number, 1, truth))
    back = published.outcomes()["in_prison"]
    rows.append((_IN_2007, "of the 1,013, back in prison", back, 1, _back(history)))
    table = pd.DataFrame(rows, columns=["night", "figure", "published", "share", "truth"])
    known = table["published"].astype("Int64")
    expected = (known.astype("Float64") * table["share"]).round().astype("Int64")
    return table.assign(published=known, expected=expected).drop(columns="share")


def _of_cohort(history: History) -> Flags:
    found: Flags = history.stays["is_missed"].to_numpy()[history.cases["stay"].to_numpy()]
    return found


def _census(history: History, day: int) -> tuple[int, int]:
    """People of a known foreign nationality in custody, and those of them in a removal centre."""
    stays, everybody = history.stays, history.everybody
    person = stays["person"].to_numpy()
    known = (everybody["nationality"] != nationalities.BRITISH) & ~everybody["is_unknown"]
    held_then = ((stays["reception"] <= day) & (stays["end"] > day)).to_numpy()
    inside = held_then & known.to_numpy(dtype=bool)[person]
    moved = history.movements
    entered = moved[((moved["day"] <= day) & (moved["to_prison"] >= 0)).to_numpy()]
    last = entered.drop_duplicates("stay", keep="last").set_index("stay")["to_prison"]
    centres = np.flatnonzero(history.places["is_removal_centre"])
    held = last.reindex(np.flatnonzero(inside)).isin(centres).to_numpy()
    return len(np.unique(person[inside])), len(np.unique(person[inside][held]))


def _decided(history: History) -> tuple[Ints, Ints]:
    """Day of the first decision of each case, and the day from which it was on record."""
    cases = history.cases
    decided = cases[["pursue", "not_pursue", "deferred"]].min(axis=1).to_numpy()
    found = cases["found_day"].to_numpy()
    return decided, np.where(days.known(found), found, decided)


def _two_years(history: History) -> tuple[int, int]:
    """Decisions and deportations over 2004 and 2005 as known on the night of the failure."""
    first, last = (days.number(day) for day in published.TWO_YEARS)
    decided, recorded = _decided(history)
    considered = (decided >= first) & (decided <= last) & (recorded <= days.FOUND)
    stays = history.stays
    gone = stays["removal"].isin(_REMOVED) & stays["end"].between(first, last)
    return int(considered.sum()), int(gone.sum())


def _worked_on(history: History) -> tuple[list[int], list[int]]:
    """Started, completed and deported by 26 April 2006: of the 1,023, and of the 288."""
    night = days.number(published.COMPLETED_ON)
    first, last = (days.number(day) for day in published.WARNED)
    cases = history.cases
    _, recorded = _decided(history)
    flags = [
        cases["started"].to_numpy() <= night,
        recorded <= night,
        (cases["removed"].to_numpy() <= night) & (recorded <= night),
    ]
    stay = history.stays.iloc[cases["stay"].to_numpy()]
    warned = (stay["is_dated"] & stay["end"].between(first, last)).to_numpy()
    own = _of_cohort(history)
    return (
        [int((flag & own).sum()) for flag in flags],
        [int((flag & own & warned).sum()) for flag in flags],
    )


def _back(history: History) -> int:
    """Members of the cohort in prison at the end of 2007."""
    night = days.number(_IN_2007)
    stays = history.stays
    inside = (stays["reception"] <= night) & (stays["end"] > night)
    members = history.cases.loc[(history.cases["outcome_2007"] >= 0).to_numpy(), "person"]
    return int(stays.loc[inside & stays["person"].isin(members), "person"].nunique())
