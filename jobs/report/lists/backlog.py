"""The backlog: open criminal cases of the immigration service, and the staff who work on them."""

from collections.abc import Mapping
from datetime import date

import pandas as pd
import pyarrow as pa

from jobs.contract import codes as c
from jobs.contract import immigration, results
from jobs.contract.bands import AGE_NOT_RECORDED, AGES
from jobs.report.membership import is_among
from jobs.report.published import NONE


def open_cases(
    *,
    tables: Mapping[str, pa.Table],
    identities: pd.DataFrame,
    assessments: pd.DataFrame,
    as_of: date,
) -> pd.DataFrame:
    """List the open criminal cases on the night, as `results.BACKLOG`.

    A case is open when it is of type CRIMINAL, not closed by the night and not in a stage that
    closes it. A case without any date is open and its age is unknown: it is not dropped. The
    custody episode is the latest of the identity that the case's person belongs to; possible
    matches give none.
    """
    today = pd.Timestamp(as_of)
    cases = _open(immigration.CASES.frame(immigration.CASES.of(tables)), today)
    first, last = _event_span(immigration.EVENTS.of(tables), today)
    cases = cases.join(first, on="case_id").join(last, on="case_id")
    opened = cases["opened_date"].fillna(cases["referral_received_date"])
    opened = opened.fillna(cases["first_event"])
    idle_since = cases[["last_event", "stage_entered_date", "started_date"]].max(axis=1)
    idle_since = idle_since.fillna(opened)
    age = _days(today, opened)
    persons = immigration.PERSONS.frame(immigration.PERSONS.of(tables))
    nationality = persons.drop_duplicates("cid_person_id").set_index("cid_person_id")["nationality"]
    frame = pd.DataFrame(
        {
            "case_id": cases["case_id"],
            "team": cases["team"].fillna(NONE),
            "stage": cases["stage"].fillna(NONE),
            "is_allocated": cases["caseworker"].notna(),
            "nationality": cases["cid_person_id"].map(nationality),
            "opened_date": opened,
            "age_days": age,
            "age_band": AGES.of(age).fillna(AGE_NOT_RECORDED).astype("str"),
            "days_in_stage": _days(today, cases["stage_entered_date"]),
            "days_idle": _days(today, idle_since),
            "identity_id": _identity(cases["cid_person_id"], identities),
        }
    )
    frame = frame.merge(_latest_episode(assessments), on="identity_id", how="left")
    frame = frame.sort_values("case_id", ignore_index=True)
    return results.BACKLOG.frame(results.BACKLOG.arrow(frame))


def team_work(
    *, tables: Mapping[str, pa.Table], backlog: pd.DataFrame, as_of: date
) -> pd.DataFrame:
    """Put each team's open cases beside its staff on the night, as `results.TEAMS`.

    Staff are those of the latest staffing row up to the night. Teams that never held a criminal
    case are left out. Staff at work are those in post, less absent, less working elsewhere, never
    below zero; a missing absence or diversion counts as none.
    """
    cases = immigration.CASES.frame(immigration.CASES.of(tables))
    criminal = cases.loc[cases["case_type"].eq("CRIMINAL"), "team"].dropna().unique()
    staff = _criminal_staff(tables, as_of).sort_values(["team", "staffing_date"])
    staff = staff.drop_duplicates("team", keep="last")
    staff = staff.set_index("team")[["fte", "fte_absent", "fte_diverted"]]
    open_by_team = backlog["team"].value_counts()
    teams = pd.Index(sorted({*criminal, *open_by_team.index}), name="team", dtype="str")
    frame = staff.reindex(teams)
    frame["open_cases"] = open_by_team.reindex(teams, fill_value=0).astype("Int64")
    lost = frame["fte_absent"].fillna(0.0) + frame["fte_diverted"].fillna(0.0)
    frame["fte_working"] = (frame["fte"] - lost).clip(lower=0.0)
    at_work = frame["fte_working"].where(frame["fte_working"] > 0)
    frame["cases_per_fte"] = (frame["open_cases"].astype("float64") / at_work).round(2)
    return results.TEAMS.frame(results.TEAMS.arrow(frame.reset_index()))


def case_flow(*, tables: Mapping[str, pa.Table], as_of: date) -> pd.DataFrame:
    """When each criminal case was opened and closed, up to the night: ``opened``, ``closed``."""
    today = pd.Timestamp(as_of)
    cases = immigration.CASES.frame(immigration.CASES.of(tables))
    cases = cases[cases["case_type"].eq("CRIMINAL")].drop_duplicates("case_id")
    opened = cases["opened_date"].fillna(cases["referral_received_date"])
    closed = cases["closed_date"]
    return pd.DataFrame(
        {"opened": opened.where(opened.le(today)), "closed": closed.where(closed.le(today))}
    )


def staff_days(*, tables: Mapping[str, pa.Table], as_of: date) -> pd.DataFrame:
    """Staff of criminal cases on each day up to the night: ``day``, ``working``, ``diverted``."""
    staff = _criminal_staff(tables, as_of)
    lost = staff["fte_absent"].fillna(0.0) + staff["fte_diverted"].fillna(0.0)
    working = (staff["fte"] - lost).clip(lower=0.0)
    counts = pd.DataFrame({"working": working, "diverted": staff["fte_diverted"].fillna(0.0)})
    # Hundredths as integers: their sum does not depend on the order of the rows.
    days = (counts * 100).round().groupby(staff["staffing_date"]).sum() / 100
    return days.rename_axis("day").reset_index()


def _criminal_staff(tables: Mapping[str, pa.Table], as_of: date) -> pd.DataFrame:
    """Staffing rows up to the night of the teams that hold, or held, a criminal case."""
    cases = immigration.CASES.frame(immigration.CASES.of(tables))
    criminal = cases.loc[cases["case_type"].eq("CRIMINAL"), "team"].dropna().unique()
    staff = immigration.STAFFING.frame(immigration.STAFFING.of(tables))
    return staff[staff["staffing_date"].le(pd.Timestamp(as_of)) & is_among(staff["team"], criminal)]


def _open(cases: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    known_later = cases["opened_date"].gt(today)
    closed = cases["closed_date"].le(today) | cases["stage"].isin(c.TERMINAL_STAGES)
    wanted = cases["case_type"].eq("CRIMINAL") & ~closed & ~known_later
    return cases[wanted].drop_duplicates("case_id")


def _event_span(events: pa.Table, today: pd.Timestamp) -> tuple[pd.Series, pd.Series]:
    """First and last day on which anything happened in each case, up to the night."""
    frame = events.select(["case_id", "occurred_date"]).to_pandas(date_as_object=False)
    frame["occurred_date"] = frame["occurred_date"].astype("datetime64[us]")
    frame = frame[frame["occurred_date"].le(today)]
    days = frame.groupby("case_id")["occurred_date"]
    return days.min().rename("first_event"), days.max().rename("last_event")


def _days(today: pd.Timestamp, since: pd.Series) -> pd.Series:
    days: pd.Series = (today - since).dt.days.astype("Int64")
    return days.clip(lower=0)


def _identity(cid_person: pd.Series, identities: pd.DataFrame) -> pd.Series:
    own = identities[identities["register"].eq("immigration")]
    return cid_person.map(own.drop_duplicates("person_id").set_index("person_id")["identity_id"])


def _latest_episode(assessments: pd.DataFrame) -> pd.DataFrame:
    """The episode of each identity that is in custody now, or else the last one."""
    columns = ["identity_id", "episode_id", "offence_code", "is_in_custody"]
    ordered = assessments.sort_values(
        ["is_in_custody", "sentence_date", "release_date", "episode_id"], na_position="first"
    )
    return ordered.drop_duplicates("identity_id", keep="last")[columns]
