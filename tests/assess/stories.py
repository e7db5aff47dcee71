"""The stories of `samples.stories` for the tests of the policy."""

from samples.stories import HELD, people, registers

__all__ = ["HELD", "people", "registers"]
