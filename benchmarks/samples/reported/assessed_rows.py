"""Assessments of an invented night, and what follows from them, every status present."""

from typing import Any

import numpy as np
import pandas as pd

from benchmarks.samples.reported.frames import PRISONS, TODAY, frame_of, numbered
from jobs.contract import codes as c
from jobs.contract import results

STATUS_SHARES = {
    "OUT_OF_SCOPE": 0.40,
    "NOT_YET_DUE": 0.10,
    "DUE": 0.14,
    "CONSIDERED": 0.17,
    "CONSIDERED_LATE": 0.04,
    "NOT_REFERRED": 0.07,
    "REFERRED_NOT_CONSIDERED": 0.06,
    "VERIFY_NATIONALITY": 0.02,
}
RELEASED = ("CONSIDERED_LATE", "NOT_REFERRED", "REFERRED_NOT_CONSIDERED")


def invent_assessments(rng: np.random.Generator, rows: int) -> pd.DataFrame:
    """Episodes with dates that fit their status."""
    status = pd.Series(rng.choice(list(STATUS_SHARES), rows, p=list(STATUS_SHARES.values())))
    considered_released = status.eq("CONSIDERED") & (rng.random(rows) < 0.7)
    released = status.isin(RELEASED) | considered_released
    back = np.random.default_rng(rows).random(rows) < 0.04
    is_back = status.isin(results.MISSED_STATUSES) & back
    released &= ~is_back
    in_custody = is_back | ~released & (
        status.isin(["DUE", "NOT_YET_DUE"]) | (rng.random(rows) < 0.5)
    )
    sentence = TODAY - pd.to_timedelta(rng.integers(400, 2400, rows), "D")
    gone = TODAY - pd.to_timedelta((rng.random(rows) ** 2.5 * 2000).astype(int), "D")
    ahead = np.where(
        status.eq("NOT_YET_DUE"), rng.integers(366, 2000, rows), rng.integers(-5, 365, rows)
    )
    dated = rng.random(rows) > 0.1
    earliest = pd.Series(TODAY + pd.to_timedelta(ahead, "D")).where(in_custody)
    linked = rng.random(rows) < 0.6
    cleared = status.isin(["CONSIDERED", "CONSIDERED_LATE", "REFERRED_NOT_CONSIDERED"])
    linked |= cleared.to_numpy()
    review = ~linked & (rng.random(rows) < 0.1)
    possibly = review & status.isin(["NOT_REFERRED", "DUE"]) & (rng.random(rows) < 0.5)
    offences = np.array([entry.code for entry in c.OFFENCE.codes])
    offence = pd.Series(rng.choice(offences, rows)).where(rng.random(rows) > 0.08)
    seriousness = {
        entry.code: entry.seriousness for entry in c.OFFENCE.codes if isinstance(entry, c.Offence)
    }
    nationality = pd.Series(rng.choice(["JAMAICA", "NIGERIA", "POLAND", "UNKNOWN", "BRIT"], rows))
    referred = pd.Series(sentence + pd.to_timedelta(rng.integers(20, 200, rows), "D"))
    referred = referred.where(cleared | (status.eq("DUE") & linked))
    decided = referred + pd.to_timedelta(rng.integers(10, 150, rows), "D")
    columns: dict[str, object] = {
        "episode_id": numbered("E", rows),
        "identity_id": numbered("ID", rows),
        "prisoner_number": numbered("A", rows),
        "prison_id": pd.Series(rng.choice(PRISONS, rows)),
        "nationality": nationality,
        "status": status,
        "status_rule_id": "status." + status.str.lower(),
        "is_foreign_national": nationality.ne("BRIT"),
        "is_nationality_unknown": nationality.eq("UNKNOWN"),
        "is_in_custody": in_custody,
        "is_released": released,
        "is_court_recommended": rng.random(rows) < 0.15,
        "is_in_scope": ~status.isin(["OUT_OF_SCOPE", "VERIFY_NATIONALITY"]),
        "is_due": status.eq("DUE") | is_back,
        "scope_rule_id": "scope.sentence",
        "offence_code": offence,
        "seriousness": offence.map(seriousness),
        "sentence_date": sentence,
        "sentence_days": rng.integers(365, 2000, rows),
        "release_date": pd.Series(gone).where(released & dated),
        "earliest_release_date": earliest,
        "due_date": earliest - pd.DateOffset(years=1),
        "days_to_release": (earliest - TODAY).dt.days,
        "referred_date": referred,
        "started_date": referred,
        "considered_date": decided.where(status.isin(["CONSIDERED", "CONSIDERED_LATE"])),
        "decision": pd.Series("DECISION_PURSUE", status.index).where(
            status.isin(["CONSIDERED", "CONSIDERED_LATE"])
        ),
        "case_id": numbered("C", rows).where(linked),
        "link_outcome": np.where(linked, "linked", np.where(review, "review", "not_linked")),
        "link_probability": pd.Series(np.where(linked, 1 - rng.random(rows) * 0.01, 0.7))
        .where(linked | review)
        .round(6),
        "possible_case_id": numbered("C", rows).where(review),
        "is_possibly_considered": possibly,
    }
    work = status.isin(["DUE", "NOT_REFERRED", "REFERRED_NOT_CONSIDERED"])
    columns["cleared_by"] = pd.Series(
        "decision 7 of a_reviewer on 2006-04-20, confirmed by another; the model's own match "
        "weight is 4.1",
        status.index,
    ).where(status.eq("CONSIDERED") & (np.arange(rows) % 9 == 0))
    columns["priority"] = _ranks(columns, work)
    return frame_of(results.ASSESSMENTS, columns, rows)


def _ranks(columns: dict[str, Any], work: pd.Series) -> pd.Series:
    """Ranks that fit the published order: what can be prevented, who is held, then the others."""
    ahead = columns["days_to_release"].where(~columns["is_released"])
    bands = [ahead.eq(0), ahead.between(1, 7), ahead.between(8, 30), ahead.lt(0)]
    keys = pd.DataFrame(
        {
            "turn": np.select(bands, range(len(bands)), len(bands)),
            "seriousness": columns["seriousness"].fillna(3),
            "distance": ahead.abs(),
        }
    )
    order = keys[work].sort_values(list(keys.columns)).index
    return pd.Series(range(1, len(order) + 1), index=order, dtype="Int64").reindex(work.index)


def invent_releases(rng: np.random.Generator, assessments: pd.DataFrame) -> pd.DataFrame:
    """Releases that fit each status: some missed for a second time, some back inside."""
    status = assessments["status"]
    unconsidered = status.isin(results.UNCONSIDERED_STATUSES)
    gone = assessments[unconsidered | (status.eq("CONSIDERED") & assessments["is_released"])]
    again = gone[gone["status"].isin(RELEASED) & (rng.random(len(gone)) < 0.08)]
    both = pd.concat([gone.assign(release_number=1), again.assign(release_number=2)])
    both = both.sort_values(["episode_id", "release_number"], ignore_index=True)
    missed = both["status"].isin(RELEASED)
    late = both["status"].eq("CONSIDERED_LATE")
    in_time = both["status"].eq("CONSIDERED")
    either = pd.Series(rng.choice(sorted(results.MISSED_STATUSES), len(both)))
    recorded_late = in_time & (rng.random(len(both)) < 0.05)
    back = missed & ~both["is_released"]
    ended = pd.Series(rng.integers(1, 600, len(both)))
    released = both["release_date"].mask(back, TODAY - pd.Timedelta(days=200))
    columns: dict[str, object] = {
        **{name: both[name] for name in results.RELEASES.columns if name in both},
        "status": both["status"].mask(late, either),
        "release_date": released,
        "returned_date": released.where(back) + pd.Timedelta(days=90),
        "is_missed": missed,
        "considered_date": both["considered_date"].where(in_time),
        "decision": both["decision"].where(in_time),
        "considered_recorded_date": (released + pd.Timedelta(days=9)).where(recorded_late),
        "is_recorded_after_release": recorded_late,
        "is_withdrawn_after_release": in_time & (rng.random(len(both)) < 0.05),
        "decided_since_date": both["considered_date"].where(late),
        "decided_since": both["decision"].where(late),
        "due_date": released - pd.Timedelta(days=200),
        "days_late": ended.where(missed),
        "is_deferral_expired": False,
        "traced": pd.Series(rng.choice(sorted(results.TRACED.values), len(both))),
        "is_for_life": rng.random(len(both)) < 0.02,
        "licence_expiry_date": released + pd.Timedelta(days=400),
        "is_supervised": released.gt(TODAY - pd.Timedelta(days=400)),
        "came_back_date": (released + pd.Timedelta(days=90)).where(back),
        "started_date": released.where(rng.random(len(both)) < 0.4),
        "left_country_date": released.where(rng.random(len(both)) < 0.1),
    }
    return frame_of(results.RELEASES, columns, len(both))


def invent_casework(rng: np.random.Generator, assessments: pd.DataFrame) -> pd.DataFrame:
    """A step of each kind for some episodes in turn."""
    own = assessments.iloc[::5].reset_index(drop=True)
    step = pd.Series(np.resize(["DECISION", "APPEAL", "REMOVAL", "BAIL"], len(own)))
    decided = step.eq("DECISION")
    decision = rng.choice(sorted(c.DECISION_EVENTS), len(own))
    columns: dict[str, object] = {
        "step": step,
        "step_key": numbered("S", len(own)),
        "source_table": step.map(
            {
                "DECISION": "immigration.events",
                "APPEAL": "immigration.appeals",
                "REMOVAL": "immigration.removals",
                "BAIL": "immigration.bails",
            }
        ),
        "case_id": own["case_id"],
        "episode_id": own["episode_id"],
        "step_date": TODAY - pd.to_timedelta(rng.integers(1, 1500, len(own)), "D"),
        "decision": pd.Series(decision).where(decided),
        "is_first_decision": decided,
        "is_deportation": step.eq("REMOVAL"),
        "is_opposed_bail": step.eq("BAIL"),
        "caseworker": pd.Series("CW0001", index=own.index).where(decided),
        "typed_reason": pd.Series("as it was typed", index=own.index).where(decided),
    }
    return frame_of(results.CASEWORK, columns, len(own))


def invent_reasons(assessments: pd.DataFrame) -> pd.DataFrame:
    """Three steps for each episode."""
    parts = []
    findings = (
        ("scope.sentence", "The sentence reaches the length of the criterion.", "prison.sentences"),
        (
            "release.movement",
            "The last movement decides whether the person left.",
            "prison.episodes",
        ),
        ("status.final", "The status follows from scope, release and decision.", None),
    )
    for position, (rule, finding, table) in enumerate(findings, start=1):
        parts.append(
            pd.DataFrame(
                {
                    "episode_id": assessments["episode_id"],
                    "position": position,
                    "rule_id": rule,
                    "finding": finding,
                    "source_table": table,
                    "source_key": assessments["episode_id"] if table else None,
                }
            )
        )
    frame = pd.concat(parts).sort_values(["episode_id", "position"], ignore_index=True)
    return results.REASONS.frame(results.REASONS.arrow(frame))


def invent_flags(rng: np.random.Generator, assessments: pd.DataFrame) -> pd.DataFrame:
    """Flags of every episode in scope, outcomes for those not considered in time."""
    episodes = assessments[assessments["is_in_scope"]].reset_index(drop=True)
    rows = len(episodes)
    outcome = pd.Series(rng.choice([entry.code for entry in results.OUTCOME.codes], rows))
    outcome = outcome.where(episodes["status"].isin(results.UNCONSIDERED_STATUSES))
    columns: dict[str, object] = {
        "episode_id": episodes["episode_id"],
        "is_duty_to_deport": False,
        "is_liable": True,
        "is_referral_met": True,
        "is_exempt": False,
        "is_release_disputed": rng.random(rows) < 0.05,
        "is_restriction_missing": rng.random(rows) < 0.1,
        "outcome": outcome,
        "outcome_rule_id": "outcome." + outcome.str.lower().str.replace("_", "-"),
    }
    return frame_of(results.FLAGS, columns, rows)


def invent_movement(assessments: pd.DataFrame, releases: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Five releases came into the missed, two went out, since the night before."""
    missed = releases[releases["is_missed"]]["episode_id"]
    others = assessments[assessments["status"].eq("CONSIDERED")]["episode_id"]
    came, gone = missed.drop_duplicates().head(5).tolist(), others.head(2).tolist()
    movement: dict[str, object] = {
        "figure_id": "missed.total",
        "episode_id": [*came, *gone],
        "cause": ["newly_released"] * (len(came) - 1)
        + ["nationality_corrected"]
        + ["consideration_recorded_late"] * len(gone),
        "change": [1] * len(came) + [-1] * len(gone),
        "before_status": ["DUE"] * len(came) + ["NOT_REFERRED"] * len(gone),
        "after_status": ["NOT_REFERRED"] * len(came) + ["CONSIDERED"] * len(gone),
    }
    bridge: dict[str, object] = {
        "figure_id": ["missed.total"],
        "before_publication_id": ["0f"],
        "before_as_of_date": [TODAY - pd.Timedelta(days=1)],
        "basis": ["same_versions"],
        "opening": [len(missed) - len(came) + len(gone)],
        "redefined": [0],
        "came_in": [len(came)],
        "went_out": [len(gone)],
        "closing": [len(missed)],
    }
    return {
        "nightly.movement": frame_of(results.MOVEMENT, movement, len(came) + len(gone)),
        "nightly.bridges": frame_of(results.BRIDGES, bridge, 1),
    }


def invent_discrepancies(assessments: pd.DataFrame) -> pd.DataFrame:
    """A disagreement about every tenth linked person."""
    linked = assessments[assessments["link_outcome"].eq("linked")].iloc[::10].reset_index(drop=True)
    rows = len(linked)
    columns: dict[str, object] = {
        "discrepancy_id": numbered("D", rows),
        "rule_id": np.where(np.arange(rows) % 3 == 0, "differs.nationality", "differs.custody"),
        "episode_id": linked["episode_id"],
        "cid_person_id": linked["prisoner_number"].str.replace("A", "P"),
        "prison_value": "in a prison",
        "immigration_value": "abroad",
        "likely_wrong": np.where(np.arange(rows) % 2 == 0, "prison", "immigration"),
        "first_seen_date": TODAY - pd.Timedelta(days=3),
        "age_days": 3,
    }
    return frame_of(results.DISCREPANCIES, columns, rows)


def invent_links(assessments: pd.DataFrame) -> pd.DataFrame:
    """One link for each episode that has one."""
    linked = assessments[assessments["link_outcome"].ne("not_linked")]
    columns: dict[str, object] = {
        "prisoner_number": linked["prisoner_number"].to_numpy(),
        "cid_person_id": linked["prisoner_number"].str.replace("A", "P").to_numpy(),
        "probability": linked["link_probability"].to_numpy(),
        "match_weight": 12.0,
        "outcome": linked["link_outcome"].to_numpy(),
        "evidence": '{"pnc":9.1,"name":3.2}',
    }
    return frame_of(results.LINKS, columns, len(linked))


def invent_identities(assessments: pd.DataFrame) -> pd.DataFrame:
    """Both persons of a link in one identity."""
    prison = assessments[["prisoner_number", "identity_id"]].set_axis(
        ["person_id", "identity_id"], axis=1
    )
    linked = assessments["link_outcome"].eq("linked").to_numpy()
    other = prison.assign(
        person_id=prison["person_id"].str.replace("A", "P"),
        identity_id=prison["identity_id"].where(linked, prison["identity_id"] + "X"),
    )
    frame = pd.concat([prison.assign(register="prison"), other.assign(register="immigration")])
    return results.IDENTITIES.frame(results.IDENTITIES.arrow(frame.reset_index(drop=True)))


def invent_rule_changes(assessments: pd.DataFrame, *, is_told: bool) -> dict[str, pd.DataFrame]:
    """A change of the rules that two people stand for, and one that nobody registered; or none."""
    if not is_told:
        tables = (results.OVERRIDES, results.OVERRIDDEN)
        return {table.full_name: table.empty() for table in tables}
    moved = assessments[assessments["status"].eq("NOT_YET_DUE")].head(4)["episode_id"].to_list()
    off = [True] * (len(moved) - 1) + [False] * min(len(moved), 1)
    change: dict[str, object] = {
        "override_key": ["1", "file 1"],
        "state": ["APPLIED", "NOT_REGISTERED"],
        "is_new": False,
        "rule_id": ["consideration.due", "referral.eea-length"],
        "change": ["months before release 12 to 6", "months 24 to 12, from 2004-05-01"],
        "owner": ["Casework policy", "Nobody"],
        "reason": ["too few staff until the summer", "agreed"],
        "expires_date": TODAY + pd.Timedelta(days=100),
        "registered_by": ["a_manager", None],
        "registered_date": [TODAY - pd.Timedelta(days=9), None],
        "confirmed_by": ["a_second_manager", None],
        "confirmed_date": [TODAY - pd.Timedelta(days=8), None],
        "confirmed_off": [3, None],
        "people_off": [sum(off), None],
        "people_on": [len(moved) - sum(off), None],
        "serious_off": [1, None],
    }
    rows: dict[str, object] = {
        "override_key": ["(all)"] * len(moved) + ["1"] * len(moved),
        "episode_id": moved * 2,
        "is_total": [True] * len(moved) + [False] * len(moved),
        "is_taken_off": off * 2,
        "is_put_on": [not each for each in off] * 2,
        "lists_left": ["due" if each else None for each in off] * 2,
        "lists_joined": [None if each else "due" for each in off] * 2,
        "shipped_status": "DUE",
    }
    return {
        "nightly.overrides": frame_of(results.OVERRIDES, change, 2),
        "nightly.overridden": frame_of(results.OVERRIDDEN, rows, 2 * len(moved)),
    }
