"""Everything that has a version of its own: what the guard of versions looks at."""

from jobs.assess import Policy, load_policy
from jobs.contract.versions import Declared, contract
from jobs.report import FIGURES
from jobs.report.figures.definition_versions import definition_digest
from jobs.runtime.files import canonical_json, text_digest


def declared_versions() -> list[Declared]:
    """The contract, the rules and every figure, as they are declared today."""
    policy = load_policy()
    return [
        contract(),
        Declared(
            name="policy",
            version=policy.version,
            digest=rules_digest(policy),
            raised_in="POLICY_VERSION of jobs/assess/policy/dated_rules.py",
        ),
        *(
            Declared(
                name=figure.id,
                version=figure.since,
                digest=definition_digest(figure),
                raised_in="since of the figure in its registry",
            )
            for figure in FIGURES
        ),
    ]


def rules_digest(policy: Policy) -> str:
    """Digest of what the rules decide: ids, periods and numbers, and no sentence about them."""
    rules = {
        rule_id: rule.model_dump(
            mode="json",
            exclude={
                "title": True,
                "says": True,
                "period": {"__all__": {"citation", "confidence"}},
            },
        )
        for rule_id, rule in policy.rules.items()
    }
    return text_digest(canonical_json(rules))
