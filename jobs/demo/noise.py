"""How wrong the registers are: each kind of error a named rate, with the reason it happens.

Rates are shares of the persons (or rows) of one register unless their comment says otherwise.
``default`` is no kinder than real registers of the time are described to be; ``harsh`` is twice
as bad; ``none`` is for tests that need the truth back.
"""

import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Final

from jobs.errors import BadInput


@dataclass(frozen=True, kw_only=True)
class Noise:
    """Rates from 0 to 1 of everything that can be wrong, and how many rows are broken."""

    # Names, each for one register.
    transliterated: float = 0.0  # another romanisation of the same name: no standard was used
    mistyped: float = 0.0  # a slip at the keyboard in a forename or a surname
    names_swapped: float = 0.0  # forename and surname exchanged: orders differ between cultures
    names_joined: float = 0.0  # two names written as one, or the middle name as the first
    patronymic_last: float = 0.0  # the father's name, or one of several surnames, as the surname
    middle_dropped: float = 0.0  # middle names left out: forms have no room
    plain_letters: float = 0.0  # marks on letters lost: systems of the time had none
    upper_case: float = 0.0  # written in capitals
    aliases: float = 0.0  # a second name given to one service and recorded as an alias
    alias_first: float = 0.0  # the false name stands on the record, the true one as the alias
    placeholder_names: float = 0.0  # MIG_ERROR_ and the like, left by a failed migration
    # Dates of birth.
    day_month_swapped: float = 0.0  # 4 July for 7 April
    first_january: float = 0.0  # only the year is known
    wrong_birth: float = 0.0  # a digit wrong, or ages misstated by whole years
    placeholder_births: float = 0.0  # 1900-01-01 or 1970-01-01 for "not known"
    missing_births: float = 0.0  # left empty
    # Nationality.
    nationality_missing: float = 0.0  # not recorded at reception
    nationality_wrong: float = 0.0  # a neighbouring country, a claimed one, or a mistyped code
    british_by_mistake: float = 0.0  # British in prison, from an accent or a passport not checked
    naturalised: float = 0.0  # of those it may concern: British since, as only one register knows
    # Identifiers.
    identifiers_unshared: float = 0.0  # people in both registers: no number was ever passed on
    identifiers_missing: float = 0.0  # of the others, each number that could be, separately
    prison_identifiers_missing: float = 0.0  # each police number on the prison side, separately
    identifiers_mistyped: float = 0.0  # a wrong digit, which the check letter betrays
    identifiers_of_another: float = 0.0  # somebody else's number
    identifiers_reformatted: float = 0.0  # short year, no slash, no leading zeros, small letters
    placeholder_identifiers: float = 0.0  # 000000/00Z and the like
    # Persons.
    duplicated: float = 0.0  # one person held twice in a register
    merged: float = 0.0  # of those held twice in prison, the share merged afterwards
    # Look-alikes, shares of all people: people who are hard to tell apart.
    twins: float = 0.0  # same surname, date and place of birth
    fathers_and_sons: float = 0.0  # one name, a generation apart
    near_twins: float = 0.0  # same surname and year of birth, same or similar forename
    # Events.
    recorded_late: float = 0.0  # written down days or weeks after they happened
    release_miscalculated: float = 0.0  # a release date wrong by remand or by concurrent terms
    corrected_later: float = 0.0  # a release recorded under a wrong day, put right months later
    dates_out_of_order: float = 0.0  # conviction after sentence, allocation before referral
    # Rows that no rule can use, in thousandths of a table's rows.
    broken_rows: float = 0.0  # a duplicate key, an orphan, a negative term, a missing key


NOISES: Final = {
    "none": Noise(),
    "default": Noise(
        transliterated=0.16,
        mistyped=0.05,
        names_swapped=0.03,
        names_joined=0.03,
        patronymic_last=0.03,
        middle_dropped=0.35,
        plain_letters=0.7,
        upper_case=0.5,
        aliases=0.08,
        alias_first=0.02,
        placeholder_names=0.001,
        day_month_swapped=0.012,
        first_january=0.022,
        wrong_birth=0.016,
        placeholder_births=0.003,
        missing_births=0.003,
        nationality_missing=0.012,
        nationality_wrong=0.025,
        british_by_mistake=0.004,
        naturalised=0.01,
        identifiers_unshared=0.56,
        identifiers_missing=0.35,
        prison_identifiers_missing=0.18,
        identifiers_mistyped=0.02,
        identifiers_of_another=0.012,
        identifiers_reformatted=0.4,
        placeholder_identifiers=0.01,
        duplicated=0.022,
        merged=0.25,
        twins=0.002,
        fathers_and_sons=0.006,
        near_twins=0.1,
        recorded_late=0.06,
        release_miscalculated=0.012,
        corrected_later=0.008,
        dates_out_of_order=0.002,
        broken_rows=0.15,
    ),
}
_FACTOR: Final = 2.0
_KEPT: Final = frozenset({"upper_case", "plain_letters", "identifiers_reformatted", "merged"})


def _harsh(default: Noise) -> Noise:
    doubled = {
        rate.name: min(getattr(default, rate.name) * _FACTOR, 0.6)
        for rate in fields(Noise)
        if rate.name not in _KEPT
    }
    doubled |= {"identifiers_unshared": 0.76, "identifiers_missing": 0.45}
    return replace(default, **doubled)


NOISES["harsh"] = _harsh(NOISES["default"])


def noise_named(name: str) -> Noise:
    """The rates called ``none``, ``default`` or ``harsh``, or those of a TOML file.

    A file may begin from one of the three (``from = "default"``) and change single rates.

    Raises:
        BadInput: no such set of rates, no such rate, or a rate outside 0 to 1.
    """
    if name in NOISES:
        return NOISES[name]
    path = Path(name)
    todo = f"use one of {', '.join(NOISES)}, or a TOML file of rates"
    if not path.is_file():
        raise BadInput("noise", f"no rates called [{name}]", todo)
    try:
        rates = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"file [{path}]", f"not TOML: {error}", "mend the line") from None
    base = rates.pop("from", "default")
    if base not in NOISES:
        raise BadInput(f"file [{path}] key [from]", f"no rates called [{base}]", todo)
    known = {rate.name for rate in fields(Noise)}
    for key, rate in rates.items():
        if key not in known:
            raise BadInput(f"file [{path}]", f"no rate [{key}]", f"use {', '.join(sorted(known))}")
        if not isinstance(rate, int | float) or not 0 <= rate <= 1:
            raise BadInput(f"file [{path}] key [{key}]", "not a rate", "give a number from 0 to 1")
    return replace(NOISES[base], **{key: float(rate) for key, rate in rates.items()})
