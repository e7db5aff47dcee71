"""What kind of offence each code of the list is, as the criteria ask."""

from typing import Final

import numpy as np

from jobs.assess.columns import Flags
from jobs.contract import codes as c


def _of(kind: c.OffenceKind) -> Flags:
    return np.array([kind in getattr(offence, "kinds", ()) for offence in c.OFFENCE.codes])


IS_DRUGS: Final = _of(c.OffenceKind.DRUGS)
IS_GUNS: Final = _of(c.OffenceKind.GUNS)
IS_VIOLENT: Final = _of(c.OffenceKind.VIOLENT)
IS_SEXUAL: Final = _of(c.OffenceKind.SEXUAL)
