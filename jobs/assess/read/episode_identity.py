"""Who is who: the identity of each episode, and whose immigration records may be read for it.

Records of an immigration person are read *for certain* when a link says ``linked``, or when the
identity holds both persons and no link between them says otherwise. A link to review gives a
*possible* match: shown, and never counted (rule ``consideration.possible``).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from jobs.assess import columns as col
from jobs.assess.columns import Flags, Whole
from jobs.contract import immigration
from jobs.contract.results import IDENTITIES, LINKS
from jobs.runtime.files import text_digest

_PERSON_COLUMNS = [
    "cid_person_id",
    "nationality",
    "nationality_verified",
    "noms_number",
    "located_status",
    "died_date",
]
NO_EVIDENCE = "{}"
"""The evidence of a pair that was decided and that the model never scored."""
LINKED, REVIEW, NOT_LINKED = "linked", "review", "not_linked"


@dataclass(frozen=True, kw_only=True)
class Identified:
    """Identities as numbers, for episodes and for immigration persons.

    ``persons`` are the immigration persons by id; ``certain`` gives for each the identity whose
    episodes may rely on its records, -1 for none. ``possible_prisoner`` and ``possible_person``
    are the pairs to review, as positions in ``prisoners`` and ``persons``. ``decision`` says for
    each episode by whose decision it is linked and what the model says of the pair; empty where no
    person decided.
    """

    identity: Whole
    identity_ids: pa.Array
    prisoner: Whole
    prisoners: pa.Array
    of_prisoner: Whole
    persons: pa.Table
    certain: Whole
    possible_prisoner: Whole
    possible_person: Whole
    outcome: npt.NDArray[np.object_]
    probability: npt.NDArray[np.float64]
    decision: pa.Array


def identify(
    *,
    episodes: pa.Table,
    tables: Mapping[str, pa.Table],
    links: pd.DataFrame,
    identities: pd.DataFrame,
) -> Identified:
    """Number the identities and sort the links into certain and possible ones.

    A prisoner without an identity (their person row is in quarantine) gets one of their own.
    """
    members = IDENTITIES.arrow(identities)
    prison = members.filter(pc.equal(members.column("register"), "prison"))
    other = members.filter(pc.equal(members.column("register"), "immigration"))
    numbers = [*episodes.column("prisoner_number").chunks, *prison.column("person_id").chunks]
    prisoners = pc.unique(pa.chunked_array(numbers, pa.string()))
    persons = col.sort(
        tables[immigration.PERSONS.full_name],
        by="cid_person_id",
        keep=_PERSON_COLUMNS,
    )
    of_prisoner, of_person, names = _number(prisoners, prison, persons, other)
    pairs = LINKS.arrow(links)
    left = col.positions(pairs.column("prisoner_number"), prisoners)
    right = col.positions(pairs.column("cid_person_id"), persons.column("cid_person_id"))
    known = (left >= 0) & (right >= 0)
    linked = known & col.is_one_of(pairs, "outcome", {LINKED})
    review = known & col.is_one_of(pairs, "outcome", {REVIEW})
    certain = _certain(of_prisoner, of_person, left, right, known, linked)
    review &= col.at(of_prisoner, left, -2) != col.at(certain, right, -1)
    probability = pairs.column("probability").to_numpy()
    prisoner = col.positions(episodes.column("prisoner_number"), prisoners)
    by_identity = _best(of_prisoner[left[linked]], probability[linked], len(names))
    by_prisoner = _best(left[review], probability[review], len(prisoners))
    identity = of_prisoner[prisoner]
    has_person = np.zeros(len(names), dtype=bool)
    has_person[certain[certain >= 0]] = True
    is_linked = has_person[identity]
    is_review = ~is_linked & ~np.isnan(by_prisoner[prisoner])
    return Identified(
        identity=identity,
        identity_ids=names,
        prisoner=prisoner,
        prisoners=prisoners,
        of_prisoner=of_prisoner,
        persons=persons,
        certain=certain,
        possible_prisoner=left[review],
        possible_person=right[review],
        outcome=np.select([is_linked, is_review], [LINKED, REVIEW], NOT_LINKED).astype(object),
        probability=np.where(is_linked, by_identity[identity], by_prisoner[prisoner]),
        decision=_decision(pairs, linked, of_prisoner[left], identity, len(names)),
    )


def _decision(
    pairs: pa.Table, linked: Flags, owner: Whole, identity: Whole, count: int
) -> pa.Array:
    """By whose decision each episode is linked, beside the model's own word on the pair."""
    rows = np.flatnonzero(linked & pc.is_valid(pairs.column("decided_by")).to_numpy())
    of_identity = np.full(count, -1)
    of_identity[owner[rows]] = np.arange(len(rows))
    decided = pairs.take(pa.array(rows))
    weight = pc.round(decided.column("match_weight"), 1).cast(pa.string())
    model = pc.if_else(
        pc.equal(decided.column("evidence"), NO_EVIDENCE),
        "the model never proposed the pair",
        pc.binary_join_element_wise("the model's own match weight is ", weight, ""),
    )
    said = pc.binary_join_element_wise(decided.column("decided_by"), model, "; ")
    place = of_identity[identity]
    return said.take(pa.array(place, mask=place < 0)).combine_chunks()


def _number(
    prisoners: pa.Array, prison: pa.Table, persons: pa.Table, other: pa.Table
) -> tuple[Whole, Whole, pa.Array]:
    prison_rows = col.positions(prisoners, prison.column("person_id"))
    alone = prisoners.filter(pa.array(prison_rows < 0)).to_pylist()
    own = pa.array([f"ID{text_digest('prison', number)[:12]}" for number in alone], pa.string())
    person_rows = col.positions(persons.column("cid_person_id"), other.column("person_id"))
    held = pa.chunked_array(
        [
            *prison.column("identity_id").chunks,
            *other.column("identity_id").chunks,
            own,
        ],
        pa.string(),
    )
    names = pc.unique(held)
    code = col.positions(held, names)
    of_prisoner = col.at(code, prison_rows, -1)
    of_prisoner[prison_rows < 0] = code[len(prison) + len(other) :]
    of_person = col.at(code, np.where(person_rows >= 0, person_rows + len(prison), -1), -1)
    return of_prisoner, of_person, names


def _certain(
    of_prisoner: Whole, of_person: Whole, left: Whole, right: Whole, known: Flags, linked: Flags
) -> Whole:
    certain = of_person.copy()
    denied = known & ~linked & (col.at(of_prisoner, left, -2) == col.at(of_person, right, -1))
    certain[right[denied]] = -1
    certain[right[linked]] = of_prisoner[left[linked]]
    return certain


def _best(
    groups: Whole, probability: npt.NDArray[np.float64], count: int
) -> npt.NDArray[np.float64]:
    answer = np.full(count, -1.0)
    np.maximum.at(answer, groups, probability)
    return np.where(answer < 0, np.nan, answer)
