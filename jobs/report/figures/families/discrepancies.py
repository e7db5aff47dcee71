"""Discrepancies: fields on which the registers disagree about a person linked for certain.

Left out where a publication was made before the table existed, rather than shown as zero.
"""

from collections.abc import Sequence
from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.contract.case_lists import DISCREPANCY_LIST
from jobs.report.figures.conditions import column, everything
from jobs.report.figures.figure import DATA, Figure
from jobs.report.figures.inputs import FigureInputs
from jobs.report.figures.ranges import count_rows, nothing
from jobs.report.published import if_held


def _figure(
    id_: str,
    title: str,
    definition: str,
    *,
    by: str = "",
    shown: Sequence[str] = (),
    groups: str = "",
) -> Figure:
    def compute(inputs: FigureInputs) -> pd.DataFrame:
        table = if_held(results.DISCREPANCIES, inputs.frames)
        if table is None:
            return nothing()
        return count_rows(counted=everything(table), by=table[by] if by else None, groups=shown)

    return Figure(
        id=f"discrepancies.{id_}",
        title=title,
        definition=definition,
        population="persons linked for certain",
        unit="discrepancies",
        owner=DATA,
        compute=compute,
        groups=groups,
        on=DISCREPANCY_LIST.name,
        by=column(by) if by else None,
    )


FIGURES: Final = (
    _figure(
        "total",
        "Discrepancies",
        "Fields on which the registers disagree about a person linked for certain.",
    ),
    _figure(
        "by_rule",
        "Discrepancies by kind",
        "Discrepancies between the registers by the rule that finds them.",
        by="rule_id",
        groups="rule",
    ),
    _figure(
        "by_register",
        "Discrepancies by register",
        "Discrepancies by the register that most likely errs.",
        by="likely_wrong",
        shown=("immigration", "prison"),
        groups="register",
    ),
)
