"""One thing that `setup-check` looked at."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from jobs.runtime.errors import BadInput


class Outlook(StrEnum):
    """How it stands, as the line begins: a note is no fault, and good to know."""

    OK = "ok"
    NOTE = "note"
    FAIL = "FAIL"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing looked at."""

    name: str
    detail: str
    standing: Outlook = Outlook.OK


def look(name: str, test: Callable[[], str]) -> Finding:
    """What a test says, or the line of what is wrong."""
    try:
        return Finding(name=name, detail=test())
    except BadInput as error:
        return Finding(name=name, detail=str(error), standing=Outlook.FAIL)
