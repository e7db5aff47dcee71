"""What a publication says of itself."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class About:
    """What a publication says of itself on every page and email.

    ``pages_url`` is where readers find the pages; empty where they only have the folder.
    ``notices`` stand on every page and email, as when a named person let a night pass.
    """

    as_of: date
    publication_id: str
    policy_version: str = ""
    model_version: str = ""
    code_version: str = ""
    pages_url: str = ""
    notices: tuple[str, ...] = ()
