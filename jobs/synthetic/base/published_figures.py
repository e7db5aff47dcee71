"""The published figures that the world keeps to the person, each with its source.

The tables lie beside this file as CSV. Anything that the world had to invent to fill a gap in
them says so.
"""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parent / "published"

COHORT: Final = 1023
"""Released without consideration, February 1999 to March 2006 (Committee of Public Accounts,
HC 1079)."""

COURT_RECOMMENDED: Final = 160
"""Of these, recommended for deportation by the court (HC 1079)."""

SEX_OFFENCES: Final = {"SEX_CHILD": 5, "SEX_OTHER": 7, "INDECENT_ASSAULT": 27}
"""The 39 "other sex offences" of the list: 5 against children, 7 other, 27 indecent assault
(the Guardian, May 2006)."""

STARTED: Final = 355
COMPLETED: Final = 107
DEPORTED: Final = 20
"""Of these, consideration started by 26 April 2006; completed, all of them started; deported, all
of them completed (Hansard, Commons, 26 April 2006). The 107 are those whom the service had
located (BBC, 25 April 2006): here they are located and have answered a questionnaire."""
COMPLETED_ON: Final = date(2006, 4, 26)

RELEASED_AFTER_WARNING: Final = 288
"""Of the 1,023, released from September 2005 to March 2006 (HC 1079)."""

STARTED_AFTER_WARNING: Final = 83
COMPLETED_AFTER_WARNING: Final = 53
DEPORTED_AFTER_WARNING: Final = 14
"""Of these 288, started, completed and deported by 26 April 2006, each a part of the one before
(Hansard, Commons, 26 April 2006)."""
WARNED: Final = (date(2005, 9, 1), date(2006, 3, 31))
"""First and last day of release after the warning."""

CENSUS: Final = {date(1996, 6, 30): 4259, date(2006, 2, 28): 10_265}
"""Foreign nationals in prison, three removal centres included (population in custody, England
and Wales); the published month stands here as its last day."""

RECEPTIONS: Final = {2001: 6026, 2002: 7018, 2003: 7482, 2004: 8355, 2005: 9612}
"""Foreign nationals received under sentence in each year (offender management statistics)."""

PRISONS_WITHOUT_WORK: Final = 32
"""Prisons with no specific work on foreign nationals (HC 1079)."""

CONSIDERED_2004_2005: Final = 5500
REMOVED_2004_2005: Final = 3000
"""Considered, and deported, over 2004 and 2005 (HC 1079, in round numbers)."""
TWO_YEARS: Final = (date(2004, 1, 1), date(2005, 12, 31))
"""First and last day of these years."""

STAFF: Final = 85
OPEN_CASES: Final = 9000
"""Staff of the directorate's criminal casework and their backlog at the worst (HC 1079)."""

ABSCONDED: Final = 25
ABSCONDED_SERIOUS: Final = 4
"""Bailed and then absconded, of whom serious offenders (HC 1079)."""

RESTATED: Final = {date(2006, 5, 31): 1019, date(2006, 11, 30): 1013}
"""The restatements. The figures are published; the days and the causes are invented here."""

NOT_REFERRED: Final = 411
"""Of the 1,023, never referred. Both populations are on record, their split is not: invented."""


@dataclass(frozen=True, kw_only=True)
class ReleaseBucket:
    """A line of the table of releases: first and last day, and how many people."""

    name: str
    first: date
    last: date
    people: int
    is_dated: bool = True


def table(name: str) -> dict[str, int]:
    """A published table as ``{label: people}``."""
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return {label: int(people) for label, people in rows}


def offences() -> dict[str, int]:
    """Offence of each of the 1,023 (the Guardian, May 2006): category to people."""
    return table("offences")


def releases() -> list[ReleaseBucket]:
    """When the 1,023 were released (HC 1079); the undated fall anywhere in the period."""
    return [_bucket(name, people) for name, people in table("releases_by_month").items()]


def decisions() -> dict[str, int]:
    """Decisions on the 1,013 by December 2006, as published then; our copy names no paper."""
    return table("decisions_2006")


def outcomes() -> dict[str, int]:
    """Where the 1,013 stood in 2007, as published then; our copy names no paper."""
    return table("outcomes_2007")


_FIRST: Final = date(1999, 2, 1)
_SPANS: Final = {
    "not_available": (_FIRST, date(2006, 3, 31)),
    "before_2001": (_FIRST, date(2000, 12, 31)),
    "before_2003": (date(2001, 1, 1), date(2002, 12, 31)),
    "1999": (_FIRST, date(1999, 12, 31)),
}


def _bucket(name: str, people: int) -> ReleaseBucket:
    if name in _SPANS:
        first, last = _SPANS[name]
        dated = name != "not_available"
        return ReleaseBucket(name=name, first=first, last=last, people=people, is_dated=dated)
    year, _, month = name.partition("-")
    first = date(int(year), int(month or 1), 1)
    if not month:
        last = date(first.year, 12, 31)
    else:
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        last = date.fromordinal(following.toordinal() - 1)
    return ReleaseBucket(name=name, first=first, last=last, people=people)
