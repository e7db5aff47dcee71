"""Nights whose predecessor changed after they were published.

A night is linked and compared with the night before it, whose publication its manifest names. Once
that night has another publication, this one says what it moved from and that is no longer so: it
stands as it was published, and is run again in order.
"""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from jobs.operate.earlier_publications import FOLLOWS
from jobs.warehouse import Publication, publications


@dataclass(frozen=True, kw_only=True)
class StaleNight:
    """A current publication that no longer follows what it followed.

    ``follows`` is the current publication of the night before it, None where there is none any
    more; ``is_after_stale`` says that it will change, since the night before it is stale itself.
    """

    publication: Publication
    follows: Publication | None
    followed: str
    is_after_stale: bool

    @property
    def reason(self) -> str:
        """Why, in words."""
        if self.is_after_stale:
            return "the night before it is out of date"
        if self.follows is None:
            return "there is no night before it any more"
        if not self.followed:
            return f"the night of {self.follows.as_of} was published later"
        return f"the night before it, {self.follows.as_of}, has another publication"


def stale_nights(engine: sa.Engine) -> list[StaleNight]:
    """Every current publication that is out of date, in the order in which to run them again."""
    found: list[StaleNight] = []
    before: Publication | None = None
    is_stale = False
    current = sorted((p for p in publications(engine) if p.is_current), key=lambda p: p.as_of)
    for publication in current:
        followed = str(publication.manifest["decisions"].get(FOLLOWS, ""))
        changed = followed != ("" if before is None else before.publication_id)
        if changed or is_stale:
            found.append(
                StaleNight(
                    publication=publication,
                    follows=before,
                    followed=followed,
                    is_after_stale=not changed,
                )
            )
        before, is_stale = publication, bool(changed or is_stale)
    return found


def stale_dates(engine: sa.Engine) -> tuple[date, ...]:
    """The nights to run again, in order."""
    return tuple(night.publication.as_of for night in stale_nights(engine))
