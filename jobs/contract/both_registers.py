"""What both registers deliver in the same words."""

from jobs.contract import codes as c
from jobs.contract.fields import date, moment, text, whole
from jobs.contract.schema import Field, Table

OWN = c.PROJECT


def names(source: str) -> tuple[Field, ...]:
    """The three fields of a person's name."""
    return (
        text("first_name", "first or given name", source, personal=True),
        text("middle_names", "names between first and last", source, personal=True),
        text("last_name", "family name as this register holds it", source, personal=True),
    )


def feed(register: str) -> Table:
    """The table in which a register says for which night it delivers."""
    return Table(
        space=register,
        name="feed",
        row="what the register says of its own delivery; exactly one row",
        key=("as_of_date",),
        may_be_empty=False,
        fields=(
            date("as_of_date", "last day whose records are complete", OWN, required=True),
            moment("generated_at", "when the register wrote this delivery", OWN, required=True),
        ),
    )


def aliases(persons: Table, owner: str) -> Table:
    """Other names of the people in ``persons``, whose key is ``owner``."""
    return Table(
        space=persons.space,
        name="aliases",
        row="another name or date of birth that a person has used",
        key=(owner, "alias_sequence"),
        parents={owner: persons.full_name},
        fields=(
            text(owner, "the person", required=True),
            whole("alias_sequence", "order of recording, from 1", required=True),
            *names("aliases"),
            date("date_of_birth", "date of birth given with this name", personal=True),
            text("gender", "gender given with this name", codes=c.GENDER),
        ),
    )
