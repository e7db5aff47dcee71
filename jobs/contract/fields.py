"""The words in which a field is declared: one for each kind."""

from collections.abc import Callable

from jobs.contract.schema import CodeList, Field, Kind


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
        )

    return declare


text, date, moment = _field(Kind.TEXT), _field(Kind.DATE), _field(Kind.TIMESTAMP)
whole, number, yes_no = _field(Kind.INTEGER), _field(Kind.NUMBER), _field(Kind.BOOLEAN)
