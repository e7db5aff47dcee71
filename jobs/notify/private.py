"""Personal data in an email: at detail full only, as an attachment, to named domains, over TLS.

The domains are a setting and no part of the file of readers, so that who adds a reader cannot
widen them alone. Everything is looked at twice: before any message of a night is written, where
one line says what is wrong, and again as each message is handed over.
"""

from collections.abc import Iterable, Sequence
from email import message_from_bytes
from email.policy import SMTP as SMTP_POLICY
from typing import Final

import pandas as pd

from jobs.contract.view_models import Detail
from jobs.notify.recipients import Recipient
from jobs.runtime.errors import BadInput

DETAIL_HEADER: Final = "X-Reconciliation-Detail"
PERSONS: Final = (
    "prisoner_number",
    "last_name",
    "first_name",
    "middle_names",
    "date_of_birth",
)
"""What the attachment says of a person, beside the episode: enough to find them, and no more."""
EPISODE: Final = ("episode_id", "prison_id", "earliest_release_date", "days_to_release", "case_id")
TODO: Final = "or give the reader detail references"


def admit(*, recipients: Iterable[Recipient], domains: Sequence[str]) -> None:
    """Refuse a reader at detail full whose domain is not named for personal data.

    Raises:
        BadInput: by the reader's place in the file; no address is repeated.
    """
    for place, recipient in enumerate(recipients, start=1):
        if recipient.detail is Detail.FULL and not is_allowed(recipient.address, domains):
            raise BadInput(
                f"recipients file, recipient {place}",
                "detail full, and the domain is not one for personal data",
                f"name it in the setting [personal_data_domains] {TODO}",
            )


def is_allowed(address: str, domains: Sequence[str]) -> bool:
    """Whether an address is in one of the domains; a subdomain is another domain."""
    return address.rpartition("@")[2].lower() in {domain.lower() for domain in domains}


def is_private(message: bytes) -> bool:
    """Whether a stored message holds personal data."""
    headers = message_from_bytes(message, policy=SMTP_POLICY)
    return str(headers[DETAIL_HEADER] or "").strip() == Detail.FULL.value


def people(*, due: pd.DataFrame, assessments: pd.DataFrame, persons: pd.DataFrame) -> pd.DataFrame:
    """The people of a list of episodes, as the prison register holds them, in the list's order.

    Args:
        due: episodes to be decided on, with `EPISODE`.
        assessments: `results.ASSESSMENTS`, which know the person of an episode.
        persons: the table ``prison.persons`` that the register delivered for the night.
    """
    known = assessments.drop_duplicates("episode_id").set_index("episode_id")["prisoner_number"]
    list_ = due[list(EPISODE)].assign(prisoner_number=due["episode_id"].map(known))
    names = persons.drop_duplicates("prisoner_number")[list(PERSONS)]
    found = list_.merge(names, on="prisoner_number", how="left", validate="many_to_one")
    return found[[EPISODE[0], *PERSONS, *EPISODE[1:]]]
