"""What a night says of statuses and releases agrees: the status is the worst of the releases.

All are critical: somebody whom one table calls missed and another considered is on no list.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from collections.abc import Iterator

from expectations.results.result_facts import any_of, zero_of
from jobs.check.suite.kinds import Check
from jobs.contract import results


def checks() -> list[Check]:
    """Statuses and ranks, releases, and the cohort of the flags."""
    return [*_statuses(), *_releases(), *_cohort()]


def _statuses() -> Iterator[Check]:
    table = results.ASSESSMENTS
    missed = any_of(results.MISSED_STATUSES)
    yield zero_of(
        "is_due.agrees",
        table,
        "whoever has the status DUE is due; of others only those with an undecided release",
        f"SELECT count(*) FROM nightly.assessments WHERE (status = 'DUE' AND NOT is_due) "
        f"OR (is_due AND status <> 'DUE' AND status NOT IN ({missed}))",
        "is_due",
    )
    yield zero_of(
        "status.follows_from_releases",
        table,
        "the status is the worst of the releases: no missed release stands behind a better one",
        f"""
        WITH found AS (
            SELECT episode_id, bool_or(is_missed) AS missed,
                bool_or(is_missed AND decided_since_date IS NULL) AS undecided,
                bool_or(is_missed AND decided_since_date IS NULL
                    AND status = 'NOT_REFERRED') AS unreferred
            FROM nightly.releases GROUP BY episode_id
        )
        SELECT count(*) FROM nightly.assessments a FULL JOIN found f USING (episode_id)
        WHERE a.status IS NULL
            OR coalesce(f.undecided, false) <> (a.status IN ({missed}))
            OR coalesce(f.unreferred, false) <> (a.status = 'NOT_REFERRED')
            OR coalesce(f.missed, false)
                AND a.status NOT IN ({missed}, 'DUE', 'CONSIDERED_LATE')
            OR a.status = 'CONSIDERED_LATE' AND NOT coalesce(f.missed, false)
            OR f.missed IS NOT NULL AND NOT a.is_in_scope
        """,
        "status",
    )
    yield zero_of(
        "priority.ranked",
        table,
        "ranks are 1, 2, 3 and so on, of cases that wait for a decision",
        f"""
        SELECT count(*) FROM (
            SELECT priority, status, row_number() OVER (ORDER BY priority) AS place
            FROM nightly.assessments WHERE priority IS NOT NULL
        ) WHERE priority <> place OR status NOT IN ({missed}, 'DUE')
        """,
        "priority",
    )


def _releases() -> Iterator[Check]:
    table = results.RELEASES
    yield zero_of(
        "assessed",
        table,
        "every release is of an assessed episode that is not to be verified first",
        """
        SELECT count(*) FROM nightly.releases r LEFT JOIN nightly.assessments a USING (episode_id)
        WHERE a.episode_id IS NULL OR a.status IN ('OUT_OF_SCOPE', 'VERIFY_NATIONALITY')
        """,
    )
    yield zero_of(
        "numbered",
        table,
        "the releases of an episode are numbered 1, 2, 3 and so on",
        """
        SELECT count(*) FROM (
            SELECT release_number,
                row_number() OVER (PARTITION BY episode_id ORDER BY release_number) AS place
            FROM nightly.releases
        ) WHERE release_number <> place
        """,
        "release_number",
    )
    yield zero_of(
        "listed",
        table,
        "every release of somebody who is out, in scope and surely foreign, is listed",
        """
        SELECT count(*) FROM nightly.assessments a
        ANTI JOIN nightly.releases r
        ON r.episode_id = a.episode_id AND r.release_date IS NOT DISTINCT FROM a.release_date
            AND r.returned_date IS NULL
        WHERE a.is_released AND a.is_in_scope AND a.status <> 'VERIFY_NATIONALITY'
        """,
    )
    yield zero_of(
        "is_missed.agrees",
        table,
        "a release is missed, or considered by a dated decision",
        """
        SELECT count(*) FROM nightly.releases
        WHERE is_missed <> (status <> 'CONSIDERED') OR is_missed <> (considered_date IS NULL)
            OR is_missed AND (is_recorded_after_release OR is_withdrawn_after_release)
            OR NOT is_missed AND (decided_since_date IS NOT NULL OR days_late IS NOT NULL
                OR unweighed_sentence IS NOT NULL OR is_deferral_expired)
        """,
        "is_missed",
    )
    yield zero_of(
        "dates.in_order",
        table,
        "decided in time before the release, decided since after it, referred by then",
        """
        SELECT count(*) FROM nightly.releases
        WHERE considered_date > release_date OR decided_since_date <= release_date
            OR referred_date > release_date OR days_late < 0
        """,
    )


def _cohort() -> Iterator[Check]:
    yield zero_of(
        "outcome.complete",
        results.FLAGS,
        "whoever was released unconsidered has one outcome; of others only those found British",
        """
        WITH cohort AS (SELECT DISTINCT episode_id FROM nightly.releases WHERE is_missed)
        SELECT count(*) FROM nightly.flags f
        FULL JOIN cohort c USING (episode_id) LEFT JOIN nightly.assessments a USING (episode_id)
        WHERE (c.episode_id IS NOT NULL) <> (f.outcome IS NOT NULL)
        AND NOT coalesce(a.status = 'VERIFY_NATIONALITY' AND f.outcome = 'BRITISH', false)
        """,
        "outcome",
    )
    yield zero_of(
        "is_restriction_missing.agrees",
        results.FLAGS,
        "whoever was released without a restriction was released unconsidered; of those released "
        "unconsidered, whoever is not so flagged has a restriction",
        """
        WITH cohort AS (SELECT DISTINCT episode_id FROM nightly.releases WHERE is_missed)
        SELECT count(*) FROM nightly.flags f LEFT JOIN cohort c USING (episode_id)
        WHERE f.is_restriction_missing AND c.episode_id IS NULL
            OR c.episode_id IS NOT NULL AND NOT f.is_restriction_missing
                AND f.restriction_date IS NULL
        """,
        "is_restriction_missing",
    )
