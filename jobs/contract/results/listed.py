"""What the report leaves of the case lists from night to night: since when, and what closed."""

from typing import Final

from jobs.contract import codes as c
from jobs.contract.fields import date, text
from jobs.contract.results.reported import CAUSE
from jobs.contract.schema import Table, codes

CLOSED_BY: Final = codes(
    "what closed a line",
    c.PROJECT,
    {
        "DECISION": "a decision by a named caseworker was recorded",
        "REFERRAL": "a referral was recorded",
        "WITHDRAWAL": "a decision or a referral was withdrawn",
        "RELEASE": "the person was released",
        "CUSTODY": "the person is in prison again, or the release was recorded in error",
        "SENTENCE": "a sentence was passed",
        "DIED_OR_LEFT": "the person died or left the country",
        "TRACED": "the person was sought, located or questioned since",
        "CASE_CLOSED": "the case was closed",
        "CORRECTION": "a record was corrected",
        "LINK": "records were linked, or found to be of different people",
        "RULE": "the rules, the linkage model or the software changed",
        "DATE": "a date was reached",
        "QUARANTINE": "a row of it was set aside",
        "LEFT_REGISTER": "a register holds it no more",
    },
)
"""Complete and exclusive: a line that is on a list no more was closed by exactly one of these."""

_LINE: Final = (
    text("list_name", "the case list", required=True),
    text("line_key", "key of its row, parts joined by |", required=True),
    text("episode_id", "its custody episode, where it has one"),
    text("case_id", "its immigration case, where it has one"),
    text("prison_id", "prison of that episode"),
    text("team", "team that holds that case"),
    date("first_listed_date", "first night without a break on which it was listed", required=True),
)

LISTED: Final = Table(
    space="nightly",
    name="listed",
    row="a line of a case list, and since when it has been there",
    key=("list_name", "line_key"),
    fields=_LINE,
)

CLOSED: Final = Table(
    space="nightly",
    name="closed",
    row="a line that was on a case list on the night before and is not tonight, and what closed it",
    key=("list_name", "line_key"),
    fields=(
        *_LINE,
        date("last_listed_date", "last night on which it was listed", required=True),
        text("closed_by", "what closed it", required=True, codes=CLOSED_BY),
        text("cause", "cause of the movement by which it left, where figures say one", codes=CAUSE),
    ),
)
"""A line that comes back is a new one: it has another first night."""
