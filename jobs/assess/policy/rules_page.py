"""The rules as people read them: the page ``docs/rules.md`` and the lines of the command line."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby

from jobs.assess.policy.dated_rules import (
    POLICY_VERSION,
    Change,
    Confidence,
    InForce,
    Period,
    Policy,
    Rule,
    SelectedBy,
)

_GROUPS = {
    "consideration": "Consideration",
    "custody": "Custody",
    "duty": "Duty to deport",
    "exemption": "Exemptions from the duty",
    "exit": "Ways out that are no release",
    "link": "Links between the registers",
    "nationality": "Nationality",
    "outcome": "Outcome of the missed",
    "traced": "Whereabouts of the missed",
    "discrepancy": "Discrepancies between the registers",
    "priority": "Priority",
    "referral": "Referral criteria",
    "release": "Release dates",
    "removal": "Early removal",
    "sentence": "Length of sentence",
    "status": "Status of an episode",
}
_SELECTS = {
    "sentence": "the day of the sentence",
    "conviction": "the day of the conviction",
    "conduct": "the day of the conduct",
    "release": "the day of release",
    "night": "the night",
}
_HEAD = f"""# The rules

Generated from the files under `jobs/assess/policy/rules/` (policy version {POLICY_VERSION}); change
them there. Each rule is assessed as it stood on the day that selects it, not as it stands today.

Confidence: *verified* against the source named; *inferred* from it where no text of the time is
published; *house*: a rule of this project; *unverified*: known by report only, shipped switched
off. A period runs from its first day up to, not including, its end. *Law since* is given where a
period decides upon events before it was law or published: `policy --on DAY` lists such rules apart
from the law of that day.

Everything here is written twice: fast in `jobs/assess/`, and once more in plain Python, row by
row, in `tests/assess/reference/`. `make test-long WORLDS=20000` (half an
hour) has Hypothesis invent so many small registers, asks both on three nights, and ends with an
error at the first assessment, flag, rank or discrepancy on which they differ, or at the first piece
of bad news that improves a status. The test suite asks of 250.
"""


def rules_page(*, policy: Policy) -> str:
    """The text of the page: every rule, its periods, numbers and sources."""
    rules = sorted(policy.rules.values(), key=lambda rule: (_group(rule), rule.id))
    parts = [_HEAD]
    for group, members in groupby(rules, key=_group):
        parts.append(f"\n## {_GROUPS.get(group, group)}\n")
        parts += [_rule(rule) for rule in members]
    return "".join(parts)


def rules_in_force(*, policy: Policy, day: date) -> str:
    """What ``policy --on DAY`` prints: the law of a day, and apart what only decides upon it.

    The rules of this project come second, those that a later law reads back to the day third, the
    switched-off ones last.
    """
    applied = policy.on(day=day)
    read_back = [entry for entry in applied if entry.period.is_read_back_to(day)]
    own = [entry for entry in applied if entry.period.confidence is Confidence.HOUSE]
    law = [entry for entry in applied if entry not in read_back and entry not in own]
    lines = []
    for heading, entries in (
        (f"{len(law)} rules in force on {_day(day)}", law),
        (f"{len(own)} rules of this project, whatever the day", own),
        (f"{len(read_back)} rules of later days that are read back to {_day(day)}", read_back),
    ):
        lines += [heading, ""]
        for entry in entries:
            lines += [_headline(entry), f"    {entry.rule.says}", f"    {_source(entry.period)}"]
        lines += [""]
    for _, rule in sorted(policy.rules.items()):
        for period in (period for period in rule.period if period.switched_off):
            numbers = f" ({text})" if (text := _numbers(period)) else ""
            lines += [
                f"{rule.id}: switched off, not verified: {rule.title}{numbers}",
                f"    {rule.says}",
                f"    {_source(period)}",
            ]
    return "\n".join(lines) + "\n"


def rules_changed(*, policy: Policy, before: date, after: date) -> str:
    """What ``policy diff`` prints: rules that start, end or change between two days."""
    changes = policy.changes(before=before, after=after)
    lines = [f"{len(changes)} rules differ between {_day(before)} and {_day(after)}", ""]
    for change in changes:
        lines += [f"{change.rule.id}: {change.rule.title}", *_sides(change)]
    return "\n".join(lines) + "\n"


def rules_cited(
    *,
    policy: Policy,
    rule_ids: Iterable[str],
    sentenced: date | None,
    left: date | None,
    night: date,
    applied: Mapping[str, date] | None = None,
) -> list[str]:
    """The title and the source of each rule, one line each, in the order in which they fired.

    Args:
        policy: the rules.
        rule_ids: the rules of the reasons of one episode; each is cited once.
        sentenced: the day that selects those rules that a sentence, conviction or conduct selects.
        left: the day that selects those rules that a release selects; the night where it is empty.
        night: the day that selects the others.
        applied: the day on which a rule was applied, by id, where it is none of these.
    """
    lines = []
    for rule_id in dict.fromkeys(rule_ids):
        rule = policy.rules.get(rule_id)
        if rule is None:
            lines.append(f"{rule_id}: not a rule of version {policy.version}")
            continue
        day = {SelectedBy.NIGHT: night, SelectedBy.RELEASE: left or night}.get(
            rule.selected_by, sentenced or night
        )
        day = (applied or {}).get(rule_id, day)
        # Of a rule that no longer holds, what last did: an earlier conduct may have selected it.
        begun = [period for period in rule.periods if period.starts <= day] or rule.periods[:1]
        source = f"{begun[-1].citation} ({begun[-1].confidence})" if begun else "switched off"
        lines.append(f"{rule_id}: {rule.title}. {source}.")
    return lines


def _group(rule: Rule) -> str:
    return rule.id.split(".")[0]


def _rule(rule: Rule) -> str:
    table = [
        "| from | to | law since | numbers | confidence | source |",
        "|---|---|---|---|---|---|",
    ]
    table += [
        f"| {_open(period.from_)} | {_open(period.to)} | {_open(period.law_from)} "
        f"| {_numbers(period) or '—'} | {_confidence(period)} | {period.citation} |"
        for period in rule.period
    ]
    return (
        f"\n### {rule.title} (`{rule.id}`)\n\n{rule.says}\n\n"
        f"Selected by {_SELECTS[rule.selected_by]}.{_bounds(rule)}\n\n" + "\n".join(table) + "\n"
    )


def _bounds(rule: Rule) -> str:
    """Within which a site may change the numbers; empty where there are none."""
    named = [
        f"{name.replace('_', ' ')} {least} to {most}" for name, (least, most) in rule.bounds.items()
    ]
    return f" A site may change: {', '.join(named)}." if named else ""


def _confidence(period: Period) -> str:
    return f"{period.confidence}, switched off" if period.switched_off else str(period.confidence)


def _headline(entry: InForce) -> str:
    numbers = _numbers(entry.period)
    return f"{entry.rule.id}: {entry.rule.title}" + (f" ({numbers})" if numbers else "")


def _source(period: Period) -> str:
    if period.switched_off and period.from_ is None:
        since = "from a day that is not known"
    elif period.law_from is not None:
        since = f"law since {_day(period.law_from)}, read back"
        since += f" to {_day(period.from_)}" if period.from_ else ""
    else:
        since = f"since {_day(period.from_)}" if period.from_ else "at all times"
    until = f", until {_day(period.to)}" if period.to else ""
    return f"{since}{until}; {period.confidence}: {period.citation}"


def _sides(change: Change) -> Sequence[str]:
    def side(name: str, period: Period | None) -> str:
        if period is None:
            return f"    {name}: not in force"
        return f"    {name}: {_numbers(period) or 'in force'}; {_source(period)}"

    return side("before", change.before), side("after", change.after)


def _numbers(period: Period) -> str:
    return ", ".join(
        f"{name.replace('_', ' ')} {number}" for name, number in period.numbers.items()
    )


def _open(day: date | None) -> str:
    return day.isoformat() if day else "—"


def _day(day: date) -> str:
    return day.isoformat()
