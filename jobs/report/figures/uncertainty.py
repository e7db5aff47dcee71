"""What is uncertain about each episode: estimates from both registers, without answers.

Three things besides a possible match can make a count wrong, and each can be told from the
registers themselves:

- *An uncertain nationality.* An episode is in scope because its nationality is unknown, or because
  one register names a country of the EEA and the other does not, and nothing settles it. Such
  episodes are named: every one may turn out British, Irish or of the EEA.
- *A wrong nationality that nothing shows.* How often the prison register writes a country outside
  the EEA for somebody from inside it is seen in linked people: half of the disagreements are
  taken to be its own. The rate, applied to people of the EEA who are not linked, gives the
  number of episodes in scope by mistake; the other way round it gives those left out by mistake.
- *A link that was not found.* A criminal case is about somebody in prison, so a decided case
  whose person no link reaches, not even a possible one, is taken to be a link that was missed.
  How many episodes such a decision clears is taken from the decided cases that are linked.

The last two are seen in people who could be linked, but concern people who could not, whose
records are worse; so one and a half times as many are expected. They name nobody, so their numbers
are spread over the episodes they can concern, and the range takes a high quantile of their sum
(`jobs.report.figures.ranges`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.contract import immigration, results
from jobs.contract.bands import RELEASES
from jobs.report.figures.evidence.decided_matches import match_probability
from jobs.report.figures.evidence.nationality_shares import (
    INSIDE,
    NO_COUNTRY,
    NOT_KNOWN,
    out_of_scope,
)
from jobs.report.figures.set_aside import (
    CaseworkSetAside,
    casework_set_aside,
    nobody_set_aside,
    people_set_aside,
)
from jobs.report.membership import is_among
from jobs.report.published import Frames

_OUTSIDE_RULE: Final = "referral.non-eea-length"
_KEPT_OUT_RULES: Final = ("referral.irish", "referral.eea-length")
"""Rules that keep episodes out which a country outside the EEA would have brought in."""

CAUTION: Final = 1.5
"""How much oftener errors are expected among people without a link than among linked ones."""
COLUMNS: Final = (
    "is_nationality_uncertain", "wrongly_in", "wrongly_out", "decided", "referred",
    "out_of_scope", "matched",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Uncertainty:
    """What is uncertain by episode, and what that rests on.

    ``episodes`` is indexed by episode id. ``is_nationality_uncertain`` names episodes; the others
    are probabilities: of being in scope, or left out, by a wrong nationality; of having a decision,
    or a referral, under a link that was not found. The range needs no more; for the most likely
    number ``out_of_scope`` is the probability that the true nationality is out of scope, and
    ``matched`` that a possible match that holds a decision is true. ``unlinked_decided`` counts the
    decided criminal cases that no certain link joins to a prisoner. ``set_aside`` are the people,
    and ``casework`` is the casework, that quarantine may hide (`jobs.report.figures.set_aside`).
    """

    episodes: pd.DataFrame
    set_aside: pd.DataFrame
    unlinked_decided: int | None = None
    casework: CaseworkSetAside = field(default_factory=CaseworkSetAside)

    @property
    def unread(self) -> int:
        """People in quarantine of whom a custody episode cannot be read."""
        return int(self.set_aside["is_unread"].sum())

    @property
    def unnamed(self) -> int:
        """Rows in quarantine that may be anybody's: people unread, decisions of nobody known."""
        return self.unread + self.casework.decisions

    def is_set_aside(self, persons: pd.Series) -> pd.Series:
        """Which of these prisoner numbers have a row in quarantine."""
        return is_among(persons, self.set_aside["prisoner_number"].dropna())

    def may_be_elsewhere(self, persons: pd.Series) -> pd.Series:
        """Of which of these a row in quarantine may say that they are out, or inside."""
        elsewhere = self.set_aside[self.set_aside["may_be_elsewhere"]]
        return is_among(persons, elsewhere["prisoner_number"].dropna())

    def may_leave(self, frame: pd.DataFrame) -> pd.Series:
        """Which rows of episodes or releases may leave a list of the unconsidered: named ones.

        A possible match may hold a decision, a nationality may be another, a row in quarantine may
        say otherwise.
        """
        possible: pd.Series = (
            frame["is_possibly_considered"]
            | self.beside(frame)["is_nationality_uncertain"]
            | self.is_set_aside(frame["prisoner_number"])
            | self.casework.may_decide(frame["prisoner_number"])
        )
        return possible

    def is_contested(self, persons: pd.Series) -> pd.Series:
        """Of which of these a row in quarantine of either register may say something else."""
        casework = self.casework
        return (
            self.is_set_aside(persons) | casework.may_decide(persons) | casework.may_revoke(persons)
        )

    def may_come(self, persons: pd.Series) -> pd.Series:
        """Whose episodes and releases a row in quarantine may put on a list of the unconsidered."""
        return self.is_set_aside(persons) | self.casework.may_revoke(persons)

    def beside(self, assessments: pd.DataFrame) -> pd.DataFrame:
        """The estimates in the order and under the index of the assessments; none where unknown."""
        found = self.episodes.reindex(assessments["episode_id"])
        found.index = assessments.index
        named = found["is_nationality_uncertain"].fillna(False).astype("bool")
        return found.fillna(0.0).assign(is_nationality_uncertain=named)


def no_uncertainty() -> Uncertainty:
    """Nothing is uncertain."""
    columns = {name: pd.Series(dtype="float64") for name in COLUMNS}
    columns["is_nationality_uncertain"] = pd.Series(dtype="bool")
    return Uncertainty(episodes=pd.DataFrame(columns), set_aside=nobody_set_aside())


def estimate_uncertainty(*, tables: Mapping[str, pa.Table], facts: Frames) -> Uncertainty:
    """Estimate what is uncertain about each episode.

    Args:
        tables: accepted register tables by full name.
        facts: assessments, links and quarantine by full name.
    """
    frame = results.ASSESSMENTS.of(facts).set_index("episode_id").sort_index()
    links = results.LINKS.of(facts)
    cases = immigration.CASES.frame(immigration.CASES.of(tables))
    linked = links[links["outcome"] == "linked"]
    review = links.loc[links["outcome"] == "review", "cid_person_id"]
    persons = immigration.PERSONS.frame(immigration.PERSONS.of(tables))
    there = _nationality_there(frame, linked, persons)
    wrongly_in, wrongly_out = _wrong_nationality(frame, there)
    criminal = cases[cases["case_type"] == "CRIMINAL"]
    is_linked = is_among(criminal["cid_person_id"], linked["cid_person_id"])
    is_lost = ~is_linked & ~is_among(criminal["cid_person_id"], review)
    decided = criminal["considered_date"].notna()
    is_uncertain = _is_nationality_uncertain(frame, there)
    matched = match_probability(
        links=links, decided=criminal.loc[decided, "cid_person_id"], people=len(persons)
    )
    uncertain = pd.DataFrame(
        {
            "is_nationality_uncertain": is_uncertain,
            "wrongly_in": wrongly_in,
            "wrongly_out": wrongly_out,
            "decided": _lost_decisions(
                frame, lost=int((is_lost & decided).sum()), found=int((is_linked & decided).sum())
            ),
            "referred": _lost_referrals(
                frame, lost=int((is_lost & ~decided).sum()), found=int((is_linked & ~decided).sum())
            ),
        }
    )
    probabilities = ["wrongly_in", "wrongly_out", "decided", "referred"]
    uncertain[probabilities] = (uncertain[probabilities] * CAUTION).clip(upper=1.0)
    uncertain["out_of_scope"] = out_of_scope(frame=frame, there=there, uncertain=is_uncertain)
    uncertain["matched"] = frame["prisoner_number"].map(matched).fillna(0.0)
    return Uncertainty(
        episodes=uncertain,
        set_aside=people_set_aside(tables=tables, facts=facts),
        unlinked_decided=int((~is_linked & decided).sum()),
        casework=casework_set_aside(tables=tables, facts=facts),
    )


def _nationality_there(
    frame: pd.DataFrame, linked: pd.DataFrame, persons: pd.DataFrame
) -> "pd.Series[str]":
    """What the immigration register says of each episode's person over a certain link.

    Of several records, one from inside the EEA counts: it is the one that makes it uncertain.
    """
    known = linked.merge(persons[["cid_person_id", "nationality"]], on="cid_person_id")
    known = known[known["nationality"].notna() & ~known["nationality"].isin(NOT_KNOWN)]
    known = known.assign(outside=~known["nationality"].isin(INSIDE))
    known = known.sort_values(["prisoner_number", "outside", "nationality"])
    one = known.drop_duplicates("prisoner_number").set_index("prisoner_number")["nationality"]
    return frame["prisoner_number"].map(one).astype("str")


def _is_nationality_uncertain(frame: pd.DataFrame, there: "pd.Series[str]") -> pd.Series:
    """Episodes in scope whose person may be British, Irish or of the EEA for all that is known.

    A country outside the EEA over a certain link settles what the prison register leaves open; it
    does not settle what that register contradicts, nor does a code that names no country.
    """
    here = frame["nationality"]
    inside = here.isin(INSIDE)
    contradicted = there.notna() & here.notna() & (inside != there.isin(INSIDE))
    unclear = frame["is_nationality_unknown"] | contradicted
    outside = there.notna() & ~there.isin(INSIDE | NO_COUNTRY)
    settled = (outside & ~inside) | frame["is_court_recommended"]
    uncertain: pd.Series = frame["is_in_scope"] & unclear & ~settled
    return uncertain.fillna(False).astype("bool")


def _wrong_nationality(frame: pd.DataFrame, there: "pd.Series[str]") -> tuple[pd.Series, pd.Series]:
    """Chances of being in scope, and of being left out, by a wrong nationality nothing shows."""
    here = frame["nationality"]
    known = here.notna() & ~here.isin(NOT_KNOWN)
    unseen = known & frame["link_outcome"].ne("linked")
    kept_out = ~frame["is_in_scope"] & frame["scope_rule_id"].isin(_KEPT_OUT_RULES)
    both = known & there.notna()
    inside, inside_there = here.isin(INSIDE), there.isin(INSIDE)
    to_outside = _error_rate(both & inside_there, ~inside)
    to_inside = _error_rate(both & ~inside_there, inside)
    wrongly_in = pd.Series(0.0, index=frame.index)
    wrongly_out = pd.Series(0.0, index=frame.index)
    for released in (True, False):
        here_now = frame["is_released"].eq(released)
        outside = here_now & known & ~inside
        long = outside & frame["is_in_scope"]
        short = outside & ~frame["is_in_scope"] & frame["scope_rule_id"].eq(_OUTSIDE_RULE)
        share_long = long.sum() / max(long.sum() + short.sum(), 1)
        out, into = here_now & unseen & kept_out, long & unseen
        wrongly_in[into] = _each(to_outside * out.sum() * share_long, int(into.sum()))
        wrongly_out[out] = _each(to_inside * into.sum(), int(out.sum()))
    return wrongly_in, wrongly_out


def _error_rate(of: pd.Series, wrong: pd.Series) -> float:
    """Odds of a mistake of the prison register: half of the disagreements, one seen beforehand."""
    errors = (float((of & wrong).sum()) + 1.0) / 2.0
    return errors / (float(of.sum()) + 1.0 - errors) if of.any() else 0.0


def _each(expected: float, rows: int) -> float:
    return float(np.clip(expected / rows, 0.0, 1.0)) if rows else 0.0


def _lost_decisions(frame: pd.DataFrame, *, lost: int, found: int) -> pd.Series:
    """Chance of a decision under a link that was not found, for episodes without one.

    Decisions are made as release comes near, so episodes are compared with those of the same year
    of release, or of the same nearness of it.
    """
    released = frame["is_released"]
    nearness = RELEASES.of(frame["days_to_release"]).astype("str")
    year = frame["release_date"].dt.year.astype("str")
    time = ("released " + year.fillna("")).where(released, "held " + nearness.fillna(""))
    open_ = frame["status"].isin(results.MISSED_STATUSES | {"DUE", "NOT_YET_DUE"})
    clears = frame["status"].eq("CONSIDERED").groupby(time).sum() / max(found, 1)
    expected = time.map(clears).astype("float64") * lost
    rows = time.map(open_.groupby(time).sum()).astype("float64")
    probability: pd.Series = (expected / rows.clip(lower=1.0)).clip(upper=1.0).where(open_, 0.0)
    return probability


def _lost_referrals(frame: pd.DataFrame, *, lost: int, found: int) -> pd.Series:
    """Chance of a referral under a link that was not found, for episodes never referred."""
    leads = frame["status"].eq("REFERRED_NOT_CONSIDERED").sum() / max(found, 1)
    never = frame["status"].eq("NOT_REFERRED")
    probability = pd.Series(0.0, index=frame.index)
    probability[never] = _each(lost * leads, int(never.sum()))
    return probability
