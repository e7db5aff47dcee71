"""The results of a night are not published when they contradict each other."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from benchmarks.samples.minimal_registers import AS_OF
from expectations import suite
from jobs.check import check_results_of_night
from jobs.contract import results
from jobs.contract.case_lists import CASE_LISTS
from jobs.contract.schema import Kind, Table
from jobs.runtime.errors import GateFailed

Facts = dict[str, pd.DataFrame]

_FILLERS: dict[Kind, Any] = {
    Kind.TEXT: "x",
    Kind.INTEGER: 0,
    Kind.NUMBER: 0.0,
    Kind.BOOLEAN: False,
}


def rows(table: Table, *given: Mapping[str, Any]) -> pd.DataFrame:
    """Rows of a result table; required fields that are left out are filled."""
    filled = [
        {
            field.name: row.get(field.name, None if field.nullable else _FILLERS.get(field.kind))
            for field in table.fields
        }
        for row in given
    ]
    columns = {
        field.name: pa.array([row[field.name] for row in filled], field.kind.arrow)
        for field in table.fields
    }
    return table.frame(pa.table(columns, schema=table.arrow_schema))


def assessment(episode: str, status: str, **fields: Any) -> dict[str, Any]:
    return {
        "episode_id": episode,
        "status": status,
        "status_rule_id": f"status.{status.lower().replace('_', '-')}",
        "scope_rule_id": "referral.non-eea-length",
        "is_in_scope": True,
        "link_outcome": "not_linked",
        **fields,
    }


def reasons(episode: str, *rules: str) -> list[dict[str, Any]]:
    """Reasons of an episode by the rule of its scope and by these."""
    return [
        {"episode_id": episode, "position": position, "rule_id": rule}
        for position, rule in enumerate(("referral.non-eea-length", *rules), start=1)
    ]


def facts_of_a_night() -> Facts:
    """Three episodes: one missed, one due, one considered; one open case; one row in quarantine."""
    assessments = rows(
        results.ASSESSMENTS,
        assessment("E1", "NOT_REFERRED", is_released=True),
        assessment("E2", "DUE", is_in_custody=True, is_due=True),
        assessment(
            "E3",
            "CONSIDERED",
            is_released=True,
            considered_date=pd.Timestamp("2006-01-02"),
            link_outcome="linked",
            link_probability=0.99,
        ),
    )
    values = {listed.total: 0 for listed in CASE_LISTS.values()} | {
        "missed.total": 1, "missed.most_likely": 1, "missed.undecided": 1, "missed.not_sought": 1,
        "missed.never_referred": 1, "missed.referred_not_considered": 0,
        "due.total": 1, "considered.late": 0, "backlog.open": 1,
        "census.people": 7, "discrepancies.total": 1, "outcome.total": 1, "quality.rows_in": 7,
        "quality.quarantined": 1, "assurance.cleared": 1, "assurance.checked": 0,
        "assurance.bad": 0,
    }  # fmt: skip
    groups = {
        "missed.by_release_month": 1, "missed.by_offence": 1, "missed.by_prison": 1,
        "missed.most_likely_parts": 1,
        "due.by_prison": 1, "due.by_release": 1, "backlog.by_stage": 1, "backlog.by_age": 1,
        "backlog.by_team": 1, "discrepancies.by_rule": 1, "discrepancies.by_register": 1,
        "outcome.by_outcome": 1, "assurance.cleared_by_stratum": 1,
    }  # fmt: skip
    figures = [
        {"figure_id": figure, "group_value": group, "value": value, "low": value, "high": value}
        for group, many in (("(all)", values), ("first", groups))
        for figure, value in many.items()
    ]
    row_counts = {"register": "prison", "table_name": "episodes"}
    persons = {"table_name": "persons", "quarantined": 0}
    facts: Facts = {name: table.empty() for name, table in results.NIGHTLY.items()}
    return {
        **facts,
        "nightly.assessments": assessments,
        "nightly.releases": rows(
            results.RELEASES,
            {
                "episode_id": "E1",
                "release_number": 1,
                "is_missed": True,
                "status": "NOT_REFERRED",
                "traced": "NOT_SOUGHT",
                "link_outcome": "not_linked",
            },
            {
                "episode_id": "E3",
                "release_number": 1,
                "is_missed": False,
                "status": "CONSIDERED",
                "considered_date": pd.Timestamp("2006-01-02"),
                "link_outcome": "linked",
            },
        ),
        "nightly.reasons": rows(
            results.REASONS,
            *reasons("E1", "status.not-referred"),
            *reasons("E2", "status.due", "duty.condition-1", "exemption.under-18"),
            *reasons("E3", "status.considered"),
        ),
        "nightly.flags": rows(
            results.FLAGS,
            {"episode_id": "E1", "outcome": "IN_PROCESS", "is_restriction_missing": True},
            {
                "episode_id": "E2",
                "duty_rule_id": "duty.condition-1",
                "exemption_rule_id": "exemption.under-18",
            },
            {"episode_id": "E3"},
        ),
        "nightly.discrepancies": rows(
            results.DISCREPANCIES,
            {
                "episode_id": "E3",
                "likely_wrong": "prison",
                "first_seen_date": pd.Timestamp("2006-04-25"),
            },
        ),
        "nightly.row_counts": rows(
            results.ROW_COUNTS,
            {**row_counts, "rows_in": 4, "accepted": 3, "quarantined": 1},
            {**persons, "register": "prison", "rows_in": 1, "accepted": 1},
            {**persons, "register": "immigration", "rows_in": 2, "accepted": 2},
        ),
        "nightly.quarantine": rows(
            results.QUARANTINE,
            {**row_counts, "row_number": 4, "rule_id": "a"},
            {**row_counts, "row_number": 4, "rule_id": "b"},
        ),
        "nightly.links": rows(
            results.LINKS,
            {"prisoner_number": "A", "cid_person_id": "P", "outcome": "linked", "probability": 0.9},
            {"prisoner_number": "A", "cid_person_id": "Q", "outcome": "review", "probability": 0.5},
        ),
        "nightly.identities": rows(
            results.IDENTITIES,
            {"register": "prison", "person_id": "A", "identity_id": "ID1"},
            {"register": "immigration", "person_id": "P", "identity_id": "ID1"},
            {"register": "immigration", "person_id": "Q", "identity_id": "ID3"},
        ),
        "nightly.backlog": rows(results.BACKLOG, {"case_id": "C1"}),
        "nightly.census": rows(results.CENSUS, {"prison_id": "AAI", "people": 7}),
        "nightly.figures": rows(results.FIGURES, *figures),
    }


def test_results_that_agree_pass() -> None:
    audited = check_results_of_night(facts=facts_of_a_night(), as_of=AS_OF, suite=suite())
    audited.stop_if_critical()
    assert audited.results["passed"].all()
    results.CHECK_RESULTS.arrow(audited.results)


Spoil = Callable[[Facts], object]


def put(name: str, position: Any, **fields: Any) -> Spoil:
    def spoil(facts: Facts) -> None:
        for column, value in fields.items():
            facts[f"nightly.{name}"].loc[position, column] = value

    return spoil


def drop(name: str, position: int | list[int]) -> Spoil:
    def spoil(facts: Facts) -> None:
        facts[f"nightly.{name}"] = facts[f"nightly.{name}"].drop(index=position)

    return spoil


def repeat(name: str) -> Spoil:
    def spoil(facts: Facts) -> None:
        frame = facts[f"nightly.{name}"]
        facts[f"nightly.{name}"] = pd.concat([frame, frame.iloc[:1]], ignore_index=True)

    return spoil


def misstate(figure: str, value: float) -> Spoil:
    def spoil(facts: Facts) -> None:
        figures = facts["nightly.figures"]
        figures.loc[figures["figure_id"] == figure, ["value", "low", "high"]] = value

    return spoil


def forget(figure: str) -> Spoil:
    def spoil(facts: Facts) -> None:
        figures = facts["nightly.figures"]
        facts["nightly.figures"] = figures[figures["figure_id"] != figure]

    return spoil


@pytest.mark.parametrize(
    ("spoil", "failed"),
    [
        pytest.param(put("row_counts", 0, accepted=2), "row_counts.add_up", id="a row was lost"),
        pytest.param(
            put("quarantine", slice(None), table_name="persons"),
            "quarantine.counted",
            id="quarantine is not kept",
        ),
        pytest.param(
            drop("assessments", 1), "assessments.complete", id="an episode is not assessed"
        ),
        pytest.param(repeat("assessments"), "assessments.once", id="an episode is assessed twice"),
        pytest.param(
            put("assessments", 0, status="LOST"), "assessments.status.known", id="an unknown status"
        ),
        pytest.param(
            put("assessments", 0, is_in_scope=False), "assessments.missed_are_in_scope",
            id="missed but out of scope",
        ),
        pytest.param(
            put("assessments", 1, is_due=False), "assessments.is_due.agrees",
            id="the status is due, and nothing is",
        ),
        pytest.param(
            put("assessments", 2, is_due=True), "assessments.is_due.agrees",
            id="considered, and due",
        ),
        pytest.param(
            put("releases", 1, is_missed=True, status="NOT_REFERRED", considered_date=pd.NaT),
            "assessments.status.follows_from_releases", id="considered with a missed release",
        ),
        pytest.param(
            put("releases", 0, decided_since_date=pd.Timestamp("2006-02-01")),
            "assessments.status.follows_from_releases", id="missed, and decided on since",
        ),
        pytest.param(
            put("releases", 0, status="REFERRED_NOT_CONSIDERED"),
            "assessments.status.follows_from_releases", id="a referred release, another status",
        ),
        pytest.param(
            put("assessments", 2, status="CONSIDERED_LATE"),
            "assessments.status.follows_from_releases", id="late without a missed release",
        ),
        pytest.param(
            put("assessments", 2, priority=1), "assessments.priority.ranked",
            id="a rank where nothing is to be done",
        ),
        pytest.param(
            put("assessments", 0, priority=2), "assessments.priority.ranked",
            id="ranks that begin with two",
        ),
        pytest.param(
            put("releases", 1, episode_id="E9"), "releases.assessed",
            id="a release of no known episode",
        ),
        pytest.param(
            put("releases", 0, release_number=2), "releases.numbered",
            id="releases that begin with two",
        ),
        pytest.param(drop("releases", 1), "releases.listed", id="a release is not listed"),
        pytest.param(
            put("releases", 1, considered_date=pd.NaT), "releases.is_missed.agrees",
            id="considered on no day",
        ),
        pytest.param(
            put("releases", 1, release_date=pd.Timestamp("2006-01-01")), "releases.dates.in_order",
            id="considered after the release",
        ),
        pytest.param(
            put("flags", 0, is_restriction_missing=False), "flags.is_restriction_missing.agrees",
            id="a missed release with neither a restriction nor the lack of one",
        ),
        pytest.param(
            put("flags", 2, is_restriction_missing=True), "flags.is_restriction_missing.agrees",
            id="considered, and flagged as released without a restriction",
        ),
        pytest.param(
            put("assessments", 1, is_released=True), "assessments.due_are_not_released",
            id="due but released",
        ),
        pytest.param(
            put("assessments", 2, considered_date=pd.NaT),
            "assessments.considered_have_decisions", id="considered without a decision",
        ),
        pytest.param(
            put("assessments", 2, link_probability=1.5), "assessments.link_probability.in_range",
            id="a probability above one",
        ),
        pytest.param(
            drop("reasons", [0, 1]), "assessments.have_reasons", id="no reason is given"
        ),
        pytest.param(
            drop("reasons", 0), "assessments.scope_rule_id.has_its_reason",
            id="the rule of the scope is not among the reasons",
        ),
        pytest.param(
            put("assessments", 1, scope_rule_id=None), "assessments.scope_rule_id.has_its_reason",
            id="no rule of the scope is named",
        ),
        pytest.param(
            drop("reasons", 1), "assessments.status_rule_id.has_its_reason",
            id="the rule of the status is not among the reasons",
        ),
        pytest.param(
            put("assessments", 2, status_rule_id="status.due"),
            "assessments.status_rule_id.has_its_reason",
            id="the rule of the status is a reason of another episode only",
        ),
        pytest.param(
            put("flags", 2, exemption_rule_id="exemption.under-18"),
            "flags.exemption_rule_id.has_its_reason",
            id="an exemption is a reason of another episode only",
        ),
        pytest.param(
            put("reasons", slice(None), rule_id="status.due"),
            "flags.duty_rule_id.has_its_reason", id="the duty is not among the reasons",
        ),
        pytest.param(repeat("flags"), "flags.assessed", id="an episode is flagged twice"),
        pytest.param(
            put("flags", 0, outcome=None), "flags.outcome.complete",
            id="a missed episode without an outcome",
        ),
        pytest.param(
            put("flags", 1, outcome="DIED"), "flags.outcome.complete",
            id="an outcome of an episode not released",
        ),
        pytest.param(
            put("discrepancies", 0, episode_id="E9"), "discrepancies.known",
            id="a discrepancy of no known episode",
        ),
        pytest.param(
            put("links", 0, probability=-0.1), "links.probability.in_range",
            id="a probability below nought",
        ),
        pytest.param(
            put("links", 1, outcome="linked"), "links.prisoner_number.linked_twice",
            id="everybody linked twice",
        ),
        pytest.param(
            put("identities", 1, identity_id="ID2"), "links.share_identity",
            id="a link between two identities",
        ),
        pytest.param(drop("identities", 2), "identities.complete", id="a person with no identity"),
        pytest.param(
            misstate("missed.total", 2), "figures.missed.total.agrees",
            id="a figure that is not its list",
        ),
        pytest.param(
            forget("missed.total"), "figures.missed.total.agrees", id="a figure that is not there"
        ),
        pytest.param(
            misstate("missed.by_offence", 2), "figures.missed.by_offence.sum",
            id="groups that do not sum",
        ),
        pytest.param(put("figures", 0, low=5.0), "figures.range", id="a figure out of its range"),
        pytest.param(repeat("backlog"), "figures.backlog.open.agrees", id="a backlog miscounted"),
    ],
)  # fmt: skip
def test_results_that_contradict_each_other_stop_the_night(spoil: Spoil, failed: str) -> None:
    facts = facts_of_a_night()
    spoil(facts)
    audited = check_results_of_night(facts=facts, as_of=AS_OF, suite=suite())
    found = audited.results.loc[~audited.results["passed"], "check_id"].tolist()
    assert f"nightly.{failed}" in found
    with pytest.raises(GateFailed, match="last publication stays current"):
        audited.stop_if_critical()


def test_a_result_that_is_not_there_stops_the_night() -> None:
    facts = facts_of_a_night()
    del facts["nightly.links"]
    with pytest.raises(GateFailed, match=r"\[nightly.links\]: are missing"):
        check_results_of_night(facts=facts, as_of=AS_OF, suite=suite())
