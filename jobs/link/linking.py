"""The nightly linkage of the two registers."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.contract.results import LINKS
from jobs.link.block.blocking import RuleUse
from jobs.link.compare.comparison_levels import Parameters
from jobs.link.decide.duplicates import probabilities
from jobs.link.decide.link_outcomes import (
    Decided,
    decided,
    evidence,
    hold_for_review,
    undecided,
)
from jobs.link.engine.engines import DuckDB, Engine
from jobs.link.engine.scoring_context import ScoringContext
from jobs.link.identity.identities import identities
from jobs.link.identity.identity_changes import identity_changes
from jobs.link.model.linkage_model import Model, current_model
from jobs.link.model.priors import Prior
from jobs.link.model.thresholds import LINKED_FROM, REVIEW_FROM

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Linked:
    """The links and identities of a night.

    ``links`` holds every pair that is linked, in review, or decided by a reviewer; ``identities``
    every person of both registers; ``identity_changes`` whose identity is another than in the last
    publication, and why. They have the columns of `jobs.contract.results` and are sorted by key.
    ``blocking`` says what each rule did.
    """

    links: pd.DataFrame
    identities: pd.DataFrame
    identity_changes: pd.DataFrame
    blocking: tuple[RuleUse, ...] = ()


def link_registers(
    *,
    tables: Mapping[str, pa.Table],
    decisions: pd.DataFrame,
    previous_identities: pd.DataFrame,
    model: Model | None = None,
    engine: Engine | None = None,
) -> Linked:
    """Link the persons of the prison register with those of the immigration register.

    The same input gives the same links, byte for byte, in whatever order the rows come: sides are
    sorted by key, the model is frozen, and probabilities are rounded to 6 decimals and weights to
    4, far above what the order of a sum can move. The least weight that is looked at is a whole
    number of bits, so that one more person does not move it.

    Args:
        tables: accepted register tables by full name, in the contract's schema.
        decisions: reviewers' decisions; they always win over the model.
        previous_identities: identities of the last publication, or an empty frame.
        model: the model; by default the current one.
        engine: what finds and scores pairs; by default DuckDB. The links are the same whichever it
            is.
    """
    model = model or current_model()
    with (engine or DuckDB()).score(tables, model=model) as scored:
        context, uses = scored.context, scored.uses
        words = decided(decisions, context.left, context.right)
        links = _links(context, scored.found, words, model.parameters)
    linked = links[links["outcome"] == "linked"]
    log.info(
        "links: %d linked, %d to review, %d decided by reviewers",
        len(linked), (links["outcome"] == "review").sum(), links["decided_by"].notna().sum(),
    )  # fmt: skip
    found_identities = identities(
        prison=context.left.persons,
        immigration=context.right.persons,
        linked=linked,
        previous=previous_identities,
    )
    return Linked(
        links=links,
        identities=found_identities,
        identity_changes=identity_changes(
            links=links, identities=found_identities, previous=previous_identities
        ),
        blocking=tuple(uses),
    )


def _links(
    context: ScoringContext, found: pd.DataFrame, words: Decided, parameters: Parameters
) -> pd.DataFrame:
    free = undecided(found, words)
    candidates = found[free].reset_index(drop=True)
    scored = probabilities(context, candidates, parameters)
    probability = np.round(scored.probability, 6)
    before = scored.prior.of(candidates["person_l"].to_numpy(), candidates["person_r"].to_numpy())
    reasons = hold_for_review(candidates, context.comparisons)
    certain = (probability >= LINKED_FROM) & pd.isna(reasons)
    shown = certain | (probability >= REVIEW_FROM)
    modelled = candidates[shown].assign(
        probability=probability[shown],
        outcome=np.where(certain[shown], "linked", "review"),
        evidence=evidence(
            candidates[shown], context.comparisons, prior=scored.prior, reasons=reasons[shown]
        ),
        match_weight=candidates.loc[shown, "weight"] + before[shown],
        decided_by=None,
    )
    links = pd.concat([modelled, _decided_links(context, found, words, scored.prior)])
    links["prisoner_number"] = context.left.persons.to_numpy()[links["person_l"].to_numpy(np.int64)]
    links["cid_person_id"] = context.right.persons.to_numpy()[links["person_r"].to_numpy(np.int64)]
    links["match_weight"] = links["match_weight"].astype("float64").round(4) + 0.0
    links = links[LINKS.columns].sort_values(list(LINKS.key)).reset_index(drop=True)
    return links.astype({field.name: field.kind.pandas for field in LINKS.fields})


def _decided_links(
    context: ScoringContext, found: pd.DataFrame, words: Decided, prior: Prior
) -> pd.DataFrame:
    """The decided pairs, with the model's evidence where it scored them."""
    decisions = pd.DataFrame(
        {
            "person_l": words.left,
            "person_r": words.right,
            "outcome": np.where(words.must_link, "linked", "not_linked"),
            "probability": np.where(words.must_link, 1.0, 0.0),
            "decided_by": words.reviewer,
        }
    )
    scored = decisions.merge(found, how="left", on=["person_l", "person_r"])
    reasons = np.full(len(scored), None, dtype=object)
    before = prior.of(words.left, words.right)
    proof = evidence(scored, context.comparisons, prior=prior, reasons=reasons)
    return scored.assign(
        evidence=proof.where(scored["weight"].notna(), "{}"),
        match_weight=(scored["weight"] + before).fillna(0.0),
    )
