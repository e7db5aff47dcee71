"""Duplicates: rows delivered twice are set aside; many of them mean that a feed was joined wrongly.

Twins in another sense, one human being under two prison numbers, are the matter of linkage.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from jobs.check.suite.kinds import Check, on_number
from jobs.contract.registers import TABLES

MOST_SHARE = 0.01
REASON = "more than a few repeated keys come from a feed that was joined or delivered twice"


def checks() -> list[Check]:
    """The share of duplicates in each table of persons, episodes and cases."""
    return [
        on_number(
            id=f"{name}.duplicates",
            table=name,
            meaning=f"at most {MOST_SHARE:.0%} of the rows repeat the key of another",
            reason=REASON,
            severity="warning",
            number=f"""
                SELECT count(*) / nullif((SELECT count(*) FROM delivered_{name}), 0)
                FROM set_aside WHERE rule_id LIKE '{name}.duplicate%'
            """,
            at_most=MOST_SHARE,
        )
        for name in TABLES
        if name.endswith((".persons", ".episodes", ".cases"))
    ]
