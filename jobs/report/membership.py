"""Which values are among many others."""

from collections.abc import Iterable

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def is_among(values: "pd.Series[str]", wanted: Iterable[str]) -> "pd.Series[bool]":
    """Which of these texts are among the wanted; a missing one never is.

    `pandas.Series.isin` takes the wanted one by one, which for a column of a register costs more
    than everything else that is asked of it.

    Args:
        values: texts, on any index.
        wanted: texts, often as many; missing ones are left out.

    Returns:
        Booleans on the index of ``values``.
    """
    given = wanted if isinstance(wanted, pd.Series | pd.Index) else pd.Series(list(wanted))
    texts = pa.array(given.astype("str"), from_pandas=True).cast(pa.large_string()).drop_null()
    asked = pa.array(values.astype("str"), from_pandas=True).cast(pa.large_string())
    found = pc.is_in(asked, value_set=texts)
    return pd.Series(found.to_numpy(zero_copy_only=False), index=values.index)
