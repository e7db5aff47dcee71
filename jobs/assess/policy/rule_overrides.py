"""A site's own numbers: each with a reason, an owner and a day on which it ends.

An override changes numbers of one period of one rule, or switches a period on that ships switched
off. A file holds what the site wants; what a night applies stands in a ledger of the warehouse,
entry by entry, each by the word of two people (decision 22). None outlives its last night.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from jobs.assess.policy.toml_lines import line_of
from jobs.runtime.errors import BadInput
from jobs.runtime.files import canonical_json
from jobs.runtime.toml_files import parse_toml, read_toml_text

Text = Annotated[str, Field(min_length=1)]


class Override(BaseModel):
    """One change to one period of a rule, and who answers for it until when."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: Text
    from_: date | None = Field(default=None, alias="from")
    numbers: dict[str, Annotated[int, Field(ge=0)]] = {}
    switched_on: bool = False
    reason: Text
    owner: Text
    expires: date

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.numbers and not self.switched_on:
            raise ValueError("the override changes nothing")
        return self


class _OverrideFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    override: tuple[Override, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Placed:
    """An override and where it stands, for messages."""

    override: Override
    where: str

    def refuse(self, what: str) -> BadInput:
        """The error that names the file and line of this override."""
        return BadInput(self.where, what, "mend or remove the override")

    def refuse_if_expired(self, as_of: date) -> None:
        """Stop a night on or after the day on which the override ends.

        Raises:
            BadInput: it has expired.
        """
        if as_of >= self.override.expires:
            what = f"override of [{self.override.rule}] expired on [{self.override.expires}]"
            raise self.refuse(what)


def read_overrides(path: Path) -> tuple[str, tuple[Placed, ...]]:
    """The text of a site's file of overrides, and the overrides in it.

    Raises:
        BadInput: no file, not TOML, an unknown key, or no reason, owner or expiry; with the line.
    """
    where = f"file [{path}]"
    text = read_toml_text(path, where=where)
    try:
        file = _OverrideFile.model_validate(parse_toml(text, where=where))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        place = f"{where} line {line_of(text, first['loc'])}"
        raise BadInput(place, f"[{key}] {first['msg'].lower()}", "mend the override") from None
    return text, tuple(
        Placed(override=override, where=f"{where} line {line_of(text, ('override', index))}")
        for index, override in enumerate(file.override)
    )


def entry_of(override: Override) -> str:
    """All that an override says, as one text: the same override always gives the same."""
    said = override.model_dump(mode="json", by_alias=True, exclude_none=True)
    return canonical_json({**said, "reason": override.reason.strip()})


def placed_entry(entry: str, *, where: str) -> Placed:
    """The override that an entry of a ledger says.

    Raises:
        BadInput: it is no override that this software knows.
    """
    try:
        override = Override.model_validate_json(entry)
    except ValidationError as error:
        key = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise BadInput(where, f"[{key}] is not that of an override", "withdraw it") from None
    return Placed(override=override, where=where)


def change_in_words(override: Override, shipped: Mapping[str, int]) -> str:
    """What an override changes: each number from what is shipped to what it makes of it."""
    parts = ["switched on"] if override.switched_on else []
    parts += [
        f"{name.replace('_', ' ')} {shipped.get(name, 'none')} to {number}"
        for name, number in override.numbers.items()
    ]
    since = f", from {override.from_}" if override.from_ else ""
    return f"{', '.join(parts)}{since}"
