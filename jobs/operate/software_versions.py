"""Versions of everything that turns the registers into results, as a manifest names them."""

import hashlib
from typing import Final

from jobs import __version__
from jobs.assess import load_policy
from jobs.contract.registers import CONTRACT_VERSION
from jobs.link import Model
from jobs.runtime.files import text_digest
from jobs.runtime.settings import ROOT, Settings

_NOT_CODE: Final = ("jobs/synthetic/", "jobs/assess/policy/rules/", "jobs/link/model/packaged/")


def software(settings: Settings, model: Model) -> dict[str, str]:
    """Versions of everything that turns the registers into results, as a manifest names them."""
    policy = load_policy(overrides=settings.policy_overrides)
    return {
        "contract_version": CONTRACT_VERSION,
        "code_version": f"{__version__}+{code_digest()[:12]}",
        "policy_version": f"{policy.version}+{policy.digest[:12]}",
        "model_version": model.name,
    }


def code_digest() -> str:
    """Digest of everything that computes a publication and has no version of its own.

    The rules and the linkage model have theirs: a movement tells a change of either from one of
    the code.
    """
    digest = hashlib.sha256()
    for path in sorted([*ROOT.glob("jobs/**/*"), *ROOT.glob("expectations/**/*")]):
        name = path.relative_to(ROOT).as_posix()
        if path.is_file() and "__pycache__" not in name and not name.startswith(_NOT_CODE):
            digest.update(text_digest(name, hashlib.sha256(path.read_bytes()).hexdigest()).encode())
    return digest.hexdigest()
