"""The columns that files of persons may have, and what is said of the others."""

import logging
import re
from collections.abc import Iterable
from typing import Final

log = logging.getLogger(__name__)

ID: Final = "id"
NAMES: Final = ("first_name", "middle_names", "last_name")
FULL_NAME, ALIASES, BIRTH = "full_name", "aliases", "date_of_birth"
OTHERS: Final = (
    BIRTH, "gender", "nationality", "birth_place", "street_number", "address", "suburb", "region",
    "postcode",
)  # fmt: skip
SYSTEM: Final = "id_"
IDENTIFYING: Final = (*NAMES, FULL_NAME, BIRTH)
"""A file needs one of these, or an identifier, for persons to be told apart."""
KNOWN: Final = (ID, *NAMES, FULL_NAME, ALIASES, *OTHERS)


def column_name(written: object) -> str:
    """A header as the contract writes it: ``Date of Birth`` is ``date_of_birth``."""
    return re.sub(r"[\s\-_.]+", "_", str(written).strip().lower())


def is_known(name: str) -> bool:
    """Whether a column says something of a person."""
    return name in KNOWN or name.startswith(SYSTEM)


def identifies(columns: Iterable[str]) -> bool:
    """Whether persons can be told apart by some columns."""
    return any(name in IDENTIFYING or name.startswith(SYSTEM) for name in columns)


def log_unknown(where: str, columns: Iterable[str]) -> None:
    """Name the columns of a file that no person has."""
    unknown = [f"[{name}]" for name in columns if not is_known(name)]
    if unknown:
        log.warning(
            "%s: ignored, no such column of a person: %s; known are %s and %s<system>",
            where, ", ".join(unknown), ", ".join(KNOWN), SYSTEM,
        )  # fmt: skip


def log_unshared(wheres: tuple[str, str], columns: tuple[Iterable[str], Iterable[str]]) -> None:
    """Name the columns that only one of two files has: there is nothing to compare them with.

    Names in one piece and names in parts are compared with each other, aliases with all names.
    """
    known = [set(names) for names in columns]
    of_names = {FULL_NAME, ALIASES, "middle_names"}
    for place, where in enumerate(wheres):
        alone = sorted(known[place] - known[1 - place] - of_names)
        if alone:
            log.warning(
                "%s: ignored, the other file has no values in them: %s",
                where, ", ".join(f"[{name}]" for name in alone),
            )  # fmt: skip
