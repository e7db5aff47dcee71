"""What was known then of the releases up to a day, and what is known now, person by person."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.contract.view_models import number_text
from jobs.report.published import Frames
from jobs.report.release_rows import releases_held

KEY: Final = ["episode_id", "release_number"]
_STAND: Final = ("is_listed", "is_missed", "status", "considered_recorded_date", "link_outcome")
_MISSED: Final = {
    "NOT_REFERRED": "missed: never referred",
    "REFERRED_NOT_CONSIDERED": "missed: referred, never considered",
}
CONSIDERED: Final = "considered in time"
UNLISTED: Final = "no release that counts"
COLUMNS: Final = ("episode_id", "release_number", "prison_id", "release_date", "then", "now", "why")


@dataclass(frozen=True, kw_only=True)
class AsKnown:
    """The releases up to ``on``, as two publications know them.

    ``releases`` has a row for each that either knows, with `COLUMNS`: ``then`` and ``now`` say how
    it stood, ``why`` what made the difference, empty where there is none.
    """

    on: date
    releases: pd.DataFrame

    @property
    def changed(self) -> pd.DataFrame:
        """The releases that are known otherwise now."""
        told = self.releases
        return told[told["then"].ne(told["now"])].reset_index(drop=True)

    def missed(self, when: str) -> pd.Series:
        """Which releases were missed, as was known ``then`` or is ``now``."""
        return self.releases[when].isin(_MISSED.values())

    @property
    def left(self) -> int:
        """Missed as was known then, and not now."""
        return int((self.missed("then") & ~self.missed("now")).sum())

    @property
    def came(self) -> int:
        """Missed as is known now, and not then."""
        return int((self.missed("now") & ~self.missed("then")).sum())

    def lines(self) -> Iterator[str]:
        """The two numbers and how the one becomes the other."""
        then, now = (int(self.missed(when).sum()) for when in ("then", "now"))
        yield f"{number_text(then):>8}  released without consideration, as was known then"
        yield f"{number_text(self.left):>8}  of these are known otherwise now"
        yield f"{number_text(self.came):>8}  others are known now"
        yield f"{number_text(now):>8}  released without consideration up to then, as is known now"
        moved = self.releases[self.missed("then") ^ self.missed("now")]
        counts = moved.groupby(["then", "why"], as_index=False).size()
        for then_, why, count in counts.itertuples(index=False, name=None):
            sign = "-" if then_ in _MISSED.values() else "+"
            yield f"{sign + number_text(count):>8}  {why}"


def as_known(*, then: Frames, now: Frames, on: date) -> AsKnown:
    """Compare what two publications know of the releases up to a day.

    A release without a day counts for ``now`` where it was known ``then``: nothing else says that
    it lies before.

    Args:
        then: assessments and releases of the publication for the day, by full name.
        now: those of a later one.
        on: the day.
    """
    before, after = releases_held(then), releases_held(now)
    is_past = after["release_date"].le(pd.Timestamp(on))
    was_known = after[KEY].merge(before[KEY], how="left", indicator=True)["_merge"].eq("both")
    is_undated = after["release_date"].isna() & was_known.set_axis(after.index)
    both = before.assign(is_listed=True)[[*KEY, "prison_id", "release_date", *_STAND]].merge(
        after[is_past | is_undated].assign(is_listed=True)[
            [*KEY, "prison_id", "release_date", *_STAND]
        ],
        on=KEY,
        how="outer",
        suffixes=("_then", "_now"),
        validate="one_to_one",
    )
    told = both[KEY].assign(
        prison_id=both["prison_id_now"].fillna(both["prison_id_then"]),
        release_date=both["release_date_now"].fillna(both["release_date_then"]),
        then=_standing(both, "then"),
        now=_standing(both, "now"),
    )
    told["why"] = _why(both, told, now=now, on=on)
    told = told.sort_values(KEY, ignore_index=True)
    return AsKnown(on=on, releases=told[list(COLUMNS)])


def _standing(both: pd.DataFrame, when: str) -> pd.Series:
    """How each release stands, in words."""
    is_listed = both[f"is_listed_{when}"].fillna(False).astype("bool")
    is_missed = both[f"is_missed_{when}"].fillna(False).astype("bool")
    words = both[f"status_{when}"].map(_MISSED).where(is_missed, CONSIDERED)
    return words.where(is_listed, UNLISTED)


def _why(both: pd.DataFrame, told: pd.DataFrame, *, now: Frames, on: date) -> pd.Series:
    """What made a release known otherwise, by what differs between the two publications."""
    assessments = results.ASSESSMENTS.of(now).set_index("episode_id")
    status = both["episode_id"].map(assessments["status"])
    recorded = both["considered_recorded_date_now"].gt(pd.Timestamp(on)).fillna(False)
    dated = both["episode_id"].map(releases_held(now).groupby("episode_id")["release_date"].max())
    linked = both["link_outcome_now"].eq("linked").fillna(False) & both["link_outcome_then"].ne(
        "linked"
    ).fillna(True)
    came, left = told["then"].eq(UNLISTED), told["now"].eq(UNLISTED)
    causes: tuple[tuple[pd.Series, str], ...] = (
        (left & status.isna(), "the episode is in the register no more, or in quarantine"),
        (left & status.eq("OUT_OF_SCOPE"), "out of scope, by what is known now"),
        (left & status.eq("VERIFY_NATIONALITY"), "nationality is to be verified first"),
        (left & dated.gt(pd.Timestamp(on)).fillna(False), "released on a later day, as known now"),
        (left, "no release of its own, as known now"),
        (came & recorded, "release and decision came to be known later"),
        (came, "the release, or that it is in scope, came to be known later"),
        (told["now"].eq(CONSIDERED) & recorded, "a decision in time was recorded later"),
        (told["now"].eq(CONSIDERED) & linked, "the person was linked to a decision later"),
        (told["now"].eq(CONSIDERED), "considered in time, by what is known now"),
        (told["then"].eq(CONSIDERED), "the decision counts no more, by what is known now"),
    )
    why = pd.Series("a referral is known otherwise", index=told.index, dtype="str")
    for condition, words in reversed(causes):
        why = why.mask(condition.astype("bool"), words)
    return why.mask(told["then"].eq(told["now"]), "")
