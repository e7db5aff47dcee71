"""Why a person's identity is not the one of the last publication: merges and splits with reasons.

An identity changes because a link came or went; what tonight's links say of the persons it joined
then and joins now is the reason. Whoever keeps their id has no entry, nor has anybody new.
"""

from typing import Final

import numpy as np
import pandas as pd

from jobs.contract.results import IDENTITY_CHANGES

PERSON: Final = ["register", "person_id"]
_SIDES: Final = (("prison", "prisoner_number"), ("immigration", "cid_person_id"))


def identity_changes(
    *, links: pd.DataFrame, identities: pd.DataFrame, previous: pd.DataFrame
) -> pd.DataFrame:
    """Every known person whose identity is another than on the night before.

    Args:
        links: tonight's links.
        identities: tonight's identities.
        previous: last night's identities, or an empty frame.

    Returns:
        The columns of `results.IDENTITY_CHANGES`, sorted by key. Who came to an identity that
        somebody else already bore is ``merged``; who left with a new one is ``split``.
    """
    known = previous.rename(columns={"identity_id": "before_identity_id"}).merge(
        identities.rename(columns={"identity_id": "after_identity_id"}), how="left", on=PERSON
    )
    is_here = known["after_identity_id"].notna()
    changed = known[is_here & (known["before_identity_id"] != known["after_identity_id"])]
    if changed.empty:
        return IDENTITY_CHANGES.empty()
    merged = changed["after_identity_id"].isin(previous["identity_id"])
    ends = _ends(links, known)
    reason = np.where(
        merged,
        _looked_up(changed["after_identity_id"], _of_merges(ends), "evidence"),
        _looked_up(changed["before_identity_id"], _of_splits(ends, known, changed), "no_evidence"),
    )
    found = changed.assign(change=np.where(merged, "merged", "split"), reason=reason)
    return IDENTITY_CHANGES.frame(
        IDENTITY_CHANGES.arrow(found[IDENTITY_CHANGES.columns].sort_values(PERSON))
    )


def _looked_up(ids: pd.Series, words: "pd.Series[str]", otherwise: str) -> "pd.Series[str]":
    return ids.map(words).astype("str").fillna(otherwise)


def _ends(links: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Tonight's pairs with the identities that both persons had and have, missing for the new."""
    ends = links[["prisoner_number", "cid_person_id", "outcome", "decided_by"]]
    for register, column in _SIDES:
        of = known.loc[known["register"] == register].set_index("person_id")
        for name in ("before", "after"):
            ends = ends.assign(
                **{f"{name}_{register}": ends[column].map(of[f"{name}_identity_id"])}
            )
    return ends


def _of_merges(ends: pd.DataFrame) -> "pd.Series[str]":
    """For each identity of tonight that joins earlier ones, who joined them."""
    joining = ends[
        (ends["outcome"] == "linked") & (ends["before_prison"] != ends["before_immigration"])
    ]
    both = joining.assign(
        of=joining["after_prison"].fillna(joining["after_immigration"]),
        word=np.where(joining["decided_by"].notna(), "decided", "evidence"),
    )
    return both.groupby("of")["word"].min()


def _of_splits(ends: pd.DataFrame, known: pd.DataFrame, changed: pd.DataFrame) -> "pd.Series[str]":
    """For each identity of the last publication that came apart, the first reason that holds."""
    apart = pd.Index(changed["before_identity_id"].unique())
    within = ends[ends["before_prison"] == ends["before_immigration"]]
    is_linked = ends["outcome"] == "linked"
    outside = ends[is_linked & (ends["before_prison"] != ends["before_immigration"])]
    decided = within[within["decided_by"].notna() & (within["outcome"] == "not_linked")]
    reasons = {
        "decided": decided["before_prison"],
        "gone": known.loc[known["after_identity_id"].isna(), "before_identity_id"],
        "another_partner": pd.concat([outside["before_prison"], outside["before_immigration"]]),
        "uncertain": within.loc[within["outcome"] == "review", "before_prison"],
    }
    words = np.select(
        [apart.isin(set(of.dropna())) for of in reasons.values()],
        list(reasons),
        default="no_evidence",
    )
    return pd.Series(words, index=apart, dtype="str")
