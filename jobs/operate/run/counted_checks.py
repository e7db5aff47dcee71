"""The checks of the assurance sample, as an input of the night that counts them."""

from datetime import date
from typing import Final

import sqlalchemy as sa

from jobs.contract.proof.assurance_strata import SampleChecks
from jobs.operate.run.run_folder import RunFolder
from jobs.warehouse import sample_checks

CHECKS: Final = "assurance"
"""Key in a manifest's ``decisions``: the checks that the figures count, as JSON."""


def checks_input(engine: sa.Engine, *, as_of: date) -> dict[str, str]:
    """The checks that count on a night, as its manifest names them; nothing without any."""
    checks = sample_checks(engine, as_of=as_of)
    return {CHECKS: checks.as_json()} if checks.checked else {}


def checks_of(run: RunFolder) -> SampleChecks:
    """The checks that a run's link step found in the warehouse."""
    return SampleChecks.from_json(run.inputs("link").get(CHECKS))
