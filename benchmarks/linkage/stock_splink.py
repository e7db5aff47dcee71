"""Splink as its documentation sets it up, for comparison on the same columns in the same run."""

import logging

import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

COMPARISONS = {
    "first_name": cl.NameComparison("first_name"),
    "last_name": cl.NameComparison("last_name"),
    "date_of_birth": cl.DateOfBirthComparison(
        "date_of_birth", input_is_string=True, datetime_format="%Y%m%d"
    ),
    "region": cl.ExactMatch("region").configure(term_frequency_adjustments=True),
    "postcode": cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
    "suburb": cl.JaroWinklerAtThresholds("suburb"),
    "address": cl.JaroWinklerAtThresholds("address"),
    "street_number": cl.ExactMatch("street_number"),
}
BLOCKING = (
    ("first_name", "last_name"), ("date_of_birth",), ("first_name", "region"),
    ("last_name", "region"), ("first_name", "postcode"), ("last_name", "postcode"),
)  # fmt: skip
CERTAIN = ("first_name", "last_name", "date_of_birth")
"""Pairs that agree in these are taken for true, to guess how many there are."""


def _agree(left: pd.DataFrame, right: pd.DataFrame, columns: list[str]) -> bool:
    """Whether any pair agrees: without one there is nothing to learn from, and Splink stops."""
    return not left[columns].dropna().merge(right[columns].dropna(), on=columns).empty


def stock_links(left: pd.DataFrame, right: pd.DataFrame, *, at_least: float = 0.5) -> pd.DataFrame:
    """Pairs that stock Splink gives a probability of so much or more."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    columns = [name for name in COMPARISONS if name in left.columns and name in right.columns]
    rules = [block_on(*rule) for rule in BLOCKING if set(rule) <= set(columns)]
    interface = DuckDBAPI()
    inputs = [
        interface.register(
            frame[["id", *columns]].rename(columns={"id": "unique_id"}).reset_index(drop=True),
            dataset_display_name=name,
        )
        for name, frame in (("a_left", left), ("b_right", right))
    ]
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[COMPARISONS[name] for name in columns],
        blocking_rules_to_generate_predictions=rules,
        retain_matching_columns=False,
    )
    linker = Linker(inputs, settings, log_level=None)
    certain = [name for name in CERTAIN if name in columns]
    if _agree(left, right, certain):
        linker.training.estimate_probability_two_random_records_match(
            [block_on(*certain)], recall=0.6
        )
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for rule in (("date_of_birth",), ("first_name", "last_name")):
        held = [name for name in rule if name in columns]
        if len(held) == len(rule) < len(columns) and _agree(left, right, held):
            linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    found = linker.inference.predict(threshold_match_probability=at_least, warning_mode="never")
    pairs = found.as_pandas_dataframe()
    names = {"unique_id_l": "left_id", "unique_id_r": "right_id"}
    pairs = pairs.rename(columns={**names, "match_probability": "probability"})
    return pairs[["left_id", "right_id", "probability"]]
