"""How many of those cleared may be cleared wrongly, at most: exact, from the checks alone.

In each stratum the bound is that of Clopper and Pearson (Biometrika 26, 1934): the greatest share
under which so few bad ones would be drawn with a chance that is not below the error allowed. The
error of all strata together is at most 5 per cent: each gets an equal part of it (Bonferroni), so
that the sum of the bounds holds with 95 per cent confidence whatever the shares are.

The checks are of the publications of a year, the bound is of tonight's cleared: it holds as far as
those who were cleared on these nights are cleared by the same rules and the same evidence.
"""

from typing import Any

import numpy as np
import pandas as pd

from jobs.contract.proof.assurance_strata import CONFIDENCE, STRATA, SampleChecks


def upper_share(*, checked: Any, bad: Any, confidence: float) -> Any:
    """The upper bound of Clopper and Pearson on a share, one-sided; 1 where nothing was checked.

    Args:
        checked: how many were drawn and checked, also as an array.
        bad: how many of them were bad.
        confidence: between 0 and 1.
    """
    # Every step of a night leads here, and only the report computes it.
    from scipy.special import betaincinv

    checked, bad = np.asarray(checked, dtype="float64"), np.asarray(bad, dtype="float64")
    is_open = bad < checked
    found = betaincinv(
        np.where(is_open, bad + 1, 1), np.where(is_open, checked - bad, 1), confidence
    )
    return np.where(is_open, found, 1.0)


def bounds(stratum: pd.Series, checks: SampleChecks) -> pd.DataFrame:
    """What is known of each stratum in which somebody is, in the order of `STRATA`.

    Args:
        stratum: of each person cleared, as `stratum_of` gives them.
        checks: those that count.

    Returns:
        By stratum: ``cleared``, ``checked``, ``bad``, ``share`` (the bound, of those cleared).
    """
    cleared = stratum.value_counts().reindex(list(STRATA), fill_value=0)
    frame = pd.DataFrame({"cleared": cleared[cleared.gt(0)].astype("int64")})
    for name, told in (("checked", checks.checked), ("bad", checks.bad)):
        frame[name] = [int(told.get(each, 0)) for each in frame.index]
    error = (1 - CONFIDENCE) / max(len(frame), 1)
    frame["share"] = upper_share(checked=frame["checked"], bad=frame["bad"], confidence=1 - error)
    return frame


def share_of_all(found: pd.DataFrame) -> float | None:
    """The bound on the share of all who were cleared; None where nobody was checked.

    A stratum of which nobody was checked counts as wrong as a whole.
    """
    if found.empty or not found["checked"].sum():
        return None
    return float((found["share"] * found["cleared"]).sum() / found["cleared"].sum())
