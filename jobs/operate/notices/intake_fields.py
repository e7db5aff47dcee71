"""What the immigration service's intake is told of each referral notice, and why it needs that.

One declaration: the file's fields, its JSON Schema and the sheet follow from it. A field that the
intake can do without is not here.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

from jobs.contract import results

NOTIFY: Final = "notify"
WITHDRAW: Final = "withdraw"
CORRECTED: Final = "CORRECTED"
"""Why a notice is withdrawn that an earlier publication of the same night wrote."""
WITHDRAWN_FOR: Final = (
    *(entry.code for entry in results.NOTICE_END.codes if entry.code not in ("ANSWERED", "FOUND")),
    CORRECTED,
)
"""Why a notice is withdrawn; one that was answered is not."""


@dataclass(frozen=True, kw_only=True)
class IntakeField:
    """A field of the file: what it holds, and why the intake cannot do without it.

    ``always`` fields stand in withdrawals too, which name nobody.
    """

    name: str
    heading: str
    why: str
    kind: str = "string"
    format: str = ""
    always: bool = False

    @property
    def schema(self) -> dict[str, Any]:
        """The field as JSON Schema."""
        said: dict[str, Any] = {"title": self.heading, "description": self.why}
        said["type"] = self.kind if self.always else [self.kind, "null"]
        return said | ({"format": self.format} if self.format else {})


FIELDS: Final = (
    IntakeField(
        name="action", heading="Action", why="to open a notice or to close it", always=True
    ),
    IntakeField(
        name="notice_number",
        heading="Notice",
        why="to know the same notice again, and to answer it by name",
        always=True,
    ),
    IntakeField(
        name="written_date",
        heading="Written",
        why="from this day the time for an answer runs",
        format="date",
        always=True,
    ),
    IntakeField(
        name="answer_due_date",
        heading="Answer due",
        why="what is to be opened first",
        format="date",
        always=True,
    ),
    IntakeField(
        name="withdrawn_for",
        heading="Withdrawn because",
        why="whether work that was begun may stop",
    ),
    IntakeField(
        name="prisoner_number", heading="Prison number", why="the file at the prison is under it"
    ),
    IntakeField(name="last_name", heading="Surname", why="to find the person among those known"),
    IntakeField(name="first_name", heading="Forename", why="to find the person among those known"),
    IntakeField(
        name="middle_names", heading="Middle names", why="to tell people of one name apart"
    ),
    IntakeField(
        name="date_of_birth",
        heading="Date of birth",
        why="to tell people of one name apart",
        format="date",
    ),
    IntakeField(name="nationality", heading="Nationality", why="which rules apply, if it is known"),
    IntakeField(name="pnc_number", heading="PNC number", why="joins the records of both services"),
    IntakeField(name="cro_number", heading="CRO number", why="joins the records of both services"),
    IntakeField(name="prison_id", heading="Prison code", why="joins the prison service's records"),
    IntakeField(name="prison_name", heading="Prison", why="where the person can be served papers"),
    IntakeField(
        name="episode_id", heading="Custody episode", why="the reference that both services quote"
    ),
    IntakeField(name="sentence_date", heading="Sentenced", why="which rules apply", format="date"),
    IntakeField(
        name="sentence_days", heading="Sentence, days", why="which rules apply", kind="integer"
    ),
    IntakeField(name="offence_code", heading="Most serious offence", why="how urgent it is"),
    IntakeField(
        name="is_court_recommended",
        heading="Recommended by the court",
        why="deportation must be considered whatever the sentence",
        kind="boolean",
    ),
    IntakeField(
        name="earliest_release_date",
        heading="Earliest release",
        why="how urgent it is",
        format="date",
    ),
    IntakeField(
        name="possible_case_id",
        heading="Possible case",
        why="a case that may be of this person is looked at before one is opened",
    ),
)
"""In the order of the file."""
NAMES: Final = tuple(field.name for field in FIELDS)


def intake_schema() -> str:
    """The JSON Schema of a line of the file."""
    return json.dumps(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "A referral notice, or the withdrawal of one",
            "type": "object",
            "additionalProperties": False,
            "required": list(NAMES),
            "properties": {field.name: field.schema for field in FIELDS}
            | {
                "action": FIELDS[0].schema | {"enum": [NOTIFY, WITHDRAW]},
                "withdrawn_for": FIELDS[4].schema | {"enum": [*WITHDRAWN_FOR, None]},
            },
        },
        indent=1,
    )
