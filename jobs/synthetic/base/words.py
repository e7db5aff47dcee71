"""Changing many texts, most of which repeat."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from jobs.synthetic.base.random_draws import Texts


def each_word(texts: Texts, change: Callable[[str], str]) -> Texts:
    """Change every text; each different one is worked out once."""
    code, words = pd.factorize(texts)
    changed = np.array([change(word) for word in words] or [""], dtype=object)
    written: Texts = changed[code]
    return written
