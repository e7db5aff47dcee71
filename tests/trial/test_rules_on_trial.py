"""Rules on trial: who is concerned, to the person, and what a file may propose."""

import re
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.samples.minimal_registers import AS_OF, default_rows, register_tables
from jobs.assess import changed_rules, load_policy, load_proposed
from jobs.check import accept_rows
from jobs.contract import results
from jobs.contract.results.list_words import STATUS_WORDS
from jobs.link import link_registers
from jobs.runtime.errors import BadInput
from jobs.trial import RuleTrial, TrialNight
from jobs.trial.page import NOTICE, trial_lines, write_trial
from jobs.warehouse import Publication

WHY = 'reason = "a trial"\nowner = "A. Minister"\nexpires = 2007-01-01\n'
SIX_MONTHS = f"""
[[override]]
rule = "referral.non-eea-length"
numbers = {{ months = 6 }}
{WHY}"""
EEA_AS_ALL = f"""
[[override]]
rule = "referral.eea-length"
numbers = {{ months = 12 }}
{WHY}"""
ANY_DRUGS = """
[[rule]]
id = "referral.drugs"
title = "Drug offences of any length"
says = "A national of a state outside the EEA with any custodial sentence for drugs is in scope."
selected_by = "sentence"
[[rule.period]]
citation = "proposed"
confidence = "house"
"""
EARLIER_NOTICE = f"""
[[override]]
rule = "consideration.due"
numbers = {{ months_before_release = 18 }}
{WHY}"""
PEOPLE = {
    "A1": ("NIGERIA", "THEFT", 7), "B1": ("NIGERIA", "THEFT", 6), "C1": ("NIGERIA", "THEFT", 5),
    "D1": ("FRANCE", "THEFT", 13), "E1": ("FRANCE", "THEFT", 11), "F1": ("NIGERIA", "DRUGS", 1),
    "G1": ("NIGERIA", "DRUGS_POSSESSION", 1), "H1": ("BRIT", "DRUGS", 60),
    "I1": ("NIGERIA", "THEFT", 60),
}  # fmt: skip
"""Nationality, offence and months of some who are in prison, to be released in 15 months."""
RELEASE = date(2007, 7, 25)


@cache
def tonight() -> tuple[TrialNight, dict[str, pd.DataFrame]]:
    """The night of the people of the table, and what the rules in force find."""
    (person, *_), (held, *_) = default_rows("prison.persons"), default_rows("prison.episodes")
    (sentence, *_) = default_rows("prison.sentences")
    names = {f"A{place:04}ZZ": told for place, told in enumerate(PEOPLE.values())}
    ids = dict(zip(names, PEOPLE, strict=True))
    tables = register_tables(
        prison_persons=[
            {**person, "prisoner_number": n, "nationality": told[0], "pnc_number": None,
             "last_name": f"Bello{n}"}
            for n, told in names.items()
        ],
        prison_episodes=[
            {**held, "prisoner_number": n, "episode_id": ids[n],
             "conditional_release_date": RELEASE}
            for n in names
        ],
        prison_sentences=[
            {**sentence, "episode_id": ids[n], "offence_code": told[1], "term_years": None,
             "term_months": told[2], "conviction_date": sentence["sentence_date"]}
            for n, told in names.items()
        ],
        prison_movements=[], prison_identifiers=[],
    )  # fmt: skip
    checked = accept_rows(tables=tables, as_of=AS_OF)
    linked = link_registers(
        tables=checked.accepted,
        decisions=results.DECISIONS.empty(),
        previous_identities=results.IDENTITIES.empty(),
    )
    night = TrialNight(
        publication=Publication(
            publication_id="0123456789abcdef", number=1, as_of=AS_OF,
            published_at=datetime(2006, 4, 26, tzinfo=UTC), content_digest="", chain_digest="",
            manifest={},
        ),
        tables=checked.accepted,
        kept={
            results.LINKS.full_name: linked.links,
            results.IDENTITIES.full_name: linked.identities,
            results.CHECK_RESULTS.full_name: results.CHECK_RESULTS.empty(),
            results.QUARANTINE.full_name: checked.quarantine,
            results.ROW_COUNTS.full_name: checked.row_counts,
        },
        previous={},
    )  # fmt: skip
    return night, night.under(load_policy())


def tried(tmp_path: Path, text: str) -> RuleTrial:
    """The people of the table under the rules in force, and under those proposed."""
    path = tmp_path / "proposed.toml"
    path.write_text(text, encoding="utf-8")
    night, before = tonight()
    return RuleTrial(
        night=night, before=before, after=night.under(load_proposed(load_policy(), path))
    )


@pytest.mark.parametrize(
    ("text", "enter"),
    [
        pytest.param(SIX_MONTHS, {"A1", "B1"}, id="a threshold of six months: not five"),
        pytest.param(EEA_AS_ALL, {"D1"}, id="the EEA as all others: not eleven months"),
        pytest.param(ANY_DRUGS, {"F1"}, id="drugs of any length: not possession, not British"),
        pytest.param(SIX_MONTHS + ANY_DRUGS, {"A1", "B1", "F1"}, id="two proposals at once"),
    ],
)
def test_exactly_those_enter_the_scope_whom_the_rule_brings(
    text: str, enter: set[str], tmp_path: Path
) -> None:
    trial = tried(tmp_path, text)
    change = trial.people.set_index("episode_id")["change"]
    assert set(change.index[change.eq("enters the scope")]) == enter
    assert not change.eq("leaves the scope").any()
    assert trial.concerned("prison_id")["enter"].sum() == len(enter)


def test_earlier_notice_makes_due_whom_it_should_and_moves_nobody_in_or_out(
    tmp_path: Path,
) -> None:
    trial = tried(tmp_path, EARLIER_NOTICE)
    assert trial.people["change"].eq("stays").all()
    assert list(trial.people["episode_id"]) == ["I1"]
    was, now = trial.value("due.total")
    assert (was, now) == (0, 1)
    moved = trial.moved
    told = moved.bridges.set_index("figure_id").loc["due.total"]
    assert told["closing"] - told["opening"] == 1
    assert set(moved.movement["cause"]) == {"rule_changed"}
    assert next(iter(trial.due["after"] - trial.due["before"])) == 1


def test_the_page_says_that_it_is_a_trial_and_names_nobody(tmp_path: Path) -> None:
    trial = tried(tmp_path, SIX_MONTHS)
    policy = load_policy()
    changed = changed_rules(policy, load_proposed(policy, tmp_path / "proposed.toml"))
    write_trial([trial], changed=changed, folder=tmp_path / "out")
    page = (tmp_path / "out" / "index.html").read_text()
    assert page.count(NOTICE) == 2
    assert "2 custody episodes enter the scope" in page
    assert "months 6 until 17 July 2006; months 12 from 17 July 2006" in page
    assert "months 12 at all times" in page
    shown = re.sub(r"<code>.*?</code>", "", page)
    for code in ("OUT_OF_SCOPE", "rule_changed", "missed.total", "DRUGS"):
        assert code not in shown
    assert STATUS_WORDS["OUT_OF_SCOPE"] in page
    people = pd.read_csv(tmp_path / "out" / "people.csv")
    assert "prisoner_number" not in people.columns
    assert "Bello" not in page
    assert len(list(trial_lines(trial))) == 5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("", "changes no rule", id="nothing"),
        pytest.param(
            SIX_MONTHS.replace("= 6", "= 12"), "changes no rule", id="the number in force"
        ),
        pytest.param(
            SIX_MONTHS.replace("referral.non", "referral.no"), "no code reads", id="no rule"
        ),
        pytest.param(SIX_MONTHS.replace("months", "weeks"), "no number", id="no such number"),
        pytest.param(ANY_DRUGS.replace("citation", "quote"), "line", id="an unknown key"),
        pytest.param("rule = 1", "line 1", id="no table"),
    ],
)
def test_a_proposal_that_cannot_be_tried_is_one_line(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "proposed.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=said):
        load_proposed(load_policy(), path)
