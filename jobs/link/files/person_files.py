"""Link any two files of persons: the model is learned from the files themselves.

No labels, no settings. The columns are those of the contract, any subset of them. The thresholds
are fixed here: what follows from a link is not known, so both errors count alike and a pair is
linked if it is likelier than not.
"""

import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from jobs.link.compare.comparison_levels import Comparison
from jobs.link.decide.duplicates import EVEN, probabilities
from jobs.link.decide.households import households
from jobs.link.decide.link_outcomes import evidence
from jobs.link.decide.one_to_one import Numbers
from jobs.link.engine.scoring import score_pairs
from jobs.link.engine.scoring_context import ScoringContext, scoring_context
from jobs.link.files.contradicting_columns import contradicting
from jobs.link.files.file_sides import sides_of
from jobs.link.files.link_writing import COLUMNS, no_links, refuse_input, write_links
from jobs.link.files.person_columns import ID, IDENTIFYING, SYSTEM, identifies, log_unshared
from jobs.link.files.person_reading import PersonFile, read_persons
from jobs.link.model.few_persons import (
    are_few,
    parameters_of_few,
    prior_of_few,
    tell_frequencies,
)
from jobs.link.model.linkage_model import current_model
from jobs.link.model.priors import Prior
from jobs.link.model.thresholds import REVIEW_FROM, least_weight
from jobs.link.standardise.persons import Side
from jobs.link.train.training import train
from jobs.runtime.errors import BadInput

log = logging.getLogger(__name__)


def link_files(*, left: Path, right: Path, output: Path) -> pd.DataFrame:
    """Link the persons of two files and write the links.

    What is left out of account is logged, one line each: columns that no person has, that only one
    file has or that spreadsheets damaged, and placeholders that show by their frequency.

    Args:
        left: CSV or Parquet with a unique ``id`` and any person columns of the contract.
        right: the same.
        output: file to write, CSV unless its name ends in ``.parquet``: `COLUMNS`, sorted by ids.

    Returns:
        What was written.

    Raises:
        BadInput: a file is missing, unreadable, without ids or without any telling column, an id
            is empty or repeated, dates cannot be read, or the output cannot be written or is one
            of the files.
    """
    refuse_input(output, (left, right))
    files = read_persons(left), read_persons(right)
    _look_at_both(files)
    sides = sides_of(files)
    links = _links(*sides) if all(len(side) for side in sides) else no_links()
    write_links(links, output)
    return links


def _look_at_both(files: tuple[PersonFile, PersonFile]) -> None:
    """Log what only one file has.

    Raises:
        BadInput: no column that both have tells persons apart.
    """
    left, right = (file.persons for file in files)
    shared = [name for name in left.columns if name in right.columns and name != ID]
    if not identifies(shared):
        raise BadInput(
            f"{files[0].where} and {files[1].where.removeprefix('file ')}",
            "share no column that tells persons apart",
            f"give both some of {', '.join(IDENTIFYING)} or an {SYSTEM}<system>",
        )
    log_unshared((files[0].where, files[1].where), (files[0].compared, files[1].compared))
    if left.equals(right) and len(left):
        log.warning(
            "%s and %s hold the same persons: each is linked with itself",
            files[0].where, files[1].where,
        )  # fmt: skip


def _links(left: Side, right: Side) -> pd.DataFrame:
    """The links of two sides, without the columns that always contradict."""
    scored = _scored(left, right, None)
    against = contradicting(scored.found, scored.comparisons, scored.probability)
    if against:
        kept = tuple(c for c in scored.comparisons if c.name not in against)
        scored = _scored(left, right, kept)
    return scored.links


@dataclass(frozen=True, kw_only=True)
class _Scored:
    """Candidate pairs with their probabilities, and the links made of them."""

    found: pd.DataFrame
    comparisons: tuple[Comparison, ...]
    probability: Numbers
    links: pd.DataFrame


def _scored(left: Side, right: Side, comparisons: tuple[Comparison, ...] | None) -> _Scored:
    sizes = len(left), len(right)
    with scoring_context(
        left=left, right=right, comparisons=comparisons, is_counted=tell_frequencies(*sizes)
    ) as context:
        note = prior = None
        if are_few(*sizes):
            parameters, prior = parameters_of_few(context.comparisons), prior_of_few(*sizes)
            model = current_model().version
            note = f"too few persons to learn from: packaged model {model}"
            log.warning(
                "%d and %d persons are too few to learn from: the shares are those of the packaged "
                "model [%s]",
                *sizes, model,
            )  # fmt: skip
        else:
            parameters = train(context)
        floor = least_weight(*sizes)
        context.block(parameters=parameters, at_least=floor)
        found = score_pairs(
            context, parameters=parameters, at_least=floor, is_bounded=context.is_large
        )
        answer = probabilities(context, found, parameters, of_registers=False, prior=prior)
        probability = np.round(answer.probability, 6)
        held = households(context, found).held(probability)
        shown = probability >= REVIEW_FROM
        return _Scored(
            found=found,
            comparisons=context.comparisons,
            probability=probability,
            links=_frame(
                context,
                found[shown].reset_index(drop=True),
                probability[shown],
                held[shown],
                answer.prior,
                note,
            ),
        )


def _frame(
    context: ScoringContext,
    found: pd.DataFrame,
    probability: Numbers,
    held: npt.NDArray[np.object_],
    prior: Prior,
    note: str | None,
) -> pd.DataFrame:
    before = prior.of(found["person_l"].to_numpy(), found["person_r"].to_numpy())
    links = pd.DataFrame(
        {
            "left_id": context.left.persons.to_numpy()[found["person_l"].to_numpy()],
            "right_id": context.right.persons.to_numpy()[found["person_r"].to_numpy()],
            "probability": probability,
            "match_weight": (found["weight"] + before).round(4) + 0.0,
            "outcome": np.where((probability > EVEN) & pd.isna(held), "linked", "review"),
            "evidence": evidence(
                found,
                context.comparisons,
                prior=prior,
                reasons=held,
                note=note,
            ),
        }
    )
    return links[list(COLUMNS)].sort_values(["left_id", "right_id"]).reset_index(drop=True)
