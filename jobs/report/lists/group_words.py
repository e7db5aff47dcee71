"""Groups of figures as readers see them: words instead of codes, names of prisons, no brackets."""

from collections.abc import Mapping
from typing import Final

import pandas as pd

from jobs.contract import codes as c
from jobs.contract import results
from jobs.contract.proof.assurance_strata import STRATA
from jobs.contract.registers import REGISTERS
from jobs.contract.results.assessed import DISCREPANCY_KINDS
from jobs.contract.results.list_words import STATUS_WORDS
from jobs.report.figures.conditions import IN_TIME, NO_DATE, NOT_RECORDED
from jobs.report.lists.census import prison_names
from jobs.report.published import ALL, NONE, Frames, if_held

_BARE: Final = {NONE: "not recorded", NOT_RECORDED: "not recorded", NO_DATE: "no date recorded"}
"""Groups of rows that name nothing."""


_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "discrepancies.by_rule": DISCREPANCY_KINDS,
    "discrepancies.by_register": {name: f"the {name} register" for name in REGISTERS},
    "outcome.by_outcome": results.OUTCOME.meanings,
    "backlog.by_stage": c.STAGE.meanings,
    "backlog.by_team": {NONE: "no team"},
    "notices.unanswered_by_prison": {IN_TIME: "may still be answered in time"},
    "notices.unanswered_by_team": {IN_TIME: "may still be answered in time", NONE: "no team"},
    "scope.by_status": {
        code: f"{STATUS_WORDS[code]}: {meaning}"
        for code, meaning in results.STATUS.meanings.items()
    },
    **{
        f"assurance.{name}_by_stratum": STRATA
        for name in ("cleared", "checked", "bad", "wrong_at_most")
    },
}
_BY_PRISON: Final = frozenset({"missed.by_prison", "due.by_prison", "notices.unanswered_by_prison"})
_BY_RULE: Final = "quality.by_rule"


def group_text(figure_id: str, group: str) -> str:
    """What a group of a figure is called, where that needs nothing of the night."""
    words = _WORDS.get(figure_id, {})
    return _sentence_case(words.get(group, _BARE.get(group, group)))


def group_texts(figures: pd.DataFrame, facts: Frames) -> "pd.Series[str]":
    """What readers see of the group of each row of figures.

    Args:
        figures: rows with ``figure_id`` and ``group_value``.
        facts: frames of the publication by full name: its census names the prisons, its check
            results say what each rule of the quarantine asks.

    Returns:
        Text beside each row; nothing where the figure counts everything together.
    """
    by_night = {**dict.fromkeys(_BY_PRISON, prison_names(facts)), _BY_RULE: rule_texts(facts)}
    texts = [
        None
        if group == ALL
        else by_night.get(figure_id, {}).get(group, group_text(figure_id, group))
        for figure_id, group in zip(figures["figure_id"], figures["group_value"], strict=True)
    ]
    return pd.Series(texts, index=figures.index, dtype="str")


def rule_texts(facts: Frames) -> dict[str, str]:
    """What must hold by each check or rule for rows, as sentences, by its id."""
    checks = if_held(results.CHECK_RESULTS, facts)
    if checks is None:
        return {}
    pairs = zip(checks["check_id"].astype("str"), checks["meaning"].astype("str"), strict=True)
    return {check: _sentence_case(meaning) for check, meaning in pairs}


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]
