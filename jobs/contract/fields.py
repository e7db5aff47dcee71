"""The words in which a field is declared: one for each kind."""

from collections.abc import Callable
from typing import Final

from jobs.contract.schema import CodeList, Field, Kind, Shape

REFERENCE: Final = Shape(
    name="a reference: letters, digits and the signs . _ / - : ~ # + =, a digit among them",
    pattern="[A-Za-z0-9._/:~#+=-]*[0-9][A-Za-z0-9._/:~#+=-]*",
    longest=64,
)
"""Numbers of records; a name holds no digit."""
PLACE: Final = Shape(
    name="the code of a place: at most 20 letters, digits and the signs . _ / -",
    pattern="[\\pL\\pN._/-]{1,20}",
    longest=20,
)
UNIT: Final = Shape(
    name="the name of a unit: one line of at most 60 characters",
    pattern="[^\\x00-\\x1f\\x7f|<>]{1,60}",
    longest=60,
)
SHAPES: Final = {
    **dict.fromkeys(
        (
            "prisoner_number", "episode_id", "cid_person_id", "case_id", "event_id", "appeal_id",
            "detention_id", "bail_id", "removal_id",
        ),
        REFERENCE,
    ),
    **dict.fromkeys(("prison_id", "from_prison_id", "to_prison_id", "place_id"), PLACE),
    **dict.fromkeys(("team", "prison_name", "diverted_to", "caseworker"), UNIT),
}  # fmt: skip
"""The shape of each field that a publication names, wherever the field is declared."""


def _field(kind: Kind) -> Callable[..., Field]:
    def declare(
        name: str,
        meaning: str,
        source: str = "",
        *,
        required: bool = False,
        codes: CodeList | None = None,
        personal: bool = False,
        unit: str = "",
    ) -> Field:
        return Field(
            name=name,
            kind=kind,
            meaning=meaning,
            source=source,
            nullable=not required,
            codes=codes,
            personal=personal,
            unit=unit,
            shape=SHAPES.get(name) if kind is Kind.TEXT and codes is None else None,
        )

    return declare


text, date, moment = _field(Kind.TEXT), _field(Kind.DATE), _field(Kind.TIMESTAMP)
whole, number, yes_no = _field(Kind.INTEGER), _field(Kind.NUMBER), _field(Kind.BOOLEAN)
