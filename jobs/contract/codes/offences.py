"""Offences: their category in the published list of the 1,023, and how serious they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from jobs.contract.schema import Code, CodeList


class OffenceKind(StrEnum):
    """What criteria of referral ask of an offence.

    Violent and sexual are this project's reading of Criminal Justice Act 2003, Schedule 15. A drug
    offence that is not said to be possession only is read as more than that.
    """

    DRUGS = "drugs, other than possession only"
    GUNS = "guns"
    VIOLENT = "violent"
    SEXUAL = "sexual"


_VIOLENT = (OffenceKind.VIOLENT,)
_SEXUAL = (OffenceKind.SEXUAL,)
_KINDS: dict[str, tuple[OffenceKind, ...]] = {
    "MURDER": _VIOLENT,
    "MANSLAUGHTER": _VIOLENT,
    "KIDNAP": _VIOLENT,
    "FALSE_IMPRISONMENT": _VIOLENT,
    "ABH_GBH": _VIOLENT,
    "VIOLENCE": _VIOLENT,
    "ROBBERY": _VIOLENT,
    "ARSON": _VIOLENT,
    "FIREARMS": (OffenceKind.GUNS, OffenceKind.VIOLENT),
    "RAPE": _SEXUAL,
    "SEX_CHILD": _SEXUAL,
    "INDECENT_ASSAULT": _SEXUAL,
    "SEX_OTHER": _SEXUAL,
    "DRUGS": (OffenceKind.DRUGS,),
}


@dataclass(frozen=True, kw_only=True)
class Offence(Code):
    """An offence and its line in the list of the 1,023 (the Guardian, May 2006).

    ``seriousness`` runs from 1 (most serious) to 5; it is this project's grouping, used to rank.
    """

    category: str
    seriousness: int
    kinds: tuple[OffenceKind, ...] = ()


def _offences(entries: dict[str, tuple[str, str, int]]) -> CodeList:
    return CodeList(
        name="offence",
        source="categories of the published list of the 1,023; codes of this project",
        codes=tuple(
            Offence(
                code=code,
                meaning=meaning,
                category=category,
                seriousness=seriousness,
                kinds=_KINDS.get(code, ()),
            )
            for code, (meaning, category, seriousness) in entries.items()
        ),
    )


OFFENCE = _offences(
    {
        "MURDER": ("murder", "Murder", 1),
        "MANSLAUGHTER": ("manslaughter", "Manslaughter", 1),
        "RAPE": ("rape", "Rape", 1),
        "SEX_CHILD": ("sexual offence against a child", "Sex offences (other)", 1),
        "INDECENT_ASSAULT": ("indecent assault", "Sex offences (other)", 2),
        "SEX_OTHER": ("other sexual offence", "Sex offences (other)", 2),
        "KIDNAP": ("kidnapping", "Kidnapping", 1),
        "FALSE_IMPRISONMENT": ("false imprisonment", "False imprisonment", 2),
        "ABH_GBH": (
            "actual or grievous bodily harm",
            "Actual or grievous bodily harm",
            2,
        ),
        "VIOLENCE": ("other violence", "Violence", 2),
        "ROBBERY": ("robbery", "Robbery", 2),
        "ARSON": ("arson", "Arson", 2),
        "DRUGS_POSSESSION": ("possession of drugs only", "Drugs", 4),
        "DRUGS": ("drug offence", "Drugs", 3),
        "BURGLARY": ("burglary", "Burglary", 3),
        "CONSPIRACY": ("conspiracy", "Conspiracy", 3),
        "ILLEGAL_ENTRY": ("assisting illegal entry", "Assisting illegal entry", 3),
        "CUSTOMS": ("customs offence", "Customs", 4),
        "DECEPTION": ("deception", "Deception", 4),
        "FRAUD": ("fraud", "Fraud", 4),
        "FORGERY": ("forgery", "Forgery", 4),
        "IMMIGRATION": ("immigration offence", "Immigration", 4),
        "THEFT": ("theft", "Theft", 5),
        "DRIVING": ("driving offence", "Driving offences", 5),
        "FIREARMS": ("firearms offence", "Other", 2),
        "OTHER": ("other offence", "Other", 5),
    }
)

SERIOUSNESS: Final[Mapping[int, str]] = {
    1: "killing, rape, sexual offences against children, kidnapping",
    2: "other sexual offences, violence, robbery, arson, firearms",
    3: "drugs, burglary, conspiracy, assisting illegal entry",
    4: "fraud, forgery, customs, immigration, possession of drugs",
    5: "theft, driving, other offences",
}
"""What stands behind each step of the scale, most serious first."""


def seriousness_text(step: int) -> str:
    """A step of the scale in words: ``seriousness 1 of 5``."""
    return f"seriousness {step} of {len(SERIOUSNESS)}"


def scale_text() -> str:
    """The scale in a sentence for readers."""
    steps = (f"{step}: {words}" for step, words in SERIOUSNESS.items())
    return f"Seriousness, most serious first: {'; '.join(steps)}."
