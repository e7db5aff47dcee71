"""How wrong the registers are: each kind of error a named rate, with the reason it happens.

Rates are shares of the persons (or rows) of one register unless their reason says otherwise.
``default`` is no kinder than real registers of the time are described to be; ``harsh`` is twice
as bad; ``none`` is for tests that need the truth back.
"""

from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Final

from jobs.runtime.errors import BadInput
from jobs.runtime.toml_files import read_toml


def _rate(reason: str) -> float:
    """A rate that is 0 unless set, and why real registers have such errors."""
    rate: float = field(default=0.0, metadata={"reason": reason})
    return rate


@dataclass(frozen=True, kw_only=True)
class Noise:
    """Rates from 0 to 1 of everything that can be wrong, and how many rows are broken."""

    # Names, each for one register.
    transliterated: float = _rate("another romanisation of the same name: no standard was used")
    mistyped: float = _rate("a slip at the keyboard in a forename or a surname")
    names_swapped: float = _rate("forename and surname exchanged: orders differ between cultures")
    names_joined: float = _rate("two names written as one, or the middle name as the first")
    patronymic_last: float = _rate("the father's name, or one of several surnames, as the surname")
    middle_dropped: float = _rate("middle names left out: forms had no room")
    plain_letters: float = _rate("marks on letters lost: systems of the time had none")
    upper_case: float = _rate("written in capitals: the habit of the form")
    aliases: float = _rate("a second name given to one service and recorded as an alias")
    alias_first: float = _rate("the false name stands on the record, the true one as the alias")
    placeholder_names: float = _rate("MIG_ERROR_ and the like, left by a failed migration")
    # Dates of birth.
    day_month_swapped: float = _rate("4 July for 7 April: forms of two countries differ")
    first_january: float = _rate("only the year is known, so 1 January is written")
    wrong_birth: float = _rate(
        "a digit wrong, or an age misstated by whole years to pass as older or younger"
    )
    placeholder_births: float = _rate(
        "1900-01-01 or 1970-01-01 written for a date that was not known"
    )
    missing_births: float = _rate("left empty at reception and never asked again")
    # Nationality.
    nationality_missing: float = _rate("not asked, or not recorded, at reception")
    nationality_wrong: float = _rate("a neighbouring country, a claimed one, or a mistyped code")
    british_by_mistake: float = _rate("British in prison, from an accent or a passport not checked")
    naturalised: float = _rate("of those it may concern: British since, as only one register knows")
    # Identifiers.
    identifiers_unshared: float = _rate("people in both registers: no number was ever passed on")
    identifiers_missing: float = _rate(
        "of the others, each number that could be: passed on by telephone or not"
    )
    prison_identifiers_missing: float = _rate(
        "each police number on the prison side: arrived without papers"
    )
    identifiers_mistyped: float = _rate("a slip in a number, which its check letter betrays")
    identifiers_of_another: float = _rate("somebody else's number: the wrong file was open")
    identifiers_reformatted: float = _rate(
        "short year, no slash, no leading zeros, small letters: no form was fixed"
    )
    placeholder_identifiers: float = _rate(
        "000000/00Z and the like, written where a number was demanded"
    )
    # Persons.
    duplicated: float = _rate("one person held twice in a register: not recognised on return")
    merged: float = _rate("of those held twice in prison, the share merged afterwards")
    cases_missing: float = _rate("of those never in prison: a person opened, a case never")
    # Look-alikes, shares of all people: people who are hard to tell apart.
    twins: float = _rate("same surname, date and place of birth: true twins")
    fathers_and_sons: float = _rate("one name, a generation apart: families keep names")
    near_twins: float = _rate(
        "same surname and year of birth, same or similar forename: common names"
    )
    # Events.
    recorded_late: float = _rate("written down days or weeks after it happened: paper first")
    release_miscalculated: float = _rate(
        "release date wrong by remand or concurrent terms, as for 541 in 1996"
    )
    release_told_wrong: float = _rate(
        "of referrals: the release date was worked out again and not passed on, or misheard"
    )
    corrected_later: float = _rate("a release recorded under a wrong day, put right months later")
    terms_corrected: float = _rate(
        "a term entered wrongly, put right months later from the warrant"
    )
    dates_out_of_order: float = _rate(
        "conviction after sentence, allocation before referral: entered from memory"
    )
    # Rows that no rule can use, in thousandths of a table's rows.
    broken_rows: float = _rate(
        "a repeated key, an orphan, a negative term: failed synchronisations"
    )


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
        cases_missing=0.05,
        twins=0.002,
        fathers_and_sons=0.006,
        near_twins=0.1,
        recorded_late=0.06,
        release_miscalculated=0.012,
        release_told_wrong=0.06,
        corrected_later=0.008,
        terms_corrected=0.004,
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
    rates = read_toml(path, where=f"file [{path}]")
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
