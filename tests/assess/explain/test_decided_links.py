"""A link that a person decided is told as his, beside the model's own word on the pair."""

import pandas as pd
import pytest

from benchmarks.samples.stories import Story, beside, policy
from jobs.assess import assess
from tests.assess.test_rule_tables import CASE

WHO = "decision 7 of R. Reviewer (logged in as rita) on 2006-04-20, confirmed by rob"
BY = "Linked to the immigration register because a person decided so, by"


def told(*changes: dict[str, object]) -> list[str]:
    """What is said of the link of each of some people, the second link told by its changes."""
    stories = [Story(**CASE) for _ in changes]
    tables, links, identities = beside(stories)
    links = links.sort_values("prisoner_number", ignore_index=True)
    changed = [{**row, **change} for row, change in zip(links.to_dict("records"), changes,
                                                        strict=True)]  # fmt: skip
    links = pd.DataFrame(changed, columns=links.columns).astype(links.dtypes)
    found = assess(
        tables=tables, links=links, identities=identities, as_of=stories[0].night, policy=policy()
    )
    reasons = found.reasons[found.reasons["rule_id"].isin(["link.certain", "link.decided"])]
    is_decided = reasons["finding"].str.startswith(BY)
    assert reasons["rule_id"].eq("link.decided").tolist() == is_decided.tolist()
    assert not reasons.loc[is_decided, "finding"].str.contains("certain").any()
    return reasons.sort_values("episode_id")["finding"].astype("str").to_list()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({}, "Linked for certain to the immigration register.", id="by the model"),
        pytest.param(
            {"decided_by": WHO, "evidence": "{}"},
            f"{BY} {WHO}; the model never proposed the pair.",
            id="by a person, never proposed",
        ),
        pytest.param(
            {"decided_by": WHO, "evidence": '{"before evidence":-9.5}', "match_weight": -3.21},
            f"{BY} {WHO}; the model's own match weight is -3.2.",
            id="by a person, against the model",
        ),
    ],
)
def test_how_a_link_came_about_is_told(change: dict[str, object], said: str) -> None:
    plain = "Linked for certain to the immigration register."
    assert told({}, change, {}) == [plain, said, plain]
