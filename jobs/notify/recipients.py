"""Who receives the emails, how much they may see, and which part of the work is theirs."""

import logging
import re
from pathlib import Path
from typing import Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from jobs.contract.view_models import Detail, Reader
from jobs.runtime.errors import BadInput
from jobs.runtime.toml_files import read_toml

log = logging.getLogger(__name__)
DEFAULT_FILE: Final = Path(__file__).with_name("recipients.toml")
ADDRESS: Final = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
)
"""One plain address: no display name, no line break, no second recipient."""


Decides = Literal["nights", "models"]
"""Publishing a night in spite of a failed check; putting another linkage model to use."""


def _plain_address(value: str) -> str:
    if len(value) > 254 or not ADDRESS.fullmatch(value):
        raise ValueError("not one plain email address")
    return value


class Contact(BaseModel):
    """Whom a reader may call, and who changes or ends a subscription; answers go to ``address``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    telephone: str = ""
    address: str = ""

    @field_validator("address")
    @classmethod
    def _one_address(cls, value: str) -> str:
        return _plain_address(value) if value else value

    @property
    def text(self) -> str:
        """All of it in a line."""
        return ", ".join(filter(None, (self.name, self.telephone, self.address)))


class Recipient(BaseModel):
    """A reader of the emails.

    ``prisons`` and ``teams`` say what the email is about: its subject, first line, numbers and
    lists are theirs, and the whole is one line. It leads to a copy of the pages that holds no other
    case. ``contact`` is that of the file unless the reader
    has another. With ``detail`` at counts, no reference is shown; at full, an attachment
    names the people to be decided on within 7 days (`jobs.notify.private`). ``decides`` is what the
    recipient is asked to decide on Airflow's page, there as the user ``user``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: str
    role: str = Field(min_length=1)
    prisons: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    detail: Detail = Detail.REFERENCES
    alerts: bool = False
    user: str = ""
    decides: tuple[Decides, ...] = ()
    contact: Contact | None = None

    @field_validator("address")
    @classmethod
    def _one_address(cls, value: str) -> str:
        return _plain_address(value)

    @model_validator(mode="after")
    def _has_a_user_to_decide_as(self) -> Self:
        if self.decides and not self.user.strip():
            raise ValueError("who decides needs a [user] of Airflow")
        return self

    @property
    def reader(self) -> Reader:
        """What the report needs to know of the recipient."""
        return Reader(prisons=self.prisons, teams=self.teams, detail=self.detail)


class _RecipientFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    contact: Contact | None = None
    recipient: tuple[Recipient, ...] = Field(min_length=1)


def load_recipients(path: Path | None = None) -> tuple[Recipient, ...]:
    """Read a recipients file (TOML, a ``[[recipient]]`` table for each reader).

    Args:
        path: the file; None takes the invented list that comes with the software.

    Raises:
        BadInput: no such file, not TOML, an unknown key, a value that does not fit, an address
            twice, or nobody in it.
    """
    path = path or DEFAULT_FILE
    where = f"recipients file [{path}]"
    content = read_toml(path, where=where)
    try:
        read = _RecipientFile.model_validate(content)
    except ValidationError as error:
        raise BadInput(where, *_first(error.errors()[0])) from None
    recipients = tuple(
        each if each.contact else each.model_copy(update={"contact": read.contact})
        for each in read.recipient
    )
    seen: set[str] = set()
    for place, recipient in enumerate(recipients, start=1):
        if recipient.address.lower() in seen:
            raise BadInput(where, f"recipient {place} repeats an address", "keep one of the two")
        seen.add(recipient.address.lower())
    return recipients


def limited_readers(path: Path | None = None) -> tuple[Reader, ...]:
    """The readers who see a part, each of whom gets a copy of the pages.

    A fault of the file stops no night: there are no copies then, which shows nobody too much.

    Args:
        path: as `load_recipients` takes it.
    """
    try:
        readers = tuple(each.reader for each in load_recipients(path))
    except BadInput as error:
        log.warning("no copy of the pages is made for a prison or a team: %s", error)
        return ()
    return tuple(reader for reader in readers if reader.prisons or reader.teams)


def _first(error: Any) -> tuple[str, str]:
    """What is wrong, by the place of the recipient and never by address, and what to do."""
    place = [
        f"recipient {part + 1}" if isinstance(part, int) else f"[{part}]"
        for part in error["loc"]
        if part != "recipient"
    ]
    message = str(error["msg"]).removeprefix("Value error, ")
    known = ", ".join(Recipient.model_fields)
    return f"{' '.join(place) or 'no recipient'}: {message}", f"each has: {known}"
