"""What a change of the rules would do to the lists of the last publication, before it holds.

Whoever confirms a change is shown it, and the ledger keeps what was shown.
"""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import sqlalchemy as sa

from jobs.assess import Lists, Policy, assess_lists, override_effects, people_moved
from jobs.check import accept_rows
from jobs.contract import results
from jobs.contract.registers import REGISTERS
from jobs.contract.view_models import day_text, plural
from jobs.extract import open_landing
from jobs.operate.site_rules.rules_of_night import SiteChange, SiteRules, policy_of
from jobs.runtime.errors import BadInput
from jobs.warehouse import Publication, latest_publication, read_table
from jobs.warehouse.ledgers.override_ledger import MeasuredEffect

_ALL = "(all)"


@dataclass(frozen=True, kw_only=True)
class EffectShown:
    """The effect on the last publication, in a sentence, and in numbers where it was measured."""

    said: str
    measured: MeasuredEffect | None = None


def effect_on_lists(
    engine: sa.Engine, change: SiteChange, *, landings: Path, ends: bool = False
) -> EffectShown:
    """Assess the last published night again, with a change beside what it applied and without.

    Args:
        engine: the warehouse.
        change: in the ledger or not.
        landings: the folder of the landings.
        ends: whether it is the end of the change that is asked about.
    """
    publication = latest_publication(engine)
    if publication is None:
        return EffectShown(said="Its effect is not known: nothing has been published.")
    here = change.placed.override
    others = [
        each
        for each in SiteRules.of(publication.manifest["decisions"]).applied
        if (each.placed.override.rule, each.placed.override.from_) != (here.rule, here.from_)
    ]
    applied = SiteRules.of(publication.manifest["decisions"]).applied
    before, after = (
        (policy_of([*others, change]), policy_of(others))
        if ends
        else (policy_of(applied), policy_of([*others, change]))
    )
    try:
        measured = _measured(engine, publication, before, after, landings=landings)
    except BadInput as error:
        return EffectShown(said=f"Its effect could not be measured: {error}")
    return EffectShown(said=_said(measured, publication, ends=ends), measured=measured)


def _measured(
    engine: sa.Engine, publication: Publication, before: Policy, after: Policy, *, landings: Path
) -> MeasuredEffect:
    landed: dict[str, pa.Table] = {}
    for register in REGISTERS:
        landing = open_landing(
            register=register,
            as_of=publication.as_of,
            folder=landings,
            content_digest=publication.manifest["inputs"][register]["content_digest"],
        )
        landed |= landing.tables()
    checked = accept_rows(tables=landed, as_of=publication.as_of)
    links, identities, assessments = (
        read_table(engine, publication.publication_id, table.full_name)
        for table in (results.LINKS, results.IDENTITIES, results.ASSESSMENTS)
    )

    def under(policy: Policy) -> Lists:
        return assess_lists(
            tables=checked.accepted,
            links=links,
            identities=identities,
            as_of=publication.as_of,
            policy=policy,
            quarantine=checked.quarantine,
            previous_assessments=assessments,
        )

    lists = under(after)
    rows = override_effects(tonight=lists, under=under, shipped=before, alone={})
    moved = people_moved(rows, lists.assessments).loc[[_ALL]].to_dict("records")[0]
    return MeasuredEffect(**{str(name): int(number) for name, number in moved.items()})


def _said(measured: MeasuredEffect, publication: Publication, *, ends: bool) -> str:
    graver = (
        f", {measured.serious_off:,} of them with a serious offence" if measured.serious_off else ""
    )
    return (
        f"On the night of {day_text(publication.as_of)} {'its end' if ends else 'it'} would take "
        f"{plural(measured.people_off, 'person', 'people')} off a list{graver}, and put "
        f"{plural(measured.people_on, 'person', 'people')} on one."
    )
