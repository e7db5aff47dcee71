"""Versions of everything that turns the registers into results, as a manifest names them."""

import hashlib
from pathlib import Path
from typing import Final

from jobs import __version__
from jobs.assess import Policy
from jobs.contract.registers import CONTRACT_VERSION
from jobs.link import Model
from jobs.runtime.files import text_digest
from jobs.runtime.settings import ROOT

CHANGES_NO_RESULT: Final = (
    # Commands, and how they are shown.
    "jobs/__main__.py",
    "jobs/commands/",
    "jobs/runtime/progress.py",
    # Emails and alerts.
    "jobs/notify/",
    "jobs/operate/emails.py",
    "jobs/operate/monitoring/",
    # The invented registers, which are data like any other.
    "jobs/synthetic/",
    # Databases: what they give to a night is in its manifest, what they hold is audited as written.
    "jobs/warehouse/",
    "jobs/operate/databases.py",
    "jobs/operate/backup.py",
    "jobs/operate/persons/",
    "jobs/runtime/airflow_connections.py",
    # What is noted of a run, and how its files get to another machine.
    "jobs/operate/run/file_retention.py",
    "jobs/operate/run/run_history.py",
    "jobs/operate/run/run_outcomes.py",
    "jobs/operate/run/sealed_parts.py",
    "jobs/operate/run/shared_store.py",
    "jobs/operate/run/step_records.py",
    # How results are shown, and pages of the documentation.
    "jobs/operate/run/described.py",
    "jobs/report/charts/",
    "jobs/report/site/",
    "jobs/report/summary/",
    "jobs/report/workbook/",
    "jobs/assess/policy/rules_page.py",
    "jobs/check/quality_rules.py",
    "jobs/contract/dictionary.py",
    "jobs/contract/versions.py",
    "jobs/contract/view_models.py",
    "jobs/operate/declared_versions.py",
    # What has a version of its own: a movement tells a change of either from one of the code.
    "jobs/assess/policy/rules/",
    "jobs/link/model/packaged/",
)
"""Rooms and files that leave every published table as it is; any other, a new one too, counts."""


def software(policy: Policy, model: Model) -> dict[str, str]:
    """Versions of everything that turns the registers into results, as a manifest names them."""
    return {
        "contract_version": CONTRACT_VERSION,
        "code_version": f"{__version__}+{code_digest()[:12]}",
        "policy_version": f"{policy.version}+{policy.digest[:12]}",
        "model_version": model.name,
    }


def code_digest(root: Path = ROOT, *, but: tuple[str, ...] = CHANGES_NO_RESULT) -> str:
    """Digest of the code that computes a publication, of the repository at ``root``.

    A publication's id holds it, and a night whose code differs from that of the night before
    assesses the night before again. So it leaves out `CHANGES_NO_RESULT`: the wording of an email
    makes no new publication. ``but`` leaves out others instead.
    """
    digest = hashlib.sha256()
    for path in sorted([*root.glob("jobs/**/*"), *root.glob("expectations/**/*")]):
        name = path.relative_to(root).as_posix()
        if path.is_file() and "__pycache__" not in name and not name.startswith(but):
            digest.update(text_digest(name, hashlib.sha256(path.read_bytes()).hexdigest()).encode())
    return digest.hexdigest()
