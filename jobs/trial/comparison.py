"""A night under the rules in force and under those proposed: who is concerned, what it takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd

from jobs.contract import codes as c
from jobs.contract import results
from jobs.contract.bands import Bands
from jobs.report import Forecast, forecast
from jobs.report.forecast.queue import Pace, too_late, waiting
from jobs.report.movement import Moved, Position, Versions, explain_movement
from jobs.report.published import value_of
from jobs.trial.nights import Facts, TrialNight

SHOWN: Final = (
    "missed.total",
    "missed.undecided",
    "considered.in_time",
    "due.total",
    "due.within_30",
    "due.within_365",
    "due.overdue",
    "scope.verify_nationality",
)
"""Figures whose movement is told first."""
LENGTHS: Final = Bands(
    limits=(182, 365, 730, 1461),
    names=("under 6 months", "6 to 12 months", "1 to 2 years", "2 to 4 years", "4 years or more"),
    is_open=True,
)
BY: Final[Mapping[str, str]] = {
    "prison_id": "Prison",
    "nationality_group": "Nationality",
    "offence_code": "Offence",
    "length": "Length of sentence",
}
"""How those concerned are told apart."""
NOT_RECORDED: Final = "not recorded"
MOST_STAFF: Final = 2**12
"""So many times today's staff are more than anybody has."""
_STANDING: Final = ["episode_id", "status", "scope_rule_id", "due_date", "is_in_scope", "is_due"]
_ABOUT: Final = ["episode_id", "prison_id", "nationality", "offence_code", "sentence_days"]


@dataclass(frozen=True, kw_only=True)
class RuleTrial:
    """One night under two policies: the results ``before`` and ``after``, by full name of table."""

    night: TrialNight
    before: Facts
    after: Facts

    @cached_property
    def people(self) -> pd.DataFrame:
        """Each custody episode that stands otherwise under the proposed rules.

        ``change`` is *enters the scope*, *leaves the scope* or *stays*; status, rule and due date
        with ``_before`` and ``_after``; then who it is about, by reference.
        """
        one, other = (results.ASSESSMENTS.of(facts) for facts in (self.before, self.after))
        both = one[_STANDING].merge(
            other[_STANDING], on="episode_id", suffixes=("_before", "_after"), validate="1:1"
        )
        told = [name for name in _STANDING[1:] if name != "scope_rule_id"]
        differs = np.zeros(len(both), dtype=bool)
        for name in told:
            was, now = both[f"{name}_before"], both[f"{name}_after"]
            differs |= ~(was.eq(now).fillna(False) | (was.isna() & now.isna())).to_numpy(bool)
        was, now = (both[f"is_in_scope_{when}"].astype("bool") for when in ("before", "after"))
        both["change"] = np.select(
            [now & ~was, was & ~now], ["enters the scope", "leaves the scope"], "stays"
        )
        found = both[differs].merge(one[_ABOUT], on="episode_id")
        group = pd.Series(_GROUPS)
        found["nationality_group"] = found["nationality"].map(group).fillna("not known")
        found["length"] = LENGTHS.of(found["sentence_days"]).fillna(NOT_RECORDED)
        return found.sort_values("episode_id", ignore_index=True)

    def concerned(self, by: str) -> pd.DataFrame:
        """Those who enter and leave the scope by one of `BY`, most first."""
        moved = self.people[self.people["change"].ne("stays")]
        counts = pd.crosstab(moved[by].fillna(NOT_RECORDED), moved["change"])
        counts = counts.reindex(columns=["enters the scope", "leaves the scope"], fill_value=0)
        counts.columns = pd.Index(["enter", "leave"])
        counts = counts.rename_axis("group").reset_index()
        return counts.sort_values(
            ["enter", "leave", "group"], ascending=[False, False, True], ignore_index=True
        )

    @cached_property
    def due(self) -> pd.DataFrame:
        """People due on the night and in the months ahead: ``month``, ``before``, ``after``."""
        night = pd.Timestamp(self.night.publication.as_of)
        counts = {}
        for when, facts in (("before", self.before), ("after", self.after)):
            frame = results.ASSESSMENTS.of(facts)
            is_due = frame["is_due"].fillna(False).astype("bool")
            later = frame["status"].eq("NOT_YET_DUE") & frame["due_date"].gt(night).fillna(False)
            month = frame.loc[later, "due_date"].dt.strftime("%Y-%m")
            counts[when] = pd.concat(
                [pd.Series({"due on the night": int(is_due.sum())}), month.value_counts()]
            )
        table = pd.DataFrame(counts).fillna(0).astype("int64").rename_axis("month")
        table = table.sort_index().reset_index()
        is_now = table["month"].eq("due on the night")
        ahead = table[~is_now].head(24)
        return pd.concat([table[is_now], ahead], ignore_index=True)

    @cached_property
    def figures(self) -> pd.DataFrame:
        """Every figure of which the value differs: ``figure_id``, ``group_value``, both values."""
        one, other = (results.FIGURES.of(facts) for facts in (self.before, self.after))
        key = ["figure_id", "group_value"]
        both = one[[*key, "value"]].merge(
            other[[*key, "value"]], on=key, how="outer", suffixes=("_before", "_after")
        )
        both = both[both["value_before"].fillna(0).ne(both["value_after"].fillna(0))]
        return both.sort_values(key, ignore_index=True)

    def value(self, figure_id: str) -> tuple[float | None, float | None]:
        """A figure of all, before and after."""
        return (
            value_of(results.FIGURES.of(self.before), figure_id),
            value_of(results.FIGURES.of(self.after), figure_id),
        )

    @cached_property
    def moved(self) -> Moved:
        """The movement of each headline figure, person by person, with its reasons."""
        publication = self.night.publication
        positions = [
            Position(
                as_of=publication.as_of,
                publication_id=name,
                versions=Versions(code="", rules=name, model=""),
                facts=facts,
            )
            for name, facts in (("in force", self.before), ("proposed", self.after))
        ]
        return explain_movement(before=positions[0], after=positions[1], rebased=self.after)

    def ahead(self) -> tuple[Forecast, Forecast]:
        """The queue worked ahead with today's staff, before and after."""
        as_of = self.night.publication.as_of
        return (
            forecast(facts=self.before, as_of=as_of),
            forecast(facts=self.after, as_of=as_of),
        )

    def decisions_needed(self) -> tuple[float | None, float | None]:
        """Decisions a week with which nobody leaves before their turn within a year.

        Found by halving, to a tenth of a decision; None where no staff or pace is known, or not
        even `MOST_STAFF` times today's staff would do.
        """
        return self._needed(self.before), self._needed(self.after)

    def _needed(self, facts: Facts) -> float | None:
        pace = Pace.of(results.FIGURES.of(facts))
        if not pace.staff or not pace.decided:
            return None
        queue = waiting(results.ASSESSMENTS.of(facts), self.night.publication.as_of)

        def is_enough(times: float) -> bool:
            late = too_late(queue=queue, pace=pace, staff=times * pace.staff, weeks=52)
            return not late.rows.any()

        high = 1.0
        while not is_enough(high):
            high *= 2
            if high > MOST_STAFF:
                return None
        low = 0.0
        while (high - low) * pace.decided > 0.1:
            middle = (low + high) / 2
            low, high = (low, middle) if is_enough(middle) else (middle, high)
        return high * pace.decided


def _group_of(code: c.NationalityCode) -> str:
    if code.is_british:
        return "British"
    if code.is_irish:
        return "Irish"
    if code.is_unknown:
        return "not known"
    return "of the EEA at some time" if code.eea_from else "of no state of the EEA"


_GROUPS: Final = {
    code.code: _group_of(code)
    for code in c.NATIONALITY.codes
    if isinstance(code, c.NationalityCode)
}
