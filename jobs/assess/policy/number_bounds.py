"""The bounds of a rule's numbers: what no site may make of it, whatever its reason."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

_NUMERATOR, _DENOMINATOR = "numerator", "denominator"


def _rising(bounds: tuple[int, int]) -> tuple[int, int]:
    if bounds[0] > bounds[1]:
        raise ValueError("the least is more than the most")
    return bounds


Least = Annotated[int, Field(ge=0)]
Bounds = dict[str, Annotated[tuple[Least, Least], AfterValidator(_rising)]]
"""By the name of the number: the least and the most that it may be."""


def beyond(bounds: Bounds, numbers: Mapping[str, int]) -> str:
    """What is wrong with the numbers of a period, in words; empty if nothing is.

    A number lies within its bounds, both included, and a fraction of a sentence is no more than
    the whole of it. A number without bounds is one that no code reads.
    """
    for name, number in numbers.items():
        least, most = bounds.get(name, (number, number))
        if not least <= number <= most:
            return f"number [{name}] must be [{least}] to [{most}], and is [{number}]"
        whole = numbers.get(name.removesuffix(_NUMERATOR) + _DENOMINATOR, number)
        if name.endswith(_NUMERATOR) and number > whole:
            return f"fraction [{name}] is more than the whole: [{number}] of [{whole}]"
    return ""
