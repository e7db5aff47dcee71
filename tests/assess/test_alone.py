"""A story told alone is assessed as it is among others: no row leans on another person's."""

from dataclasses import fields

import pandas as pd
import pytest

from benchmarks.samples.stories import Story, assess_all
from tests.assess.decide import test_discrepancies, test_flags, test_status
from tests.assess.explain import test_casework_findings

TABLES = (
    test_casework_findings.FINDINGS,
    test_discrepancies.CASES,
    test_flags.OUTCOMES,
    test_status.EXITS,
)
HASHED = "discrepancy_id"
"""Made of ids that the stories side by side do not share."""


STORIES = [pytest.param(each.values[0], id=each.id) for table in TABLES for each in table[::3]]
"""Every third one of each table: alone, they take some hundredths of a second each."""


@pytest.mark.parametrize("told", STORIES)
def test_a_person_is_assessed_alone_as_among_others(told: Story) -> None:
    alone, among = assess_all(told.but()), assess_all(told)
    for field in fields(alone):
        one, other = getattr(alone, field.name), getattr(among, field.name)
        if HASHED in one:
            one, other = (each.drop(columns=HASHED).sort_values("rule_id", ignore_index=True)
                          for each in (one, other))  # fmt: skip
        if "priority" in one:
            one, other = one.assign(priority=None), other.assign(priority=None)
        pd.testing.assert_frame_equal(one, other)
