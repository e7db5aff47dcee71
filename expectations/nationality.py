"""Nationality: how much of it is unknown, and where.

Nationality was not recorded for 879 of 79,581 prisoners in February 2007, one in ninety. Unknown
nationality is in scope, so a rising rate does not hide anybody, but it buries the work.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from jobs.check.suite.kinds import Check, how_many, on_number
from jobs.contract import codes as c
from jobs.contract import prison

SOME, MANY = 0.05, 0.5
REASON = (
    "879 of 79,581 prisoners had no recorded nationality in February 2007, one in ninety; five "
    "times that share buries the work, and half of them is a column that was lost"
)
PRISON_SHARE, PRISON_PEOPLE = 0.1, 50
"""A prison with this many people has at most this share of them unknown."""

_KNOWN = ", ".join(
    f"'{code.code}'"
    for code in c.NATIONALITY.codes
    if not (isinstance(code, c.NationalityCode) and code.is_unknown)
)
_UNKNOWN = f"(nationality IS NULL OR nationality NOT IN ({_KNOWN}))"
_PRISONS = f"""
    SELECT 'prison ' || e.prison_id AS unit, count_if({_UNKNOWN}) AS found
    FROM prison.episodes e LEFT JOIN prison.persons p USING (prisoner_number)
    WHERE e.status LIKE 'ACTIVE%' AND e.prison_id IS NOT NULL GROUP BY e.prison_id
    HAVING count(*) >= {PRISON_PEOPLE} AND count_if({_UNKNOWN}) > {PRISON_SHARE} * count(*)
"""


def checks() -> list[Check]:
    """The rate of unknown nationality in the prison register and in each prison."""
    rate = f"SELECT count_if({_UNKNOWN}) / nullif(count(*), 0) FROM prison.persons"
    table, column = prison.PERSONS.full_name, "nationality"
    return [
        on_number(
            id="prison.persons.nationality.unknown_some",
            table=table,
            column=column,
            meaning=f"the nationality of at most {SOME:.0%} is unknown, refused or missing",
            reason=REASON,
            severity="warning",
            number=rate,
            at_most=SOME,
        ),
        on_number(
            id="prison.persons.nationality.unknown_many",
            table=table,
            column=column,
            meaning=f"the nationality of at most {MANY:.0%} is unknown, refused or missing",
            reason=REASON,
            severity="critical",
            number=rate,
            at_most=MANY,
        ),
        on_number(
            id="prison.persons.nationality.unknown_by_prison",
            table=table,
            column=column,
            meaning=f"no prison with {PRISON_PEOPLE} people or more has over "
            f"{PRISON_SHARE:.0%} of unknown nationality",
            reason="one prison that does not ask for nationality vanishes in the national rate",
            severity="warning",
            number=how_many(_PRISONS),
            units=_PRISONS,
            at_most=0,
        ),
    ]
