"""The one cause for which an episode came into a figure or went out of it.

The status of an episode is the first of eight answers that holds, asked in `STATUS_ORDER`.
Where two nights differ, the higher of the two statuses names the answer that changed: everything
above it holds in neither night. For each answer the facts on which it rests are compared in a
fixed order; the first that differs is the cause, and the last entry of each list has no condition.
So every movement has exactly one cause, and there is no cause called other.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from jobs.contract import results
from jobs.report.membership import is_among
from jobs.report.movement.pairs import EpisodePairs

SCOPE, VERIFY, UNREFERRED, REFERRED, DUE, LATE, NOT_YET, CONSIDERED = range(8)
"""Places in `STATUS_ORDER`."""
_EXIT: Final = "exit."
_BRITISH: Final = "nationality.british"
_SENTENCE: Final = ("sentence_date", "sentence_days")
_NATIONALITY: Final = ("nationality", "is_foreign_national", "is_nationality_unknown")
_DECISION: Final = ("considered_date", "decision")
FACTS: Final = (
    *_SENTENCE,
    *_NATIONALITY,
    *_DECISION,
    "identity_id",
    "is_court_recommended",
    "is_released",
    "is_in_custody",
    "release_date",
    "earliest_release_date",
    "referred_date",
    "order_signed_date",
    "removed_date",
    "case_id",
    "possible_case_id",
    "link_outcome",
)
"""What a night records of an episode, as opposed to what the rules make of it."""

Test = tuple[pd.Series, str]
Tests = Iterator[Test]


def data_causes(pair: EpisodePairs, *, since: pd.Timestamp) -> pd.Series:
    """Causes where only the data changed, by episode.

    Args:
        pair: the episodes that moved.
        since: the night before; what happened after it is new, what is dated earlier and was not
            known then was recorded late.

    Returns:
        A code of `results.CAUSE` for each episode.
    """
    true = pd.Series(True, index=pair.episodes)
    steps = pd.concat([_step(pair.was), _step(pair.now)], axis=1)
    higher, lower = steps.min(axis=1), steps.max(axis=1)
    same = pair.was["status"].eq(pair.now["status"]).fillna(False).astype(bool)
    tests: list[Test] = [
        *_within(_came(pair, since), pair.is_new),
        *_within(_left(pair), pair.is_gone),
        *_within(_missed_again(pair, since), pair.is_missed_again),
        *_within(_back(pair, since), same & pair.was["status"].isin(results.UNCONSIDERED_STATUSES)),
        *_certain(pair, since, higher.eq(DUE) & lower.eq(NOT_YET), same),
        (pair.set_aside, "quarantined"),
        (pair.mended, "back_from_quarantine"),
        *_within(_dates(pair, since), same),
    ]
    tests += _within(_referred(pair, since), higher.eq(UNREFERRED) & lower.eq(REFERRED))
    for step, of in (
        (SCOPE, _scope),
        (VERIFY, _verify),
        (UNREFERRED, _missed),
        (REFERRED, _missed),
        (DUE, _due),
        (LATE, _missed),
    ):
        tests += _within(of(pair, since), higher.eq(step))
    tests += _within(_considered(pair, since), true)
    return first_that_holds(pair, tests)


def first_that_holds(pair: EpisodePairs, tests: list[Test]) -> pd.Series:
    """The cause beside the first condition that holds for each episode."""
    chosen = np.select(
        [condition.to_numpy(bool) for condition, _ in tests], [cause for _, cause in tests], ""
    )
    causes = pd.Series(chosen, index=pair.episodes, dtype="str")
    if causes.eq("").any():
        raise ValueError("a movement without a cause: the tests do not end in one that holds")
    return causes


def is_unchanged(pair: EpisodePairs, *, today: pd.Timestamp, since: pd.Timestamp) -> pd.Series:
    """No recorded fact differs and no date was reached: the data explain nothing."""
    changed = pair.differs(*FACTS) | pair.is_new | pair.is_gone | pair.set_aside | pair.mended
    due = pair.was["due_date"]
    nearer = pair.was["status"].eq(pair.now["status"]).fillna(False).astype(bool)
    return ~(changed | nearer | (due.gt(since) & due.le(today)))


def link_tests(pair: EpisodePairs) -> Tests:
    """Changes of who is who, where both records were known before and after."""
    gained = pair.gained_other & ~pair.lost_other
    lost = pair.lost_other & ~pair.gained_other
    was_linked = pair.was["link_outcome"].eq("linked").fillna(False).astype(bool)
    is_linked = pair.now["link_outcome"].eq("linked").fillna(False).astype(bool)
    linked = pair.gained_other | (is_linked & ~was_linked & ~pair.found_other)
    unlinked = pair.lost_other | (was_linked & ~is_linked & ~pair.other_left)
    both = ~pair.is_new & ~pair.is_gone
    merged = pair.gained_own | (gained & pair.had_other)
    split = pair.lost_own | (lost & pair.has_other)
    changed = merged | split | linked | unlinked
    yield both & changed & pair.is_decided_otherwise, "reviewers_decision"
    yield both & merged, "duplicates_merged"
    yield both & split, "identity_split"
    yield both & linked, "newly_linked"
    yield both & unlinked, "unlinked"


def _step(frame: pd.DataFrame) -> pd.Series:
    places = {status: float(place) for place, status in enumerate(results.STATUS_ORDER)}
    return frame["status"].map(places).astype("float64")


def _within(tests: Tests, limit: pd.Series) -> list[Test]:
    return [(condition & limit, cause) for condition, cause in tests]


def _otherwise(pair: EpisodePairs, cause: str) -> Test:
    return pd.Series(True, index=pair.episodes), cause


def _gained(pair: EpisodePairs) -> pd.Series:
    """The answer that changed came to hold; where not, it ceased to."""
    return _step(pair.now) < _step(pair.was)


def _after(day: pd.Series, since: pd.Timestamp) -> pd.Series:
    return day.gt(since).fillna(False).astype(bool)


def _came(pair: EpisodePairs, since: pd.Timestamp) -> Tests:
    yield pair.mended, "back_from_quarantine"
    unconsidered = pair.now["status"].isin(results.UNCONSIDERED_STATUSES)
    yield unconsidered & _after(pair.now["release_date"], since), "newly_released"
    yield _after(pair.now["sentence_date"], since), "newly_sentenced"
    yield _otherwise(pair, "newly_found")


def _left(pair: EpisodePairs) -> Tests:
    yield pair.set_aside, "quarantined"
    people = results.IDENTITIES.of(pair.after)
    people = people[people["register"].eq("prison")]
    lives_on = is_among(pair.was["identity_id"], people["identity_id"])
    number_gone = ~is_among(pair.was["prisoner_number"], people["person_id"])
    yield lives_on & number_gone, "duplicates_merged"
    yield _otherwise(pair, "left_register")


def _certain(
    pair: EpisodePairs, since: pd.Timestamp, becomes_due: pd.Series, same: pd.Series
) -> Tests:
    """What no row in quarantine can have brought about: the calendar, and a release since."""
    unmoved = ~pair.differs("due_date") & ~pair.differs("is_released")
    yield becomes_due & unmoved, "time_passed"
    yield same & ~pair.differs("earliest_release_date"), "time_passed"
    left = pair.differs("is_released") & _after(pair.now["release_date"], since)
    waited = pair.was["status"].isin(("DUE", "NOT_YET_DUE"))
    yield waited & ~same & left, "newly_released"


def _missed_again(pair: EpisodePairs, since: pd.Timestamp) -> Tests:
    yield _after(pair.last_missed, since), "newly_released"
    yield _otherwise(pair, "release_recorded_late")


def _back(pair: EpisodePairs, since: pd.Timestamp) -> Tests:
    """Somebody who was missed once, and whose status says so, is in prison again or was."""
    inside = pair.differs("is_released") & ~pair.now["is_released"].fillna(False).astype(bool)
    yield inside, "returned_to_custody"
    yield pair.differs("is_released"), "newly_released"
    yield from _within(_decision(pair, since), pair.differs(*_DECISION))


def _dates(pair: EpisodePairs, since: pd.Timestamp) -> Tests:
    """One status, another time to the release."""
    yield from _sentence(pair, since)
    yield _otherwise(pair, "release_date_corrected")


def _sentence(pair: EpisodePairs, since: pd.Timestamp) -> Tests:
    changed = pair.differs(*_SENTENCE)
    new = pair.was["sentence_date"].isna() & _after(pair.now["sentence_date"], since)
    yield changed & new, "newly_sentenced"
    yield changed, "sentence_corrected"


def _scope(pair: EpisodePairs, since: pd.Timestamp) -> Tests:
    yield pair.differs("is_court_recommended"), "court_recommendation_corrected"
    was, now = pair.was["scope_rule_id"], pair.now["scope_rule_id"]
    gone = was.str.startswith(_EXIT).eq(True) | now.str.startswith(_EXIT).eq(True)
    gone = gone.fillna(False).astype(bool)
    considered = pair.was["status"].eq("CONSIDERED") | pair.now["status"].eq("CONSIDERED")
    considered = considered.fillna(False).astype(bool)
    yield from _within(_decision(pair, since), gone & considered & pair.differs(*_DECISION))
    yield gone, "died_or_removed"
    for condition, cause in link_tests(pair):
        yield condition & pair.differs(*_NATIONALITY), cause
    yield pair.differs(*_NATIONALITY), "nationality_corrected"
    yield from _sentence(pair, since)
    yield from link_tests(pair)
    british = was.eq(_BRITISH) | now.eq(_BRITISH)
    yield british.fillna(False).astype(bool), "nationality_corrected"
    yield _otherwise(pair, "sentence_corrected")


def _verify(pair: EpisodePairs, since: pd.Timestamp) -> Tests:
    yield from link_tests(pair)
    yield pair.differs(*_NATIONALITY), "nationality_corrected"
    yield from _within(_decision(pair, since), pair.differs(*_DECISION))
    yield _otherwise(pair, "nationality_corrected")


def _decision(pair: EpisodePairs, since: pd.Timestamp) -> Tests:
    """A decision that is there now, or no longer; ends in an entry without a condition."""
    yield from link_tests(pair)
    there = pair.now["considered_date"].notna() & pair.differs(*_DECISION)
    here, gone = _decisions(pair.was), _decisions(pair.now)
    from_another = there & is_among(gone, _decisions(results.ASSESSMENTS.of(pair.before)))
    to_another = ~there & is_among(here, _decisions(results.ASSESSMENTS.of(pair.after)))
    yield (from_another | to_another) & pair.differs(*_DECISION), "consideration_moved"
    yield there & _after(pair.now["considered_date"], since), "consideration_recorded"
    yield there & pair.found_other, "newly_found"
    yield there, "consideration_recorded_late"
    yield pair.other_left, "left_register"
    yield _otherwise(pair, "consideration_withdrawn")


def _decisions(frame: pd.DataFrame) -> pd.Series:
    """What tells one decision from another: case and day; empty without a decision."""
    decisions: pd.Series = frame["case_id"] + frame["considered_date"].dt.strftime(" %Y-%m-%d")
    return decisions


def _considered(pair: EpisodePairs, since: pd.Timestamp) -> Tests:
    yield from _within(_decision(pair, since), pair.differs(*_DECISION))
    yield pair.differs("removed_date", "order_signed_date"), "died_or_removed"
    yield pair.differs("release_date", "is_released"), "release_date_corrected"
    yield from _sentence(pair, since)
    yield from link_tests(pair)
    yield _gained(pair), "consideration_withdrawn"
    yield _otherwise(pair, "consideration_recorded_late")


def _due(pair: EpisodePairs, since: pd.Timestamp) -> Tests:
    yield from _within(_released(pair, since), pair.differs("is_released"))
    yield from _within(_sentence(pair, since), _gained(pair))
    yield from _within(_decision(pair, since), pair.differs(*_DECISION))
    yield from _sentence(pair, since)
    yield pair.differs("earliest_release_date"), "release_date_corrected"
    yield _otherwise(pair, "time_passed")


def _released(pair: EpisodePairs, since: pd.Timestamp) -> Tests:
    out = pair.now["is_released"].fillna(False).astype(bool)
    yield out & pair.now["release_date"].le(since).fillna(False), "release_recorded_late"
    yield out, "newly_released"
    yield _otherwise(pair, "returned_to_custody")


def _missed(pair: EpisodePairs, since: pd.Timestamp) -> Tests:
    """A release was missed on one of the nights, or is decided on since."""
    yield from _within(_released(pair, since), pair.differs("is_released"))
    yield from _within(_decision(pair, since), pair.differs(*_DECISION))
    yield pair.differs("release_date"), "release_date_corrected"
    yield from _sentence(pair, since)
    yield from link_tests(pair)
    yield _gained(pair), "release_recorded_late"
    yield _otherwise(pair, "consideration_recorded_late")


def _referred(pair: EpisodePairs, since: pd.Timestamp) -> Tests:
    yield from link_tests(pair)
    yield ~pair.differs("referred_date") & pair.differs("release_date"), "release_date_corrected"
    changed = ~pair.differs("referred_date", "case_id") & pair.differs(*_SENTENCE)
    yield from _within(_sentence(pair, since), changed)
    yield _gained(pair), "referral_withdrawn"
    yield _otherwise(pair, "referral_recorded")
