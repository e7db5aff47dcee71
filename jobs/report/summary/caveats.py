"""Sentences that pages and emails share: the backlog, and what to bear in mind."""

import math
from dataclasses import dataclass
from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.contract.view_models import number_text, plural
from jobs.report.published import Frames
from jobs.report.summary.headline import key_figure
from jobs.runtime.outgoing import clean

CHECKS_TOLD: Final = 3
NOTHING: Final = "Nothing: every check held and no row was kept aside."
_LATE: Final = (".of_the_night", ".written", ".quiet", ".stopped")
"""How the ids of checks end that find a register late."""
REGISTERS: Final = frozenset({"prison", "immigration"})


@dataclass(frozen=True, kw_only=True)
class Caveat:
    """Something that weakens a night; ``could_change`` is for how many people it may be otherwise.

    It is infinite where all of a delivery is in doubt, and nought where the number of people
    cannot be told.
    """

    could_change: float
    sentence: str


def caveats(facts: Frames, remarks: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Say what weakens a night, in the order of how many people each could change.

    First ``remarks`` on whole deliveries, then possible matches, nationalities, decisions of
    people and rows in quarantine by their number, and last checks that failed, of which nobody
    knows how many answers they touch. What is unusual stands on top of every page instead.
    """
    whole = [Caveat(could_change=math.inf, sentence=line) for line in remarks]
    found = sorted([*whole, *_of_people(facts)], key=lambda caveat: -caveat.could_change)
    of_checks = (*failed_checks(facts), *excused_checks(facts))
    lines = [*(caveat.sentence for caveat in found), *of_checks]
    return tuple(lines) or (NOTHING,)


def _of_people(facts: Frames) -> list[Caveat]:
    """What may be otherwise for so many people, of each kind that the night has."""
    figures = results.FIGURES.of(facts)
    said = (
        ("quality.people_aside", _people_aside),
        ("links.review", _review),
        ("links.cleared_by_decision", _by_decision),
        ("census.nationality_unknown", _nationality),
    )
    values = [(key_figure(figures, id_).value, sentence) for id_, sentence in said]
    found = [Caveat(could_change=n, sentence=sentence(n)) for n, sentence in values if n]
    aside = key_figure(figures, "quality.quarantined").value
    if aside:
        found.append(Caveat(could_change=0, sentence=_rows_aside(aside)))
    return found


def _people_aside(many: float) -> str:
    return (
        f"{plural(many, 'person', 'people')} who may be in scope "
        f"{'has' if many == 1 else 'have'} a row in quarantine: count them as well until it is "
        "mended."
    )


def _review(many: float) -> str:
    return (
        f"{plural(many, 'possible match waits', 'possible matches wait')} for a reviewer. Nobody "
        "is cleared by a possible match."
    )


def _by_decision(many: float) -> str:
    return (
        f"{plural(many, 'custody episode is', 'custody episodes are')} cleared because a person, "
        "and not the model, decided that two records are one person: each names who decided and "
        "who confirmed it."
    )


def _nationality(many: float) -> str:
    return (
        f"The nationality of {plural(many, 'person', 'people')} in prison is not known. They are "
        "counted in scope where their sentence is long enough."
    )


def _rows_aside(many: float) -> str:
    return (
        f"{plural(many, 'row was', 'rows were')} kept aside because of an error in the row; they "
        "are counted on the data quality page and come back once mended."
    )


def foremost_caveat(facts: Frames, remarks: tuple[str, ...] = ()) -> str:
    """What could change most, for the foot of every page; empty where nothing weakens the night."""
    first, *others = caveats(facts, remarks)
    if first == NOTHING:
        return ""
    return f"{first} {plural(len(others), 'thing', 'things')} more." if others else first


def late_registers(facts: Frames) -> tuple[str, ...]:
    """What is said on top where a register is not of the night, or has nothing new."""
    checks = results.CHECK_RESULTS.of(facts)
    late = checks["check_id"].str.endswith(_LATE) & ~checks["passed"].astype("bool")
    found = checks[late].sort_values("check_id")
    registers = found["table_name"].str.split(".").str[0]
    return tuple(
        f"The {register} register is late: it does not hold that {meaning}."
        for register, meaning in zip(registers, found["meaning"], strict=True)
    )


def _failed(facts: Frames) -> pd.DataFrame:
    """Checks that failed and that nobody has excepted."""
    checks = results.CHECK_RESULTS.of(facts)
    return checks[~checks["passed"].astype("bool") & checks["excused"].isna()]


def failed_checks(facts: Frames) -> list[str]:
    """The checks that did not hold on a published night: the widest in words, the rest counted."""
    failed = _failed(facts).sort_values(
        ["rows_failed", "check_id"], ascending=[False, True], na_position="last"
    )
    sentences = []
    for row in failed.head(CHECKS_TOLD).to_dict("records"):
        count = row["rows_failed"]
        many = "" if pd.isna(count) or not count else f" in {plural(int(count), 'row', 'rows')}"
        where = table_words(str(row["table_name"]))
        sentences.append(f"A check of {where} failed{many}: {row['meaning']}.")
    rest = len(failed) - CHECKS_TOLD
    if rest > 0:
        sentences.append(
            f"{plural(rest, 'other check', 'other checks')} failed: see the data quality page."
        )
    return sentences


def table_words(table: str) -> str:
    """A table as readers say it: ``persons in the prison register`` for ``prison.persons``."""
    place, _, name = table.rpartition(".")
    words = name.replace("_", " ")
    return f"{words} in the {place} register" if place in REGISTERS else words


def excused_checks(facts: Frames) -> list[str]:
    """The checks that failed and that a file lets pass, each with its reason and owner.

    Whoever writes that file needs nobody else for it, so none of them is counted away.
    """
    checks = results.CHECK_RESULTS.of(facts)
    excused = checks[~checks["passed"].astype("bool") & checks["excused"].notna()]
    return [
        clean(
            f"The failed check {row['check_id']} is let pass by an exception in the site's file: "
            f"{row['excused']}. It asks that {row['meaning']}."
        )
        for row in excused.sort_values("check_id").to_dict("records")
    ]


def backlog_sentence(figures: pd.DataFrame) -> str:
    """Work and staff in a sentence or two."""
    cases = key_figure(figures, "backlog.open")
    working = key_figure(figures, "staff.working")
    each = key_figure(figures, "staff.cases_per_fte")
    diverted = key_figure(figures, "staff.diverted")
    lead = f"{plural(cases.value, 'criminal case is', 'criminal cases are')} open"
    if each.value is None:
        return f"{lead}; the number of staff at work on them is not known."
    lead += f", {each.text} for each of the {working.text} full-time equivalents at work on them."
    if diverted.value:
        lead += f" Another {diverted.text} work elsewhere."
    return lead


def capacity_sentence(figures: pd.DataFrame) -> str:
    """Whether the pace of decisions keeps up with the releases ahead, in a sentence."""
    decided = key_figure(figures, "flow.decided_13_weeks")
    late = key_figure(figures, "flow.late_26_weeks")
    if not decided.value:
        return "No decision is recorded in the last 13 weeks: at this pace nobody gets a turn."
    weekly = number_text(round(decided.value / 13, 1))
    if not late.value:
        return (
            f"At the present pace of {weekly} decisions a week, everybody known can be decided on "
            "before release in the next 26 weeks."
        )
    between = f" ({late.range_text})" if late.range_text else ""
    return (
        f"At the present pace of {weekly} decisions a week, "
        f"{plural(late.value, 'person', 'people')}{between} will be released before their turn in "
        "the next 26 weeks."
    )
