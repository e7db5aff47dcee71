"""Steps that need not be done again: what they would read is the same, so what they left is.

The seal of a part names what it was made from: the parts before it, and under `reading` all else
that its step reads, the code with it. The run that made the current publication of a night left
parts, whose seals the run log knows. A part of it that was made from the same is this run's too;
nothing is remembered beside that.
"""

import logging
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from typing import Any, Final

import sqlalchemy as sa

from jobs.operate.attestation import refuse_altered
from jobs.operate.databases import warehouse
from jobs.operate.run.placing import publication_of, published_run
from jobs.operate.run.run_folder import RunFolder
from jobs.operate.run.sealed_parts import LANDING, LEAVES, reading
from jobs.operate.software_versions import code_digest
from jobs.runtime.errors import BadInput, NotPlaced
from jobs.runtime.files import canonical_json, text_digest
from jobs.warehouse import current_publication
from jobs.warehouse.ledgers.run_log import seals_of, steps_of_publication

log = logging.getLogger(__name__)

LIBRARIES: Final = ("duckdb", "great-expectations", "numpy", "pandas", "pyarrow")
"""What the results of a step come out of, besides the code."""


def taken_over(run: RunFolder, step: str, *, reads: Mapping[str, Any]) -> dict[str, int] | None:
    """What a step counted when it left its parts, if this run takes them over; else None.

    Args:
        run: the run, with the seals of the steps before.
        step: a step that leaves parts.
        reads: what it reads besides parts of the run, as JSON holds it. It is noted in the seals
            of what the step will leave.
    """
    if run.seals is None:
        return None
    reads = {**reads, "software": software()}
    run.seals[reading(step)] = text_digest("what a step reads", canonical_json(reads))
    if run.settings.repeat_unchanged:
        return None
    try:
        earlier = published_run(as_of=run.as_of, settings=run.settings)
        parts = {name: earlier.part(name) for name in LEAVES[step]}
    except (BadInput, NotPlaced):
        # Nothing is published, its folder is gone, or a seal is not the known one.
        return None
    if any(part.seal.made_from != run.made_from(name) for name, part in parts.items()):
        return None
    if not all(part.is_whole for part in parts.values()):
        log.warning(
            "step [%s]: a file of run [%s] was changed; it is done again", step, earlier.label
        )
        return None
    for name, part in parts.items():
        run.take_over(name, part)
    log.info(
        "step [%s]: it reads what it read in run [%s], so its part stands", step, earlier.label
    )
    with warehouse(run.settings) as engine:
        steps = steps_of_publication(engine, publication_of(earlier.folder))
    return dict(steps[step]["counts"])


def standing_publication(engine: sa.Engine, run: RunFolder, *, publication_id: str) -> bool:
    """Whether a run is the current publication of its night, made of the very same parts.

    Raises:
        BadInput: it is, and something that it rests on was altered since it was published.
    """
    if run.seals is None or run.settings.repeat_unchanged:
        return False
    current = current_publication(engine, as_of=run.as_of)
    if current is None or current.publication_id != publication_id:
        return False
    known = seals_of(engine, publication_id)
    parts = [name for of in LEAVES.values() for name in of if not name.startswith(LANDING)]
    if any(name not in known or known[name] != run.seals.get(name) for name in parts):
        return False
    refuse_altered(engine, settings=run.settings, as_of=run.as_of)
    return True


@cache
def software() -> dict[str, str]:
    """Digest of all code, and the versions of `LIBRARIES`."""
    return {"code": code_digest(but=()), **{name: version(name) for name in LIBRARIES}}
