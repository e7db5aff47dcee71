"""Rules on trial: the rules in force with changes that somebody proposes."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from jobs.assess.policy.applied_rules import AppliedRule
from jobs.assess.policy.dated_rules import Policy, Rule, flaw_of, overridden
from jobs.assess.policy.rule_overrides import Override, Placed
from jobs.assess.policy.toml_lines import line_of
from jobs.runtime.errors import BadInput
from jobs.runtime.files import text_digest
from jobs.runtime.toml_files import parse_toml, read_toml_text


class _ProposedFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    override: tuple[Override, ...] = ()
    rule: tuple[Rule, ...] = ()


def propose(policy: Policy, *, path: Path, applied: Mapping[str, AppliedRule]) -> Policy:
    """The policy with the changes of a file: for trials, and for nothing that is published.

    Args:
        policy: the rules in force.
        path: a TOML file of ``[[override]]`` tables, as the setting ``policy_overrides`` has them,
            and of whole ``[[rule]]`` tables, as the rule files have them, each in place of the rule
            of its id. An override that is expired is tried all the same.
        applied: the rules that code applies, by id.

    Raises:
        BadInput: the file is flawed or changes nothing, or names a rule that no code reads; the
            message names file and line.
    """
    where = f"file [{path}]"
    text = read_toml_text(path, where=where)
    try:
        file = _ProposedFile.model_validate(parse_toml(text, where=where))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        place = f"{where} line {line_of(text, first['loc'])}"
        raise BadInput(place, f"[{key}] {first['msg'].lower()}", "mend the proposal") from None
    rules = dict(policy.rules)
    for index, rule in enumerate(file.rule):
        at = f"{where} line {line_of(text, ('rule', index))}"
        if rule.id not in applied:
            raise BadInput(at, f"no code reads a rule [{rule.id}]", "name one of docs/rules.md")
        flaw = flaw_of(rule, applied[rule.id])
        if flaw is not None:
            raise BadInput(at, flaw[1], "mend the proposal")
        rules[rule.id] = rule
    for index, override in enumerate(file.override):
        placed = Placed(
            override=override, where=f"{where} line {line_of(text, ('override', index))}"
        )
        if override.rule not in applied or override.rule not in rules:
            raise placed.refuse(f"no code reads a rule [{override.rule}]")
        rules[override.rule] = overridden(placed, rules[override.rule])
    if rules == policy.rules:
        raise BadInput(where, "changes no rule", "propose a rule or a number")
    digest = text_digest(policy.digest, "proposed", text)
    return replace(policy, digest=digest, rules=rules, overrides=())


def changed_rules(policy: Policy, proposed: Policy) -> dict[str, tuple[Rule, Rule]]:
    """The rules that differ, by id: as they are in force, and as they are proposed."""
    return {
        id_: (rule, proposed.rules[id_])
        for id_, rule in sorted(policy.rules.items())
        if proposed.rules[id_] != rule
    }
