"""Who is in immigration detention."""

import numpy as np
import pyarrow as pa

from jobs.assess import columns as col
from jobs.assess.columns import Flags


def is_detained(detentions: pa.Table, as_of: np.datetime64) -> Flags:
    """Whether each detention is open on the night; one without a day has begun."""
    ahead = col.days(detentions, "start_date") > as_of
    ended = col.days(detentions, "end_date") <= as_of
    answer: Flags = ~ahead & ~ended
    return answer
