"""The figures of the nights before, as charts reach back over them."""

from datetime import timedelta

import pandas as pd
import sqlalchemy as sa

from benchmarks.samples import nights
from jobs.warehouse import figures_before, publish

DAY = timedelta(days=1)


def all_in_one(seed: int) -> nights.Facts:
    facts = nights.facts(seed=seed)
    figures = facts["nightly.figures"]
    figures["group_value"] = ["(all)"] * 6 + ["a group"] * (len(figures) - 6)
    return facts


def test_each_night_before_gives_its_current_figures(warehouse: sa.Engine) -> None:
    before = figures_before(warehouse, as_of=nights.AS_OF, group="(all)")
    assert before.empty
    assert "as_of_date" in before
    early, wrong, mended = (all_in_one(seed) for seed in (1, 2, 3))
    first, second = nights.AS_OF - 2 * DAY, nights.AS_OF - DAY
    publish(warehouse, manifest=nights.manifest(as_of=first), tables=early)
    publish(warehouse, manifest=nights.manifest(as_of=second), tables=wrong)
    publish(warehouse, manifest=nights.manifest(as_of=second, policy="2"), tables=mended)
    publish(warehouse, manifest=nights.manifest(), tables=all_in_one(4))
    found = figures_before(warehouse, as_of=nights.AS_OF, group="(all)")
    assert found["as_of_date"].tolist() == [first] * 6 + [second] * 6
    told = pd.concat([early["nightly.figures"].head(6), mended["nightly.figures"].head(6)])
    pd.testing.assert_series_equal(
        found["value"], told["value"].reset_index(drop=True), check_dtype=False
    )
