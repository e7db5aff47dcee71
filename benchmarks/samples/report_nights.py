"""A night's facts, invented: any size, the same for the same seed, every status present."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.contract import codes as c
from jobs.contract import results
from jobs.contract.registers import TABLES
from jobs.contract.schema import Table
from jobs.report import Reported, build_report

AS_OF = date(2006, 4, 25)
TODAY = pd.Timestamp(AS_OF)
PRISONS = ("AAI", "BBI", "CCI", "DDI", "EEI", "FFI")
PRISON_NAMES = (
    "Ashdown",
    "Brackley Moor",
    "Corhampton",
    "Dunmere",
    "Eastleigh Cross",
    "Fenwick House",
)
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


@dataclass(frozen=True, kw_only=True)
class Invented:
    """Register tables, the facts of the steps before the report, and the report on them."""

    tables: dict[str, pa.Table]
    facts: dict[str, pd.DataFrame]
    reported: Reported


def invent(*, episodes: int = 400, seed: int = 1) -> Invented:
    """Invent a night with so many custody episodes and half as many open cases."""
    rng = np.random.default_rng(seed)
    assessments = invent_assessments(rng, episodes)
    tables = invent_tables(rng, assessments)
    facts = {
        "nightly.assessments": assessments,
        "nightly.releases": invent_releases(np.random.default_rng(seed + 1), assessments),
        "nightly.reasons": invent_reasons(assessments),
        "nightly.links": invent_links(assessments),
        "nightly.identities": invent_identities(assessments),
        "nightly.row_counts": invent_row_counts(tables),
        "nightly.quarantine": invent_quarantine(),
        "nightly.check_results": invent_checks(),
        **invent_faults(),
        "nightly.flags": invent_flags(rng, assessments),
        "nightly.discrepancies": invent_discrepancies(assessments),
    }
    reported = report(tables, facts)
    facts["nightly.figures"] = reported.figures
    facts["nightly.backlog"] = reported.backlog
    facts["nightly.teams"] = reported.teams
    facts["nightly.census"] = reported.census
    facts |= invent_movement(assessments, facts["nightly.releases"])
    for name, table in results.NIGHTLY.items():
        facts.setdefault(name, table.empty())
    return Invented(tables=tables, facts=facts, reported=reported)


def report(tables: dict[str, pa.Table], facts: dict[str, pd.DataFrame]) -> Reported:
    """Build the report of invented facts."""
    return build_report(tables=tables, facts=facts, as_of=AS_OF)


def frame_of(table: Table, columns: dict[str, object], rows: int) -> pd.DataFrame:
    """A frame of a declared table; columns not given are empty."""
    frame = pd.DataFrame(
        {field.name: columns.get(field.name) for field in table.fields}, index=range(rows)
    )
    return table.frame(table.arrow(frame))


def arrow_of(name: str, columns: dict[str, object], rows: int) -> pa.Table:
    """A register table; columns not given are empty."""
    return TABLES[name].arrow(frame_of(TABLES[name], columns, rows))


def numbered(prefix: str, rows: int) -> pd.Series:
    """References in order: ``E0000001``."""
    return pd.Series([f"{prefix}{i:07d}" for i in range(1, rows + 1)], dtype="str")


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
    columns["priority"] = pd.Series(work.cumsum(), dtype="Int64").where(work)
    return frame_of(results.ASSESSMENTS, columns, rows)


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
    }
    return frame_of(results.RELEASES, columns, len(both))


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


def invent_tables(rng: np.random.Generator, assessments: pd.DataFrame) -> dict[str, pa.Table]:
    """The register tables that the report reads."""
    rows = len(assessments)
    person = assessments["prisoner_number"].str.replace("A", "P")
    stages = [entry.code for entry in c.STAGE.codes][:10]
    opened = pd.Series(TODAY - pd.to_timedelta((rng.random(rows) ** 2 * 2500).astype(int), "D"))
    is_open = rng.random(rows) < 0.5
    return {
        "prison.prisons": arrow_of(
            "prison.prisons",
            {
                "prison_id": pd.Series(PRISONS),
                "prison_name": pd.Series(PRISON_NAMES),
                "is_removal_centre": [False] * 5 + [True],
                "has_foreign_national_work": [True, False, True, False, True, True],
            },
            len(PRISONS),
        ),
        "prison.persons": arrow_of(
            "prison.persons",
            {
                "prisoner_number": assessments["prisoner_number"],
                "nationality": assessments["nationality"],
            },
            rows,
        ),
        "prison.episodes": arrow_of(
            "prison.episodes",
            {
                "episode_id": assessments["episode_id"],
                "prisoner_number": assessments["prisoner_number"],
                "legal_status": rng.choice(["SENTENCED", "REMAND"], rows, p=[0.8, 0.2]),
            },
            rows,
        ),
        "immigration.persons": arrow_of(
            "immigration.persons",
            {"cid_person_id": person, "nationality": assessments["nationality"]},
            rows,
        ),
        "immigration.cases": arrow_of(
            "immigration.cases",
            {
                "case_id": numbered("C", rows),
                "cid_person_id": person,
                "case_type": rng.choice(["CRIMINAL", "ASYLUM"], rows, p=[0.95, 0.05]),
                "team": pd.Series(rng.choice(["Team 1", "Team 2", "Team 3"], rows)).where(
                    rng.random(rows) > 0.1
                ),
                "caseworker": pd.Series(rng.choice(["CW1", "CW2"], rows)).where(
                    rng.random(rows) > 0.3
                ),
                "opened_date": opened.where(rng.random(rows) > 0.05),
                "stage": pd.Series(rng.choice(stages, rows)),
                "stage_entered_date": opened,
                "closed_date": pd.Series(TODAY).repeat(rows).reset_index(drop=True).where(~is_open),
            },
            rows,
        ),
        "immigration.events": arrow_of(
            "immigration.events",
            {
                "event_id": numbered("V", rows),
                "case_id": numbered("C", rows),
                "event_type": "REFERRED",
                "occurred_date": opened + pd.to_timedelta(rng.integers(0, 40, rows), "D"),
            },
            rows,
        ),
        "immigration.staffing": arrow_of(
            "immigration.staffing",
            {
                "team": pd.Series(["Team 1", "Team 2", "Team 3", "Asylum"]),
                "staffing_date": TODAY,
                "fte": [30.0, 25.0, 30.0, 400.0],
                "fte_absent": [2.0, 1.5, None, 5.0],
                "fte_diverted": [10.0, 0.0, 4.0, 0.0],
                "diverted_to": pd.Series(["ASYLUM", None, "ASYLUM", None]),
            },
            4,
        ),
    }


def invent_row_counts(tables: dict[str, pa.Table]) -> pd.DataFrame:
    """Rows of each table, one of every hundred kept aside."""
    names = sorted(tables)
    accepted = [tables[name].num_rows for name in names]
    aside = [rows // 100 for rows in accepted]
    columns: dict[str, object] = {
        "register": [name.split(".")[0] for name in names],
        "table_name": [name.split(".")[1] for name in names],
        "rows_in": [a + b for a, b in zip(accepted, aside, strict=True)],
        "accepted": accepted,
        "quarantined": aside,
    }
    return frame_of(results.ROW_COUNTS, columns, len(names))


def invent_quarantine() -> pd.DataFrame:
    """Three bad rows under two rules."""
    columns: dict[str, object] = {
        "register": ["prison", "prison", "immigration"],
        "table_name": ["sentences", "sentences", "cases"],
        "row_number": [3, 9, 4],
        "row_key": ["E1|1", "E2|1", "C4"],
        "rule_id": [
            "prison.sentences.negative_term",
            "prison.sentences.negative_term",
            "cases.key",
        ],
        "row": ["{}", "{}", "{}"],
    }
    return frame_of(results.QUARANTINE, columns, 3)


def invent_checks() -> pd.DataFrame:
    """One check that held and one warning that did not."""
    columns: dict[str, object] = {
        "check_id": ["feed.fresh", "persons.nationality_known"],
        "severity": ["critical", "warning"],
        "table_name": ["prison.feed", "prison.persons"],
        "column_name": [None, "nationality"],
        "meaning": [
            "the delivery is of the night",
            "nationality is known for 97 of 100 people in prison",
        ],
        "passed": [True, False],
        "rows_checked": [1, 400],
        "rows_failed": [0, 79],
        "observed": [None, 80.2],
        "owner": ["data team", "data team"],
        "failing_since_date": [None, pd.Timestamp(AS_OF)],
    }
    return frame_of(results.CHECK_RESULTS, columns, 2)


def invent_faults() -> dict[str, pd.DataFrame]:
    """Rows to mend in one prison, one of them a person's."""
    check = "persons.nationality_known"
    faults: dict[str, object] = {
        "check_id": [check],
        "unit": ["prison AAI"],
        "rows_failed": [2],
        "failing_since_date": [pd.Timestamp(AS_OF)],
    }
    rows: dict[str, object] = {
        "check_id": [check, check],
        "table_name": ["prison.episodes", "prison.persons"],
        "row_number": [3, 7],
        "reference": ["E00003", None],
        "unit": ["prison AAI", "prison AAI"],
    }
    return {
        "nightly.faults": frame_of(results.FAULTS, faults, 1),
        "nightly.faulty_rows": frame_of(results.FAULTY_ROWS, rows, 2),
    }
