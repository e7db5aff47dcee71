"""What a decision on a pair would change: what stands now, what the model says, what would follow.

A reviewer reads it before he decides, and a second person before he confirms. It names references
of both registers, so it is for reviewers only, and no name.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd
import sqlalchemy as sa

from jobs.contract import codes, immigration, results
from jobs.contract.results.list_words import STATUS_WORDS
from jobs.review.records import open_landings
from jobs.runtime.errors import BadInput
from jobs.warehouse import Decision, Publication, read_chosen

NEVER_PROPOSED: Final = (
    "The model never proposed this pair: nothing but the decision says that they are one person."
)
AFTER: Final = {
    "must_link": "Then they are one person",
    "must_not_link": "Then they are two persons, whatever the model says",
    "left_to_model": "Then the model decides on the pair again",
    "cannot_tell": "Then nothing changes: the pair waits for another reviewer",
}


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What stands now, and what would follow, in sentences."""

    now: tuple[str, ...]
    model: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def lines(self) -> list[str]:
        """All of it."""
        return [*self.now, *self.model, *self.after]


def effect_of(
    engine: sa.Engine, publication: Publication, decision: Decision, *, landings: Path
) -> Effect:
    """What a decision would change of the last publication.

    Args:
        engine: the warehouse.
        publication: the last.
        decision: recorded or not.
        landings: the folder of the landings, where the cases are looked up.

    Raises:
        BadInput: there is no such judgement, or retention has removed the publication's rows.
    """
    if decision.judgement not in AFTER:
        raise BadInput(
            f"judgement [{decision.judgement}]", "no such judgement", f"use {', '.join(AFTER)}"
        )
    one, other = decision.pair
    links = pd.concat(
        [
            read_chosen(engine, publication, results.LINKS, column=key, values=[value])
            for key, value in (("prisoner_number", one), ("cid_person_id", other))
        ]
    ).drop_duplicates(list(results.LINKS.key))
    episodes = read_chosen(
        engine, publication, results.ASSESSMENTS, column="prisoner_number", values=[one]
    )
    return Effect(
        now=(_standing(episodes), *_linked(links, decision)),
        model=_of_model(links, decision),
        after=_following(decision, publication, landings),
    )


def _standing(episodes: pd.DataFrame) -> str:
    if episodes.empty:
        return "The prisoner has no custody episode in the last publication."
    said = []
    for row in episodes.sort_values("episode_id").to_dict("records"):
        code = row["offence_code"]
        offence = "" if pd.isna(code) else f", {codes.OFFENCE.meaning_of(str(code))}"
        serious = "" if pd.isna(row["seriousness"]) else f" of seriousness {row['seriousness']}"
        said.append(f"{STATUS_WORDS[row['status']]}{offence}{serious if offence else ''}")
    return f"Now: the prisoner's custody episodes are {'; '.join(said)}."


def _linked(links: pd.DataFrame, decision: Decision) -> list[str]:
    """With whom both are linked now, and that a link would give way."""
    lines = []
    sides = (
        ("The prisoner", "prisoner_number", decision.prisoner_number, "cid_person_id"),
        ("The immigration person", "cid_person_id", decision.cid_person_id, "prisoner_number"),
    )
    for who, key, value, partner in sides:
        linked = links[links[key].eq(value) & links["outcome"].eq("linked")]
        if linked.empty:
            lines.append(f"{who} is linked with nobody.")
        for row in linked.to_dict("records"):
            lines.append(f"{who} is linked with {row[partner]} ({_strength(row)}).")
            if decision.judgement == "must_link" and _pair(row) != decision.pair:
                lines.append(f"The decision displaces that link with {row[partner]}.")
    return lines


def _of_model(links: pd.DataFrame, decision: Decision) -> tuple[str, ...]:
    """What the model says of the pair, and of those that it likes better."""
    rows = {_pair(row): row for row in links.to_dict("records")}
    row = rows.get(decision.pair)
    if row is None or row["evidence"] == "{}":
        return (NEVER_PROPOSED,)
    lines = [f"The model's own evidence on the pair: {_strength(row)}."]
    better = [one for one in rows.values() if one["match_weight"] > row["match_weight"]]
    if decision.judgement == "must_link" and better:
        best = max(better, key=lambda one: float(one["match_weight"]))
        lines.append(
            f"The model finds another pair of theirs likelier: {' with '.join(_pair(best))} "
            f"({_strength(best)})."
        )
    return tuple(lines)


def _following(decision: Decision, publication: Publication, landings: Path) -> tuple[str, ...]:
    after = AFTER[decision.judgement]
    if decision.judgement not in {"must_link", "left_to_model"}:
        return (f"{after}.",)
    try:
        decided, cases = _cases(decision.cid_person_id, publication, landings)
    except BadInput as error:
        return (f"{after}. The cases could not be looked up: {error}",)
    if not cases:
        return (f"{after}; the immigration person has no case.",)
    what = (
        f"{', '.join(decided)} of {len(cases)} with a decision on record: "
        "the prisoner may come off a list by it"
        if decided
        else f"{', '.join(cases)}, none with a decision on record so far"
    )
    counts = "count" if decision.judgement == "must_link" else "may count"
    return (f"{after}, and the immigration person's cases {counts} for the prisoner: {what}.",)


def _cases(person: str, publication: Publication, landings: Path) -> tuple[list[str], list[str]]:
    """Cases of an immigration person with a decision on record, and all of them."""
    landing = open_landings(publication, folder=landings)["immigration"]
    cases = landing.rows_of(
        immigration.CASES.full_name, column="cid_person_id", values=[person]
    ).to_pylist()
    numbers = sorted(str(case["case_id"]) for case in cases)
    events = landing.rows_of(
        immigration.EVENTS.full_name, column="case_id", values=numbers
    ).to_pylist()
    decided = {
        str(case["case_id"]) for case in cases
        if any(_is_given(case.get(name)) for name in ("considered_date", "outcome"))
    } | {
        str(event["case_id"]) for event in events
        if str(event["event_type"]) in codes.DECISION_EVENTS
    }  # fmt: skip
    return sorted(decided), numbers


def _is_given(value: Any) -> bool:
    return value is not None and str(value).strip() != ""


def _pair(row: Any) -> tuple[str, str]:
    return str(row["prisoner_number"]), str(row["cid_person_id"])


def _strength(row: Any) -> str:
    """How sure a link is: by whose word, or by the model's."""
    decided = row["decided_by"]
    weight = float(row["match_weight"])
    by_itself = f"match weight {weight:+.1f}"
    if not pd.isna(decided):
        return f"decided by {decided}; the model's own {by_itself}"
    return f"probability {row['probability']:.4f}, {by_itself}"
