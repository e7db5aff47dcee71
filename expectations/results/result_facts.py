"""The results of a night before they are published: nothing lost, figures agree with their lists.

All are critical: a publication that contradicts itself is not made.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from collections.abc import Iterator

from jobs.check.suite.kinds import Check, on_number
from jobs.contract import results
from jobs.contract.case_lists import CASE_LISTS, TRACINGS
from jobs.contract.results.case_list import CaseList
from jobs.contract.schema import Table
from jobs.report.figures.registry import FIGURES

LAW = "a publication that contradicts itself is not made"
LINKED_TWICE = 0.1
"""Largest share of links to a person who is linked already; the number is this project's."""


_RULES_GIVEN = (
    (results.ASSESSMENTS, "scope_rule_id"),
    (results.ASSESSMENTS, "status_rule_id"),
    (results.FLAGS, "duty_rule_id"),
    (results.FLAGS, "exemption_rule_id"),
)
"""The rules that gave an answer: each is explained."""


def checks() -> list[Check]:
    """Rows, statuses, links, and figures against lists."""
    return [
        *_rows(),
        *_codes(),
        *_assessments(),
        *_named_in_reasons(),
        *_flags(),
        *_links(),
        *_figures(),
        *_movement(),
    ]


def zero_of(name: str, table: Table, meaning: str, number: str, column: str | None = None) -> Check:
    """A check that a count, or a difference of counts, is nought."""
    return on_number(
        id=f"{table.full_name}.{name}",
        table=table.full_name,
        column=column,
        meaning=meaning,
        reason=LAW,
        severity="critical",
        number=number,
        at_least=0,
        at_most=0,
        is_law=True,
    )


def _rows() -> Iterator[Check]:
    yield zero_of(
        "add_up",
        results.ROW_COUNTS,
        "rows in = accepted + quarantined, for each table",
        "SELECT count(*) FROM nightly.row_counts WHERE rows_in <> accepted + quarantined",
    )
    yield zero_of(
        "counted",
        results.QUARANTINE,
        "the rows in quarantine are those that the row counts say, for each table",
        """
        WITH held AS (
            SELECT register, table_name, count(DISTINCT row_number) AS n
            FROM nightly.quarantine GROUP BY ALL
        )
        SELECT count(*) FROM nightly.row_counts c FULL JOIN held USING (register, table_name)
        WHERE coalesce(c.quarantined, 0) <> coalesce(held.n, 0)
        """,
    )


def _codes() -> Iterator[Check]:
    for table in results.NIGHTLY.values():
        for field in table.fields:
            # Nationality and offence come from the registers, where an unknown code stays in use.
            if field.codes is None or field.nullable:
                continue
            values = ", ".join(f"'{code}'" for code in sorted(field.codes.values))
            yield zero_of(
                f"{field.name}.known",
                table,
                f"every value is of the list of {field.codes.name}",
                f"SELECT count(*) FROM {table.full_name} "
                f"WHERE {field.name} IS NULL OR {field.name} NOT IN ({values})",
                field.name,
            )


def _assessments() -> Iterator[Check]:
    table = results.ASSESSMENTS
    missed = any_of(results.MISSED_STATUSES)
    yield zero_of(
        "complete",
        table,
        "every accepted custody episode is assessed",
        """
        SELECT abs(
            (SELECT count(*) FROM nightly.assessments)
            - (SELECT sum(accepted) FROM nightly.row_counts
               WHERE register = 'prison' AND table_name = 'episodes'))
        """,
    )
    yield zero_of(
        "once",
        table,
        "every custody episode is assessed once",
        "SELECT count(*) - count(DISTINCT episode_id) FROM nightly.assessments",
    )
    yield zero_of(
        "missed_are_in_scope",
        table,
        "whoever is missed or due is in scope",
        f"SELECT count(*) FROM nightly.assessments "
        f"WHERE (status IN ({missed}) OR is_due) AND NOT is_in_scope",
    )
    yield zero_of(
        "due_are_not_released",
        table,
        "whoever is due is in scope and not released: in custody, in hospital or at large",
        "SELECT count(*) FROM nightly.assessments WHERE is_due AND is_released",
    )
    yield zero_of(
        "considered_have_decisions",
        table,
        "whoever is considered has a dated decision or left the country under an order",
        "SELECT count(*) FROM nightly.assessments "
        "WHERE status IN ('CONSIDERED', 'CONSIDERED_LATE') "
        "AND considered_date IS NULL AND removed_date IS NULL",
    )
    yield zero_of(
        "link_probability.in_range",
        table,
        "probabilities lie between 0 and 1",
        "SELECT count(*) FROM nightly.assessments WHERE NOT link_probability BETWEEN 0 AND 1",
        "link_probability",
    )
    yield zero_of(
        "have_reasons",
        table,
        "every assessment has its reasons, and every reason its assessment",
        """
        SELECT count(*) FROM nightly.assessments a
        FULL JOIN (SELECT DISTINCT episode_id FROM nightly.reasons) r USING (episode_id)
        WHERE a.status IS NULL OR r.episode_id IS NULL
        """,
    )


def _named_in_reasons() -> Iterator[Check]:
    for table, column in _RULES_GIVEN:
        # An assessment always has a rule of its scope and status; a flag may have none.
        is_given = f"a.{column} IS NOT NULL" if table is results.FLAGS else "true"
        yield zero_of(
            f"{column}.has_its_reason",
            table,
            "the rule that is named is among the reasons of the episode",
            f"""
            SELECT count(*) FROM {table.full_name} a
            ANTI JOIN nightly.reasons r
            ON r.episode_id = a.episode_id AND r.rule_id = a.{column}
            WHERE {is_given}
            """,
            column,
        )


def _flags() -> Iterator[Check]:
    yield zero_of(
        "assessed",
        results.FLAGS,
        "flags are of assessed episodes, once for each",
        """
        SELECT count(*) - count(DISTINCT a.episode_id)
        FROM nightly.flags f LEFT JOIN nightly.assessments a USING (episode_id)
        """,
    )
    yield zero_of(
        "known",
        results.DISCREPANCIES,
        "every discrepancy is of an assessed episode and no younger than tonight",
        """
        SELECT count(*) FROM nightly.discrepancies d
        LEFT JOIN nightly.assessments a USING (episode_id)
        WHERE a.episode_id IS NULL OR d.age_days < 0
        """,
    )


def _links() -> Iterator[Check]:
    table = results.LINKS
    yield zero_of(
        "probability.in_range",
        table,
        "probabilities lie between 0 and 1",
        "SELECT count(*) FROM nightly.links "
        "WHERE probability IS NULL OR isnan(probability) OR NOT probability BETWEEN 0 AND 1",
        "probability",
    )
    yield zero_of(
        "share_identity",
        table,
        "the two persons of every link are one identity",
        """
        SELECT count(*) FROM nightly.links l
        LEFT JOIN nightly.identities p
            ON p.register = 'prison' AND p.person_id = l.prisoner_number
        LEFT JOIN nightly.identities i
            ON i.register = 'immigration' AND i.person_id = l.cid_person_id
        WHERE l.outcome = 'linked' AND p.identity_id IS DISTINCT FROM i.identity_id
        """,
    )
    yield zero_of(
        "complete",
        results.IDENTITIES,
        "every accepted person of both registers has one identity",
        """
        WITH persons AS (
            SELECT register, accepted FROM nightly.row_counts WHERE table_name = 'persons'
        ),
        known AS (
            SELECT register, count(*) AS n, count(DISTINCT person_id) AS people
            FROM nightly.identities GROUP BY register
        )
        SELECT count(*) FROM persons FULL JOIN known USING (register)
        WHERE coalesce(accepted, 0) <> coalesce(n, 0) OR n <> people
        """,
    )
    for column, person in (("prisoner_number", "prison"), ("cid_person_id", "immigration")):
        yield on_number(
            id=f"{table.full_name}.{column}.linked_twice",
            table=table.full_name,
            column=column,
            meaning=f"at most {LINKED_TWICE:.0%} of the links give a {person} person a second "
            "partner; a link is one to one between people, and few people are held twice",
            reason="a model or a column gone wrong links one person to many; a link is one to one "
            "between people",
            severity="critical",
            number=f"""
                SELECT (count(*) - count(DISTINCT {column})) / nullif(count(*), 0)
                FROM nightly.links WHERE outcome = 'linked' AND decided_by IS NULL
            """,
            at_most=LINKED_TWICE,
        )


def _select(listed: CaseList) -> str:
    """The query that counts the rows of a case list."""
    only = listed.rows.sql()
    where = f" WHERE {only}" if only else ""
    return f"SELECT count(*) FROM {listed.table}{where}"


_COUNTED = {
    "missed.never_referred": "nightly.releases WHERE is_missed AND status = 'NOT_REFERRED'",
    "missed.referred_not_considered": "nightly.releases "
    "WHERE is_missed AND status = 'REFERRED_NOT_CONSIDERED'",
    "considered.late": "nightly.assessments WHERE status = 'CONSIDERED_LATE'",
}
"""Figures that count some rows of a table."""


def _figures() -> Iterator[Check]:
    for listed in CASE_LISTS.values():
        yield _agrees(listed.total, _select(listed))
    for id_, counted in _COUNTED.items():
        yield _agrees(id_, f"SELECT count(*) FROM {counted}")
    yield zero_of(
        "missed.sum",
        results.FIGURES,
        "the missed are those decided on since and those still undecided",
        f"SELECT abs({_figure('missed.total')} - {_figure('missed.undecided')} "
        f"- {_figure('missed.decided_since')})",
    )
    traced = " - ".join(_figure(listed.total) for listed in TRACINGS)
    yield zero_of(
        "missed.traced.sum",
        results.FIGURES,
        "each of the missed is not found, not sought, located or questioned",
        f"SELECT abs({_figure('missed.total')} - {traced})",
    )
    yield _agrees("census.people", "SELECT coalesce(sum(people), 0) FROM nightly.census")
    yield _agrees("quality.rows_in", "SELECT sum(rows_in) FROM nightly.row_counts")
    yield _agrees("quality.quarantined", "SELECT sum(quarantined) FROM nightly.row_counts")
    for figure in FIGURES:
        if figure.sums_to:
            yield zero_of(
                f"{figure.id}.sum",
                results.FIGURES,
                f"the groups of the figure {figure.id} sum to the figure {figure.sums_to}",
                f"SELECT abs(coalesce(sum(value), 0) - {_figure(figure.sums_to)}) "
                f"FROM nightly.figures WHERE figure_id = '{figure.id}'",
            )
    yield zero_of(
        "range",
        results.FIGURES,
        "every figure lies within its range",
        "SELECT count(*) FROM nightly.figures WHERE low > value OR value > high",
    )


def _movement() -> Iterator[Check]:
    yield zero_of(
        "sum",
        results.BRIDGES,
        "opening + redefined + every change = closing, for each figure",
        """
        WITH moved AS (
            SELECT figure_id, sum(change) AS change, sum(greatest(change, 0)) AS came_in,
                sum(greatest(-change, 0)) AS went_out
            FROM nightly.movement GROUP BY figure_id
        )
        SELECT count(*) FROM nightly.bridges b FULL JOIN moved m USING (figure_id)
        WHERE b.opening IS NULL
            OR b.opening + b.redefined + coalesce(m.change, 0) <> b.closing
            OR b.came_in <> coalesce(m.came_in, 0) OR b.went_out <> coalesce(m.went_out, 0)
        """,
    )
    yield zero_of(
        "closing",
        results.BRIDGES,
        "every bridge ends at tonight's figure",
        """
        SELECT count(*) FROM nightly.bridges b LEFT JOIN nightly.figures f
            ON f.figure_id = b.figure_id AND f.group_value = '(all)'
        WHERE f.value IS DISTINCT FROM b.closing
        """,
    )
    yield zero_of(
        "listed",
        results.MOVEMENT,
        "every episode that moved changed its status as the bridge says",
        """
        SELECT count(*) FROM nightly.movement m
        LEFT JOIN nightly.assessments a USING (episode_id)
        WHERE m.change = 0 OR m.after_status IS DISTINCT FROM a.status
        """,
    )


def _agrees(figure: str, listed: str) -> Check:
    return zero_of(
        f"{figure}.agrees",
        results.FIGURES,
        f"the figure {figure} is the number of cases in its list",
        f"SELECT abs({_figure(figure)} - ({listed}))",
    )


def _figure(figure: str) -> str:
    # A figure that was not computed agrees with nothing.
    return (
        "coalesce((SELECT sum(value) FROM nightly.figures "
        f"WHERE figure_id = '{figure}' AND group_value = '(all)'), -1)"
    )


def any_of(values: frozenset[str]) -> str:
    """The values as a list in SQL."""
    return ", ".join(f"'{value}'" for value in sorted(values))
