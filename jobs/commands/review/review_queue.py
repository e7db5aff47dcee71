"""The queue of possible links by consequence, each pair with both records and its evidence."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pandas as pd

from jobs.commands.publications.publication_reader import PublicationReader
from jobs.contract import results
from jobs.contract.registers import TABLES
from jobs.extract import open_landing
from jobs.runtime.errors import BadInput

PAIR: Final = ("prisoner_number", "cid_person_id")
SERIOUS: Final = 2
"""Offences of this seriousness or worse are serious: 1 is the most serious."""
OPEN: Final = frozenset({"DUE", "NOT_YET_DUE", "VERIFY_NATIONALITY"})

CONSEQUENCES: Final[Mapping[int, str]] = {
    1: "serious offender, to be released",
    2: "to be released",
    3: "released without consideration",
    4: "nothing hangs on it tonight",
}
"""What hangs on a pair, in the order in which pairs are shown. A possible match clears nobody, so
the harm of waiting is a prisoner who leaves before anybody knows that he has a case."""

RECORD: Final = (
    ("first name", "first_name", "first_name"),
    ("middle names", "middle_names", "middle_names"),
    ("last name", "last_name", "last_name"),
    ("date of birth", "date_of_birth", "date_of_birth"),
    ("gender", "gender", "gender"),
    ("nationality", "nationality", "nationality"),
    ("second nationality", "second_nationality", None),
    ("birth place", "birth_place", "birth_place"),
    ("postcode", "postcode", "postcode"),
    ("PNC number", "pnc_number", "pnc_number"),
    ("CRO number", "cro_number", "cro_number"),
    ("prison number", "prisoner_number", "noms_number"),
    ("Home Office reference", None, "ho_reference"),
)
"""What a reviewer compares: label, prison column, immigration column."""
ALSO: Final = "also known as"


def queue(*, links: pd.DataFrame, assessments: pd.DataFrame) -> pd.DataFrame:
    """The pairs in review, those first on which most hangs.

    A pair counts by the prisoner's most pressing episode: first serious offenders who are in
    custody and not considered, the soonest release first; then others in custody; then people
    released without consideration, the most serious and latest first; then the rest, the likeliest
    first.

    Returns:
        ``rank``, the pair, ``consequence``, ``status``, ``offence_code``, ``seriousness``,
        ``days_to_release``, ``release_date``, ``probability``, ``match_weight``, ``evidence``.
    """
    waiting = links[links["outcome"] == "review"]
    episodes = assessments[assessments["prisoner_number"].isin(waiting["prisoner_number"])]
    episodes = episodes.assign(tier=_tier(episodes))
    pressing = episodes.assign(
        days=episodes["days_to_release"].where(episodes["tier"] <= 2).astype("Float64"),
        worst=episodes["seriousness"].where(episodes["tier"] == 3).astype("Float64"),
        gone=-episodes["release_date"].astype("int64").where(episodes["tier"] == 3, 0),
    )
    order = ["tier", "days", "worst", "gone"]
    pressing = pressing.sort_values([*order, "episode_id"], na_position="last")
    pressing = pressing.drop_duplicates("prisoner_number")
    shown = ["status", "offence_code", "seriousness", "days_to_release", "release_date"]
    found = waiting.merge(
        pressing[["prisoner_number", *order, *shown]], how="left", on="prisoner_number"
    )
    found["tier"] = found["tier"].fillna(max(CONSEQUENCES)).astype("int64")
    by = [*order, "probability", *PAIR]
    ascending = [name != "probability" for name in by]
    found = found.sort_values(by, ascending=ascending, na_position="last", ignore_index=True)
    found.insert(0, "rank", range(1, len(found) + 1))
    found["consequence"] = found["tier"].map(CONSEQUENCES).astype("str")
    columns = ["rank", *PAIR, "consequence", *shown, "probability", "match_weight", "evidence"]
    return found[columns]


def _tier(episodes: pd.DataFrame) -> "pd.Series[int]":
    undecided = episodes["is_in_custody"] & episodes["status"].isin(OPEN)
    serious = episodes["seriousness"].le(SERIOUS).fillna(value=False)
    tier = pd.Series(max(CONSEQUENCES), index=episodes.index)
    tier[episodes["status"].isin(results.MISSED_STATUSES)] = 3
    tier[undecided] = 2
    tier[undecided & serious.astype(bool)] = 1
    return tier


def queue_of(reader: PublicationReader) -> pd.DataFrame:
    """The queue of a publication; see `queue`."""
    return queue(links=reader.table(results.LINKS), assessments=reader.table(results.ASSESSMENTS))


def with_records(
    waiting: pd.DataFrame, *, reader: PublicationReader, landings: Path
) -> pd.DataFrame:
    """Add both persons' records to pairs.

    Returns:
        For each line of `RECORD` a column ``prison: label`` and one ``immigration: label`` more.

    Raises:
        BadInput: a landing of the publication is gone or damaged.
    """
    found = waiting
    for register, key, place in (("prison", PAIR[0], 1), ("immigration", PAIR[1], 2)):
        landing = open_landing(
            register=register,
            as_of=reader.publication.as_of,
            folder=landings,
            content_digest=reader.publication.manifest["inputs"][register]["content_digest"],
        )
        tables = landing.tables()
        wanted = set(waiting[key])
        persons = _of(tables, f"{register}.persons", key, wanted).drop_duplicates(key)
        columns = {f"{register}: {line[0]}": str(line[place]) for line in RECORD if line[place]}
        shown = pd.DataFrame({name: persons[column] for name, column in columns.items()})
        shown[f"{register}: {ALSO}"] = persons[key].map(
            _aliases(_of(tables, f"{register}.aliases", key, wanted), key)
        )
        found = found.merge(shown.assign(**{key: persons[key]}), how="left", on=key)
    return found


def _of(tables: Mapping[str, Any], name: str, key: str, wanted: set[str]) -> pd.DataFrame:
    frame = TABLES[name].frame(tables[name])
    return frame[frame[key].isin(wanted)]


def _aliases(aliases: pd.DataFrame, key: str) -> "pd.Series[str]":
    """Other names and dates of birth of each person, in one text."""
    ordered = aliases.sort_values([key, "alias_sequence"])
    first, middle, last = (
        ordered[name].fillna("") for name in ("first_name", "middle_names", "last_name")
    )
    names = (first + " " + middle + " " + last).str.split().str.join(" ")
    text = names + ordered["date_of_birth"].dt.strftime(" (%Y-%m-%d)").fillna("")
    together: pd.Series[str] = text.groupby(ordered[key]).agg("; ".join)
    return together


def evidence_lines(evidence: str) -> list[tuple[str, str, float]]:
    """The evidence of a pair, comparison by comparison: its name, its level, its weight in bits."""
    lines = []
    for entry, weight in json.loads(evidence).items():
        comparison, _, level = entry.partition(": ")
        lines.append((comparison, level, float(weight)))
    return lines


def side_by_side(pair: pd.Series) -> list[str]:
    """A pair of `with_records` for a terminal: both records, then the evidence."""
    lines = [f"{'':24}{'prison':32}immigration"]
    lines += [
        f"{label:24}{_shown(pair, f'prison: {label}'):32}{_shown(pair, f'immigration: {label}')}"
        for label in [*(line[0] for line in RECORD), ALSO]
    ]
    lines += ["", f"probability {pair['probability']:.4f}; {pair['consequence']}", ""]
    lines += [
        f"{weight:+9.2f}  {comparison}{': ' if level else ''}{level}"
        for comparison, level, weight in evidence_lines(pair["evidence"])
    ]
    return lines


def _shown(pair: pd.Series, name: str) -> str:
    value = pair.get(name)
    if value is None or pd.isna(value):
        return "-"
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)


def chosen(waiting: pd.DataFrame, *, prisoner_number: str, cid_person_id: str) -> pd.DataFrame:
    """One pair of the queue.

    Raises:
        BadInput: the pair is not in the queue.
    """
    found = waiting[
        waiting["prisoner_number"].eq(prisoner_number) & waiting["cid_person_id"].eq(cid_person_id)
    ]
    if found.empty:
        raise BadInput("the pair", "not in the queue", "take one of: python -m jobs review list")
    return found
