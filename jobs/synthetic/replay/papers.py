"""What was published in 2006 of the service's work, beside what is true of the world.

The nights are those of which the papers speak. Figures about all foreign prisoners shrink with a
world below true scale, those of the 1,023 never.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from jobs.synthetic.base import days
from jobs.synthetic.base import published_figures as published
from jobs.synthetic.base.random_draws import Flags, Ints
from jobs.synthetic.custody import custody_stays, sentencing, unusual_events
from jobs.synthetic.people import nationalities
from jobs.synthetic.world import History

_FOUND: Final = days.calendar(days.FOUND)
_IN_2007: Final = date(2007, 12, 31)
_REMOVED: Final = (custody_stays.DEPORTATION, custody_stays.EARLY)


_DECIDED: Final = "casework.decisions_by_year"
_POPULATION: Final = "census.foreign_nationals_over_time"
_DETAINEES: Final = "census.detainees_over_time"
_REPORTED: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "considered over 2004 and 2005": (_DECIDED, ("2004", "2005")),
    "deported over 2004 and 2005": ("casework.deportations_by_year", ("2004", "2005")),
    "of the 1,023, serving life": ("missed.lifers", ()),
    "of the 1,023, located and questioned": ("missed.questioned", ()),
    "of the 1,023, started": ("missed.started", ()),
    "of the 1,023, completed": ("missed.decided_since", ()),
    "of the 1,023, deported": ("missed.left_country", ()),
    "of the 288, started": ("missed.after_warning_started", ()),
    "of the 288, completed": ("missed.after_warning_decided", ()),
    "of the 288, deported": ("missed.after_warning_left", ()),
    "of the 1,023, on licence": ("missed.supervised", ()),
    "of the 1,023, in prison again since": ("missed.came_back", ()),
    "bail granted over an objection": ("casework.opposed_bails", ()),
}
"""The figure that the software publishes of each, and with what the groups that count begin."""


def beside_reported(table: pd.DataFrame, figures: Mapping[date, pd.DataFrame]) -> pd.DataFrame:
    """Beside each published figure what the software reported for that night.

    Args:
        table: as `papers` gives it.
        figures: the figures published for each replayed night.

    Returns:
        The table with ``reported``, empty where the night was not replayed. The census of an
        earlier day is that which the night of the failure tells of it.
    """
    said = []
    for night, figure in zip(table["night"], table["figure"], strict=True):
        is_census = figure in _CENSUS_FIGURES
        own = figures.get(_FOUND if is_census else night)
        id_, groups = (
            (_CENSUS_FIGURES[figure], (night.isoformat(),))
            if is_census
            else _REPORTED.get(figure, ("", ()))
        )
        said.append(None if own is None or not id_ else _value(own, id_, groups))
    return table.assign(reported=pd.Series(said, dtype="Int64"))


_CENSUS_FIGURES: Final = {
    "foreign nationals in prison, detainees included": _POPULATION,
    "of these in removal centres": _DETAINEES,
}


def _value(figures: pd.DataFrame, figure: str, groups: tuple[str, ...]) -> int:
    own = figures[figures["figure_id"].eq(figure)]
    if groups:
        own = own[own["group_value"].str.startswith(groups)]
    return int(own["value"].sum())


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
        (_FOUND, "of the 1,023, on licence", None, 1, _on_licence(history)),
        (_FOUND, "of the 1,023, in prison again since", None, 1, _came_back(history)),
        (_FOUND, "bail granted over an objection", None, 1, _opposed_bails(history)),
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


def _on_licence(history: History) -> int:
    """Members of the cohort on licence on the night of the failure, neither inside nor deported."""
    stays = history.stays
    own = stays["is_missed"].to_numpy()
    life = (stays["calculation"] == sentencing.LIFE).to_numpy()
    lasting = life | (days.known(stays["licence_expiry"]) & (stays["licence_expiry"] >= days.FOUND))
    inside = unusual_events.back_inside(stays, days.FOUND)
    return int((own & lasting & ~inside).sum())


def _came_back(history: History) -> int:
    """Members of the cohort received again by the night of the failure, after their release."""
    stays = history.stays
    missed = stays[stays["is_missed"]]
    end = missed.set_index("person")["end"]
    later = stays[stays["person"].isin(end.index) & ~stays["is_missed"]]
    after = later["reception"] > later["person"].map(end)
    again = set(later.loc[after & (later["reception"] <= days.FOUND), "person"])
    return len(again | set(missed.loc[missed["recalled"] <= days.FOUND, "person"]))


def _opposed_bails(history: History) -> int:
    """Grants of bail by the night of the failure to which the service had objected."""
    bails = history.bails
    return int((bails["is_opposed"] & (bails["granted"] <= days.FOUND)).sum())


def _back(history: History) -> int:
    """Members of the cohort in prison at the end of 2007."""
    night = days.number(_IN_2007)
    stays = history.stays
    inside = (stays["reception"] <= night) & (stays["end"] > night)
    members = history.cases.loc[(history.cases["outcome_2007"] >= 0).to_numpy(), "person"]
    return int(stays.loc[inside & stays["person"].isin(members), "person"].nunique())
