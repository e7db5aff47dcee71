"""The row rules: what makes a row unusable, and what is worth mending though it is used.

Most follow from the contract; the others are written here. A rule that sets rows aside does so
only where the row cannot be used: a wrong code, a missing date or an odd order of dates is a
warning, because quarantine must never hide a prisoner. For the same reason a custody episode or a
case stays although its person is missing.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from dataclasses import dataclass
from functools import cache

from jobs.contract import immigration, prison
from jobs.contract.proof.failure_kinds import MARK, MARKED
from jobs.contract.registers import TABLES
from jobs.contract.schema import Table

UNREADABLE = "unreadable "
"""Prefix of the column that says that a delivered value could not be read."""

WITH_PLANTED = "with_planted"
"""Variable of DuckDB that is true where planted people are tried, and nothing is published."""

DUPLICATE_IDENTICAL = "duplicate_identical"
DUPLICATE_CONFLICTING = "duplicate_conflicting"

KEPT_AS_ORPHANS = frozenset(
    {
        prison.EPISODES.full_name,
        immigration.CASES.full_name,
        immigration.DETENTIONS.full_name,
        immigration.BAILS.full_name,
        immigration.REMOVALS.full_name,
    }
)
"""Tables whose rows tell of a person, a case or a removal even without the row they refer to."""

LONGEST_TERM_YEARS = 100
"""A term beyond this is an error of typing; the number is this project's."""


@dataclass(frozen=True, kw_only=True)
class RowRule:
    """One rule on the rows of one table.

    ``broken`` is an SQL predicate on the converted row ``t``, true where the rule is broken;
    ``reason`` says why it must hold. ``quarantines`` says whether such a row is set aside;
    otherwise it goes on and is counted.
    """

    id: str
    table: str
    column: str | None
    quarantines: bool
    meaning: str
    reason: str
    broken: str

    @property
    def owner(self) -> str:
        """Who mends the rows."""
        return owner(self.table)


def owner(table: str) -> str:
    """Who mends what a rule or check on this table finds."""
    register = table.partition(".")[0]
    return {
        "prison": "data team of the prison register",
        "immigration": "data team of the immigration register",
    }.get(register, "maintainers of the reconciliation")


@cache
def row_rules() -> tuple[RowRule, ...]:
    """Every row rule, those of the contract first; ids are unique.

    The two rules on duplicates have no predicate: they look at several rows at once.
    """
    rules: list[RowRule] = []
    for table in TABLES.values():
        rules += _readable(table)
        rules += _required(table)
        rules += _known_codes(table)
        rules += _parents(table)
        rules += _reserved(table)
        rules += _duplicates(table)
    return tuple(rules + _terms() + _dates())


def _rule(
    table: Table,
    column: str | None,
    name: str,
    meaning: str,
    reason: str,
    broken: str,
    *,
    quarantines: bool = False,
) -> RowRule:
    parts = [table.full_name, column, name] if column else [table.full_name, name]
    return RowRule(
        id=".".join(parts),
        table=table.full_name,
        column=column,
        quarantines=quarantines,
        meaning=meaning,
        reason=reason,
        broken=broken,
    )


LENGTH_OF_SENTENCE = frozenset(
    {"term_years", "term_months", "term_weeks", "term_days", "consecutive_to_sequence"}
    | {"activated_date"}
)
"""Fields of a sentence without which it would seem shorter than it is, or not to run at all."""


def _readable(table: Table) -> list[RowRule]:
    """A value that cannot be read is missing; only where the row needs it is the row set aside.

    A sentence with one part of its term unreadable would be taken for a shorter one, and its person
    for out of scope. Set aside, it leaves the length open, and the person in scope.
    """
    rules = []
    for field in table.fields:
        needed = not field.nullable or (
            table is prison.SENTENCES and field.name in LENGTH_OF_SENTENCE
        )
        rules.append(
            _rule(
                table,
                field.name,
                "unreadable",
                f"the value can be read as {field.shape.name if field.shape else field.kind}"
                + ("" if needed else "; it counts as missing, the row stays in use"),
                "nothing is guessed: 04/05/2006 is two dates, so it is none; "
                + ("the row cannot be used without it" if needed else "nobody is lost by it"),
                f't."{UNREADABLE}{field.name}"',
                quarantines=needed,
            )
        )
    return rules


def _required(table: Table) -> list[RowRule]:
    return [
        _rule(
            table,
            field.name,
            "missing",
            "the value is there: the row cannot be used without it",
            "without it the row belongs to nobody or says nothing",
            f't."{field.name}" IS NULL AND NOT t."{UNREADABLE}{field.name}"',
            quarantines=True,
        )
        for field in table.fields
        if not field.nullable
    ]


def _known_codes(table: Table) -> list[RowRule]:
    rules = []
    for field in table.fields:
        if field.codes is not None:
            values = ", ".join(f"'{code}'" for code in sorted(field.codes.values))
            rules.append(
                _rule(
                    table,
                    field.name,
                    "unknown_code",
                    f"the code is one of the list of {field.codes.name}; the row stays in use",
                    "an unknown code counts as unknown, and to drop its row would hide somebody",
                    f't."{field.name}" IS NOT NULL AND t."{field.name}" NOT IN ({values})',
                )
            )
    return rules


def _parents(table: Table) -> list[RowRule]:
    kept = table.full_name in KEPT_AS_ORPHANS
    rules = []
    for column, parent in table.parents.items():
        key = TABLES[parent].key[0]
        rules.append(
            _rule(
                table,
                column,
                "orphan",
                f"the row it refers to was delivered in {parent}"
                + ("; the row stays in use" if kept else ""),
                "the row tells of somebody even without it"
                if kept
                else "without the row it refers to it tells of nobody",
                f't."{column}" IS NOT NULL AND NOT EXISTS '
                f'(SELECT 1 FROM delivered_{parent} AS p WHERE p."{key}" = t."{column}")',
                quarantines=not kept,
            )
        )
    return rules


def _reserved(table: Table) -> list[RowRule]:
    """A register has nobody of the references that planted people bear."""
    return [
        _rule(
            table,
            column,
            "reserved",
            f"the reference does not begin with {MARK}, as those of planted people do",
            "planted people are invented, and may be in no publication",
            f"starts_with(t.\"{column}\", '{MARK}') "
            f"AND NOT coalesce(getvariable('{WITH_PLANTED}'), false)",
            quarantines=True,
        )
        for column in MARKED
        if column in table.columns
    ]


def _duplicates(table: Table) -> list[RowRule]:
    key = ", ".join(table.key)
    kept = "the one recorded last is kept" if "recorded_at" in table.columns else "one is kept"
    return [
        _rule(
            table,
            None,
            DUPLICATE_IDENTICAL,
            f"no other row is the same in every field; one is kept ({key})",
            "a row delivered twice is one fact",
            "",
            quarantines=True,
        ),
        _rule(
            table,
            None,
            DUPLICATE_CONFLICTING,
            f"no other row has the same key and says something else; {kept} ({key})",
            "of two facts under one key only one can hold",
            "",
            quarantines=True,
        ),
    ]


def _terms() -> list[RowRule]:
    table = prison.SENTENCES
    per_year = {"term_years": 1, "term_months": 12, "term_weeks": 53, "term_days": 366}
    rules = [
        _rule(table, column, "negative", "a term is not negative", _NO_LENGTH, f"t.{column} < 0",
              quarantines=True)
        for column in per_year
    ]  # fmt: skip
    rules += [
        _rule(
            table,
            column,
            "too_long",
            f"a term is at most {LONGEST_TERM_YEARS} years",
            "a longer one is an error of typing",
            f"t.{column} > {LONGEST_TERM_YEARS * units}",
        )
        for column, units in per_year.items()
    ]
    rules += [
        _rule(
            immigration.STAFFING,
            column,
            "negative",
            "a number of staff is not negative",
            "it would be taken off the staff of other teams",
            f"t.{column} < 0",
            quarantines=True,
        )
        for column in ("fte", "fte_absent", "fte_diverted")
    ]
    rules += [
        _rule(table, "remand_days", "negative", "days on remand are not negative",
              "they shorten a sentence, never lengthen it", "t.remand_days < 0"),
        _rule(prison.EPISODES, "additional_days_awarded", "negative",
              "added days are not negative", "they lengthen a stay, never shorten it",
              "t.additional_days_awarded < 0"),
        _rule(table, "sentence_date", "empty", "the court's date is recorded",
              "the rules in force depend on it", "t.sentence_date IS NULL"),
        _rule(table, "consecutive_to_sequence", "circular",
              "a sentence does not follow itself", "such a chain has no length",
              "t.consecutive_to_sequence = t.sentence_sequence"),
    ]  # fmt: skip
    return rules


_NO_LENGTH = "a sentence with it has no length, on which scope depends"
_ORDERS = (
    (prison.EPISODES, "reception_date", "last_movement_date", "reception", "the last movement"),
    (prison.EPISODES, "sentence_start_date", "sentence_expiry_date", "the sentence", "its end"),
    (prison.SENTENCES, "offence_date", "conviction_date", "the conduct", "conviction"),
    (prison.SENTENCES, "conviction_date", "sentence_date", "conviction", "the sentence"),
    (prison.ALERTS, "start_date", "end_date", "the start of an alert", "its end"),
    (immigration.CASES, "referral_sent_date", "referral_received_date", "sending", "receipt"),
    (immigration.CASES, "referral_received_date", "considered_date", "referral", "the decision"),
    (immigration.CASES, "opened_date", "closed_date", "opening", "closing"),
    (immigration.APPEALS, "lodged_date", "outcome_date", "lodging", "the outcome"),
    (immigration.BARRIERS, "raised_date", "cleared_date", "raising", "clearing"),
    (immigration.DETENTIONS, "start_date", "end_date", "the start of a stay", "its end"),
    (immigration.BAILS, "granted_date", "ended_date", "the grant of bail", "its end"),
)
"""Pairs of dates of one row of which the first is not after the second."""

_HAPPENED = (
    (prison.EPISODES, "reception_date"),
    (prison.EPISODES, "last_movement_date"),
    (prison.SENTENCES, "sentence_date"),
    (prison.MOVEMENTS, "movement_date"),
    (immigration.CASES, "considered_date"),
    (immigration.EVENTS, "occurred_date"),
    (immigration.REMOVALS, "removed_date"),
)
"""Dates of what has happened: none lies after the night."""


def _dates() -> list[RowRule]:
    orders = [
        _rule(table, second, "before_its_cause", f"{before} does not come after {after}",
              "one of the two dates is wrong", f"t.{first} > t.{second}")
        for table, first, second, before, after in _ORDERS
    ]  # fmt: skip
    future = [
        _rule(table, column, "in_the_future", "what is recorded as done lies not after the night",
              "nobody can have recorded what has not happened",
              f"t.{column} > getvariable('as_of')")
        for table, column in _HAPPENED
    ]  # fmt: skip
    births = [
        _rule(table, "date_of_birth", "impossible",
              "the date of birth lies between 1880 and the night, and stands for no missing date",
              "systems write 1900 and 1970 where they know no date",
              "t.date_of_birth > getvariable('as_of') OR t.date_of_birth < DATE '1880-01-01' "
              "OR t.date_of_birth IN (DATE '1900-01-01', DATE '1970-01-01')")
        for table in (prison.PERSONS, immigration.PERSONS)
    ]  # fmt: skip
    return orders + future + births
