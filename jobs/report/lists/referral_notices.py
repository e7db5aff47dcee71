"""Referral notices: each person due and never referred is told of, once, until that is answered.

In 2006 nobody sent this message. A night writes a notice for each custody episode that is due and
has no referral, and keeps those of the night before until they end: by a referral or a decision, or
because nothing is asked any more. A notice that ended stays as it ended; where the episode is due
and unreferred again, that is another notice.
"""

import hashlib
from datetime import date
from typing import Final

import holidays
import numpy as np
import pandas as pd

from jobs.contract import results
from jobs.contract.case_lists import DUE
from jobs.report.membership import is_among
from jobs.report.published import Frames

NOTICE_DAYS: Final = 10
"""Working days for an answer, unless a site says otherwise."""
ERASED: Final = "erased-"
"""How a number begins that stands for a person whose data were erased."""
_SIGNS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no sign that is taken for another."""
_LENGTH: Final = 12


def notice_number(episode_id: str, occurrence: int) -> str:
    """The number of a notice: the same for the same notice, whatever the night was run for.

    60 bits of a digest: among a million notices the chance that two are alike is 1 in 2 million.
    """
    digest = hashlib.sha256(f"referral notice|{episode_id}|{occurrence}".encode()).digest()
    bits = int.from_bytes(digest[:8], "big")
    signs = "".join(_SIGNS[bits >> (5 * place) & 31] for place in range(_LENGTH))
    return f"RN-{signs[:4]}-{signs[4:8]}-{signs[8:]}"


def never_referred(assessments: pd.DataFrame) -> pd.Series:
    """Which episodes are due and were never referred."""
    return DUE.selects(assessments) & assessments["referred_date"].isna()


def referral_notices(
    *, facts: Frames, earlier: pd.DataFrame | None, as_of: date, days: int
) -> pd.DataFrame:
    """Every notice written so far: those of before as they are tonight, and tonight's own.

    Args:
        facts: assessments, quarantine and backlog of the night, by full name.
        earlier: the notices of the publication of the night before; None on the first night.
        as_of: the night.
        days: working days for an answer.

    Returns:
        A frame of `results.NOTICES`, sorted by number.
    """
    assessments = results.ASSESSMENTS.of(facts)
    asked = assessments[never_referred(assessments)]
    known = results.NOTICES.empty() if earlier is None else earlier
    was_open = known["is_open"].astype("bool")
    stays = was_open & is_among(known["episode_id"], asked["episode_id"])
    ends = was_open & ~stays
    new = asked[~is_among(asked["episode_id"], known.loc[stays, "episode_id"])]
    every = pd.concat(
        [
            known[~was_open],
            _kept(known[stays], assessments, facts),
            _ended(known[ends], assessments, facts, as_of),
            _written(new, known, facts, as_of=as_of, days=days),
        ],
        ignore_index=True,
    )
    late = every["is_open"].astype("bool") & every["answer_due_date"].lt(pd.Timestamp(as_of))
    every["is_unanswered"] = late.fillna(False)
    ordered = every.sort_values("notice_number", ignore_index=True)
    return results.NOTICES.frame(results.NOTICES.arrow(ordered))


def _kept(notices: pd.DataFrame, assessments: pd.DataFrame, facts: Frames) -> pd.DataFrame:
    """Open notices with the prison and the team of tonight."""
    rows = assessments.set_index("episode_id").reindex(notices["episode_id"])
    return notices.assign(
        prison_id=rows["prison_id"].to_numpy(), team=_teams(rows["case_id"], facts).to_numpy()
    )


def _teams(cases: pd.Series, facts: Frames) -> pd.Series:
    return cases.map(results.BACKLOG.of(facts).set_index("case_id")["team"])


def _ended(
    notices: pd.DataFrame, assessments: pd.DataFrame, facts: Frames, as_of: date
) -> pd.DataFrame:
    """Notices that ask nothing any more, and the one way in which each ended."""
    now = assessments.set_index("episode_id").reindex(notices["episode_id"])
    now = now.set_axis(notices.index)
    aside = results.QUARANTINE.of(facts)["row_key"].dropna()
    answer = now[["referred_date", "considered_date"]].min(axis=1)
    released = now["is_released"].fillna(False).astype("bool")
    in_scope = now["is_in_scope"].fillna(False).astype("bool")
    tests = (
        (notices["episode_id"].str.startswith(ERASED), "ERASED"),
        (now["status"].isna() & is_among(notices["episode_id"], aside), "SET_ASIDE"),
        (now["status"].isna(), "LEFT_REGISTER"),
        (answer.ge(notices["written_date"]), "ANSWERED"),
        (answer.notna(), "FOUND"),
        (now["status"].eq("VERIFY_NATIONALITY"), "VERIFY"),
        (~in_scope, "OUT_OF_SCOPE"),
        (released, "RELEASED"),
    )
    ended_by = np.select(
        [condition.fillna(False).to_numpy(bool) for condition, _ in tests],
        [said for _, said in tests],
        "NOT_DUE",
    )
    said = pd.Series(ended_by, index=notices.index, dtype="str")
    return notices.assign(
        is_open=False,
        ended_date=pd.Timestamp(as_of),
        ended_by=said,
        case_id=now["case_id"].where(said.isin(("ANSWERED", "FOUND"))),
    )


def _written(
    new: pd.DataFrame, known: pd.DataFrame, facts: Frames, *, as_of: date, days: int
) -> pd.DataFrame:
    """Tonight's own notices."""
    before = known["episode_id"].value_counts()
    occurrence = new["episode_id"].map(before).fillna(0).astype("int64") + 1
    numbers = [notice_number(*each) for each in zip(new["episode_id"], occurrence, strict=True)]
    frame = pd.DataFrame(
        {
            "notice_number": pd.Series(numbers, index=new.index, dtype="str"),
            "episode_id": new["episode_id"],
            "occurrence": occurrence,
            "prison_id": new["prison_id"],
            "team": _teams(new["case_id"], facts),
            "written_date": pd.Timestamp(as_of),
            "answer_due_date": pd.Timestamp(last_working_day(as_of, days)),
            "is_open": True,
            "is_unanswered": False,
        }
    )
    return results.NOTICES.frame(
        results.NOTICES.arrow(frame.reindex(columns=list(results.NOTICES.columns)))
    )


def last_working_day(start: date, days: int) -> date:
    """The day so many working days of England and Wales after a night.

    From a day on which nobody works it counts from the working day before.
    """
    closed = holidays.country_holidays("GB", subdiv="ENG", years=range(start.year, start.year + 2))
    last = np.busday_offset(
        np.datetime64(start, "D"),
        days,
        roll="backward",
        holidays=np.array(sorted(closed), dtype="datetime64[D]"),
    )
    found: date = last.astype(object)
    return found
