"""Both records of a pair, as the night accepted them of what the registers delivered."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pandas as pd

from jobs.contract import codes
from jobs.contract.schema import CodeList
from jobs.extract import Landing, open_landing
from jobs.operate.accepted_rows import accepted_rows
from jobs.review.consequences import PAIR
from jobs.warehouse import Publication

RECORD: Final = (
    ("first name", "first_name", "first_name"),
    ("middle names", "middle_names", "middle_names"),
    ("last name", "last_name", "last_name"),
    ("date of birth", "date_of_birth", "date_of_birth"),
    ("gender", "gender", "gender"),
    ("nationality", "nationality", "nationality"),
    ("second nationality", "second_nationality", None),
    ("birth place", "birth_place", "birth_place"),
    ("postcode", "postcode", "postcode"),
    ("PNC number", "pnc_number", "pnc_number"),
    ("CRO number", "cro_number", "cro_number"),
    ("prison number", "prisoner_number", "noms_number"),
    ("Home Office reference", None, "ho_reference"),
)
"""What a reviewer compares: label, prison column, immigration column."""
ALSO: Final = "also known as"
_CODES: Final[Mapping[str, CodeList]] = {
    "gender": codes.GENDER,
    "nationality": codes.NATIONALITY,
    "second nationality": codes.NATIONALITY,
}
"""Lines of which the registers hold codes, and their lists; reviewers see the words."""


def open_landings(publication: Publication, *, folder: Path) -> dict[str, Landing]:
    """The landings that a publication was made of, verified against their hashes.

    Raises:
        BadInput: one is gone or damaged.
    """
    return {
        register: open_landing(
            register=register,
            as_of=publication.as_of,
            folder=folder,
            content_digest=publication.manifest["inputs"][register]["content_digest"],
        )
        for register in ("prison", "immigration")
    }


def with_records(waiting: pd.DataFrame, landings: Mapping[str, Landing]) -> pd.DataFrame:
    """Add both persons' records to pairs.

    Returns:
        For each line of `RECORD` a column ``prison: label`` and one ``immigration: label`` more.
    """
    found = waiting
    for register, key, place in (("prison", PAIR[0], 1), ("immigration", PAIR[1], 2)):
        wanted = waiting[key].unique().tolist()
        persons, aliases = accepted_rows(
            landings[register], "persons", "aliases", key=key, wanted=wanted
        )
        columns = {f"{register}: {line[0]}": str(line[place]) for line in RECORD if line[place]}
        shown = pd.DataFrame({name: persons[column] for name, column in columns.items()})
        shown[f"{register}: {ALSO}"] = persons[key].map(_aliases(aliases, key))
        found = found.merge(shown.assign(**{key: persons[key]}), how="left", on=key)
    return found


def _aliases(aliases: pd.DataFrame, key: str) -> "pd.Series[str]":
    """Other names and dates of birth of each person, in one text."""
    ordered = aliases.sort_values([key, "alias_sequence"])
    first, middle, last = (
        ordered[name].fillna("") for name in ("first_name", "middle_names", "last_name")
    )
    names = (first + " " + middle + " " + last).str.split().str.join(" ")
    text = names + ordered["date_of_birth"].dt.strftime(" (%Y-%m-%d)").fillna("")
    together: pd.Series[str] = text.groupby(ordered[key]).agg("; ".join)
    return together


def shown(pair: "pd.Series[Any]", name: str) -> str | None:
    """One value of a pair of `with_records` in words; None where the record has none."""
    value = pair.get(name)
    if value is None or pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    text = str(value).strip()
    known = _CODES.get(name.partition(": ")[2])
    return (text if known is None else known.meaning_of(text)) or None
