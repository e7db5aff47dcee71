"""The rules as data: dated, cited, and refused when anything about them is unclear.

Every rule lies in a TOML file under ``rules/``: its id, what it says, the event whose date selects
the period that applies, and for each period a citation, a confidence and its numbers. Code declares
the rules that it applies (`AppliedRule`) and asks each for the numbers in force on each day; no
number of policy is written in code.
"""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from jobs.assess.columns import Days, Flags, Whole
from jobs.assess.policy.applied_rules import AppliedRule
from jobs.assess.policy.number_bounds import Bounds, beyond
from jobs.assess.policy.rule_overrides import Override, Placed, read_overrides
from jobs.assess.policy.toml_lines import line_of
from jobs.runtime.errors import BadInput
from jobs.runtime.files import text_digest
from jobs.runtime.toml_files import parse_toml, read_toml_text

POLICY_VERSION = "11"
"""Raised with a line in CHANGELOG.md whenever a rule or a number changes."""

FOLDER = Path(__file__).parent / "rules"
_START, _END = date(1, 1, 1), date(9999, 12, 31)


class Confidence(StrEnum):
    """How sure the source is."""

    VERIFIED = "verified"
    INFERRED = "inferred"
    HOUSE = "house"
    UNVERIFIED = "unverified"


class SelectedBy(StrEnum):
    """The event whose date selects the period that applies."""

    SENTENCE = "sentence"
    CONVICTION = "conviction"
    CONDUCT = "conduct"
    RELEASE = "release"
    NIGHT = "night"


Text = Annotated[str, Field(min_length=1)]
_SOURCE = re.compile(
    r"((?:\bAct|\bOrder|\bSI|\bPSO|\bPSI|\bHC|\bRules)\b[^;]*?\b((?:19|20)\d\d)\b)"
)
"""A source of law in a citation, and the year in its name."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Period(_Strict):
    """A rule from one day up to, not including, another; an open end is left out.

    ``law_from`` is the first day on which it was law or published policy, where the period reads it
    back to earlier events: it decides upon them, and is not listed as law of their days.
    """

    from_: date | None = Field(default=None, alias="from")
    to: date | None = None
    law_from: date | None = None
    citation: Text
    confidence: Confidence
    switched_off: bool = False
    numbers: dict[str, Annotated[int, Field(ge=0)]] = {}

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        if self.starts >= self.ends:
            raise ValueError("the period ends before it starts")
        if self.confidence is Confidence.UNVERIFIED and not self.switched_off:
            raise ValueError("an unverified rule must have switched_off = true")
        if self.law_from is not None and self.law_from <= self.starts:
            raise ValueError("law_from is not later than from: nothing is read back")
        if self.confidence is not Confidence.HOUSE and not self.switched_off:
            self._refuse_source_of_later()
        return self

    def _refuse_source_of_later(self) -> None:
        """Stop where a period would be law before the year of a source that it cites."""
        year = (self.law_from or self.starts).year
        for source, named in _SOURCE.findall(self.citation):
            if int(named) > year:
                raise ValueError(f"[{source.strip()}] is later than the first day: give law_from")

    @property
    def starts(self) -> date:
        """First day, the beginning of time where open."""
        return self.from_ or _START

    @property
    def ends(self) -> date:
        """First day after the period, the end of time where open."""
        return self.to or _END

    def holds_on(self, day: date) -> bool:
        """Whether the period is switched on and covers ``day``."""
        return not self.switched_off and self.starts <= day < self.ends

    def is_read_back_to(self, day: date) -> bool:
        """Whether it decides upon events of ``day`` although it was not law yet."""
        return self.holds_on(day) and self.law_from is not None and day < self.law_from


class Rule(_Strict):
    """One rule and its periods, in order of time.

    ``bounds`` are the least and the most that each of its numbers may be, at any site.
    """

    id: Annotated[str, Field(pattern=r"^[a-z]+\.[a-z0-9-]+$")]
    title: Text
    says: Text
    selected_by: SelectedBy
    bounds: Bounds = {}
    period: Annotated[tuple[Period, ...], Field(min_length=1)]

    def out_of_bounds(self, numbers: Mapping[str, int]) -> str:
        """What is wrong with the numbers of a period; empty if nothing is."""
        return beyond(self.bounds, numbers)

    @property
    def periods(self) -> tuple[Period, ...]:
        """The periods that are switched on, in order of time."""
        return tuple(period for period in self.period if not period.switched_off)

    def in_force(self, days: Days) -> Flags:
        """Whether the rule is in force on each day; false for a missing day."""
        return self._indices(days) >= 0

    def number(self, name: str, days: Days) -> Whole:
        """The number in force on each day; 0 where the rule is not in force."""
        values = np.array([period.numbers[name] for period in self.periods] + [0])
        answer: Whole = values[self._indices(days)]
        return answer

    def number_on(self, name: str, day: date) -> int:
        """The number in force on one day; 0 where the rule is not in force."""
        return next((period.numbers[name] for period in self.periods if period.holds_on(day)), 0)

    def _indices(self, days: Days) -> Whole:
        answer = np.full(len(days), -1)
        for index, period in enumerate(self.periods):
            inside = (days >= np.datetime64(period.starts)) & (days < np.datetime64(period.ends))
            answer[inside] = index
        return answer


class _RuleFile(_Strict):
    rule: Annotated[tuple[Rule, ...], Field(min_length=1)]


@dataclass(frozen=True, kw_only=True)
class InForce:
    """A rule and the period of it that holds on a day."""

    rule: Rule
    period: Period


@dataclass(frozen=True, kw_only=True)
class Change:
    """What happens to a rule between two days: ``before`` or ``after`` is empty if not in force."""

    rule: Rule
    before: Period | None
    after: Period | None


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Every rule by id, with a version and a digest over the files that say them.

    ``overrides`` are the site's own changes, already made in ``rules``.
    """

    version: str
    digest: str
    rules: dict[str, Rule] = field(repr=False)
    overrides: tuple[Placed, ...] = ()

    def __getitem__(self, applied: AppliedRule) -> Rule:
        """The dated rule that code applies; only a declared one can be asked for."""
        return self.rules[applied.id]

    def refuse_expired(self, *, as_of: date) -> None:
        """Stop a night on which an override has expired.

        Raises:
            BadInput: naming the file and line of the override.
        """
        for placed in self.overrides:
            placed.refuse_if_expired(as_of)

    def numbers_of(self, override: Override) -> dict[str, int]:
        """The numbers of the period that an override changes; empty where there is none."""
        rule = self.rules.get(override.rule)
        periods = () if rule is None else rule.period
        return next(
            (dict(period.numbers) for period in periods if period.from_ == override.from_), {}
        )

    def on(self, *, day: date) -> list[InForce]:
        """The rules in force on a day, by id."""
        return [
            InForce(rule=rule, period=period)
            for _, rule in sorted(self.rules.items())
            for period in rule.periods
            if period.holds_on(day)
        ]

    def changes(self, *, before: date, after: date) -> list[Change]:
        """What changes in the rules between two days, by id."""
        old = {entry.rule.id: entry.period for entry in self.on(day=before)}
        new = {entry.rule.id: entry.period for entry in self.on(day=after)}
        return [
            Change(rule=self.rules[rule_id], before=old.get(rule_id), after=new.get(rule_id))
            for rule_id in sorted(old.keys() | new.keys())
            if old.get(rule_id) != new.get(rule_id)
        ]


def read_policy(
    *,
    applied: Mapping[str, AppliedRule],
    folder: Path = FOLDER,
    overrides: Path | None = None,
) -> Policy:
    """Read every rule file of a folder, and a site's overrides.

    Args:
        applied: the rules that code applies, by id, with the numbers that it reads.
        folder: the rule files.
        overrides: a TOML file of ``[[override]]`` tables, each with ``rule``, ``from`` where the
            period has one, ``numbers`` or ``switched_on``, ``reason``, ``owner``, ``expires``.

    Raises:
        BadInput: a file that is not TOML, an unknown key, a missing citation or number, a rule that
            is missing or given twice, one that is switched on and applied by no code, periods that
            leave a gap or overlap, or an unverified rule that is switched on. The message names
            file and line.
    """
    rules: dict[str, Rule] = {}
    texts: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        text = read_toml_text(path, where=f"file [{path}]")
        texts += [path.name, text]
        for index, rule in enumerate(_read(path, text)):
            flaw = flaw_of(rule, applied.get(rule.id))
            if rule.id in rules:
                flaw = (), f"rule [{rule.id}] is given twice"
            if flaw is not None:
                where, what = flaw
                raise _bad(path, text, ("rule", index, *where), what)
            rules[rule.id] = rule
    missing = sorted(applied.keys() - rules.keys())
    if missing:
        raise BadInput(f"folder [{folder}]", f"no rule [{missing[0]}]", "restore its file")
    shipped = Policy(version=POLICY_VERSION, digest=text_digest(*texts), rules=rules)
    if overrides is None:
        return shipped
    text, placed = read_overrides(overrides)
    return with_overrides(shipped, placed, text=text, applied=applied)


def with_overrides(
    policy: Policy,
    placed: Sequence[Placed],
    *,
    text: str,
    applied: Mapping[str, AppliedRule],
) -> Policy:
    """A policy with a site's changes made in it.

    Args:
        policy: the rules as they are shipped.
        placed: the changes, each with where it stands.
        text: all that they say; the digest of the policy holds it.
        applied: the rules that code applies, by id.

    Raises:
        BadInput: a change fits no rule, period or number, or a number is out of its rule's bounds.
    """
    rules = dict(policy.rules)
    for each in placed:
        rule_id = each.override.rule
        if rule_id not in rules:
            raise each.refuse(f"no rule [{rule_id}]")
        if rule_id not in applied:
            raise each.refuse(f"rule [{rule_id}] is known by report only: no code reads it yet")
        rules[rule_id] = overridden(each, rules[rule_id])
    digest = text_digest(policy.digest, "overrides", text)
    return replace(policy, digest=digest, rules=rules, overrides=(*policy.overrides, *placed))


def overridden(placed: Placed, rule: Rule) -> Rule:
    """The rule with the numbers of an override in the period that it names."""
    override = placed.override
    index = [
        index
        for index, period in enumerate(rule.period)
        if period.from_ == override.from_ and period.switched_off == override.switched_on
    ]
    if len(index) != 1:
        raise placed.refuse(f"rule [{rule.id}] has no such period from [{override.from_}]")
    period = rule.period[index[0]]
    unknown = sorted(set(override.numbers) - set(period.numbers))
    if unknown:
        raise placed.refuse(f"rule [{rule.id}] has no number [{unknown[0]}]")
    if what := rule.out_of_bounds({**period.numbers, **override.numbers}):
        raise placed.refuse(f"rule [{rule.id}]: {what}")
    changed = period.model_copy(
        update={"numbers": {**period.numbers, **override.numbers}, "switched_off": False}
    )
    periods = (*rule.period[: index[0]], changed, *rule.period[index[0] + 1 :])
    if override.switched_on:
        periods = _make_room(periods, changed)
    return rule.model_copy(update={"period": periods})


def _make_room(periods: tuple[Period, ...], new: Period) -> tuple[Period, ...]:
    """End the period that was open when one is switched on after it."""
    return tuple(
        period.model_copy(update={"to": new.from_})
        if period is not new and not period.switched_off and period.holds_on(new.starts)
        else period
        for period in periods
    )


def _read(path: Path, text: str) -> tuple[Rule, ...]:
    try:
        return _RuleFile.model_validate(parse_toml(text, where=f"file [{path}]")).rule
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _bad(path, text, first["loc"], f"[{where}] {first['msg'].lower()}") from None


def flaw_of(rule: Rule, applied: AppliedRule | None) -> tuple[tuple[Any, ...], str] | None:
    """What is wrong with a rule, and where in it; nothing if it can be applied."""
    if applied is not None and applied.numbers:
        for number, period in enumerate(rule.period):
            odd = sorted(set(applied.numbers) ^ set(period.numbers))
            if odd:
                what = f"rule [{rule.id}]: number [{odd[0]}] missing or unknown"
                return ("period", number), what
        boundless = sorted(set(applied.numbers) ^ set(rule.bounds))
        if boundless:
            return (), f"rule [{rule.id}]: bounds of [{boundless[0]}] missing or unknown"
    for number, period in enumerate(rule.period):
        if what := rule.out_of_bounds(period.numbers):
            return ("period", number), f"rule [{rule.id}]: {what}"
    switched_on = [n for n, period in enumerate(rule.period) if not period.switched_off]
    for earlier, later in itertools.pairwise(switched_on):
        ends, starts = rule.period[earlier].ends, rule.period[later].starts
        if ends != starts:
            kind = "a gap" if ends < starts else "an overlap"
            return ("period", later), f"rule [{rule.id}]: {kind} between [{ends}] and [{starts}]"
    if applied is None and rule.periods:
        return (), f"rule [{rule.id}] is switched on and no code reads it"
    return None


def _bad(path: Path, text: str, where: Sequence[Any], what: str) -> BadInput:
    return BadInput(f"file [{path}] line {line_of(text, where)}", what, "mend the rule file")
